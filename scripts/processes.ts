import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

export interface CommandOptions {
  readonly directory?: string
  readonly env?: NodeJS.ProcessEnv
  /** Where the output goes instead of to this process's own. */
  readonly onOutput?: (text: string) => void
  /** Milliseconds after which it is ended, with everything it started. */
  readonly patience?: number
}

/**
 * Runs a program to its end, its output streamed.
 *
 * @returns the exit code; -1 where a signal ended it or it could not be started
 */
export async function run(
  program: string,
  args: readonly string[],
  { directory, env = process.env, onOutput, patience }: CommandOptions = {},
): Promise<number> {
  const child = spawn(program, args, {
    env,
    ...(directory === undefined ? {} : { cwd: directory }),
    detached: patience !== undefined,
    stdio: onOutput === undefined ? 'inherit' : ['ignore', 'pipe', 'pipe'],
  })
  if (onOutput !== undefined) {
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', onOutput)
  }
  const isOver = patience === undefined ? undefined : endWithin(child, patience, onOutput ?? console.log)
  const code = await new Promise<number>((resolve) => {
    child.once('error', (error) => {
      onOutput?.(`${error.message}\n`)
      resolve(-1)
    })
    child.once('close', (code) => {
      resolve(code ?? -1)
    })
  })
  isOver?.()
  return code
}

/**
 * Ends the group of a process after a while, and at once where this process ends.
 * @returns what takes that back
 */
function endWithin(child: ChildProcess, milliseconds: number, say: (text: string) => void): () => void {
  const clock = setTimeout(() => {
    say(`${child.spawnargs.join(' ')} has not ended after ${milliseconds / 60_000} minutes and is ended.\n`)
    void stopGroup(child)
  }, milliseconds)
  const kill = (): void => {
    signalGroup(child, 'SIGKILL')
  }
  process.once('exit', kill)
  return () => {
    clearTimeout(clock)
    process.removeListener('exit', kill)
  }
}

/** Runs a program and throws with everything it printed where it fails. */
export async function runOrThrow(
  program: string,
  args: readonly string[],
  options: Omit<CommandOptions, 'onOutput'> = {},
): Promise<string> {
  let output = ''
  const code = await run(program, args, {
    ...options,
    onOutput: (text) => {
      output += text
    },
  })
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${output}`)
  return output
}

/** Ends a process that leads a group of its own (spawned `detached`), with everything it started; by force after 5 s. */
export async function stopGroup(child: ChildProcess): Promise<void> {
  signalGroup(child, 'SIGTERM')
  if (child.exitCode === null && child.signalCode === null) {
    const force = setTimeout(() => {
      signalGroup(child, 'SIGKILL')
    }, 5000)
    await once(child, 'exit')
    clearTimeout(force)
  }
  // What the leader started can outlive it.
  signalGroup(child, 'SIGKILL')
}

/** Sends a signal to a whole group; nothing happens where all of it has ended. */
export function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
