import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { searchText } from './planted/search.ts'

export interface RunOptions {
  /** What the program reads from its standard input, which is then closed. */
  readonly input?: string
  /** The whole environment of the program; that of the tests by default. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  /** Ends the program with SIGTERM; its exit is reported as any other. */
  readonly signal?: AbortSignal
}

export interface Finished {
  readonly stdout: string
  readonly stderr: string
  /** The exit code; 128 and the number of the signal that ended the program, as a shell counts. */
  readonly exit: number
}

/** Runs a program to its end. Rejects only where it cannot be started. */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  const child = spawn(command, args, { cwd: options.cwd, env: options.env ?? process.env })
  const stop = (): void => {
    child.kill()
  }
  options.signal?.addEventListener('abort', stop)
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  // A program that ends without reading its input breaks the pipe; its exit code says what happened.
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.input ?? '')
  const exit = await new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
    })
  })
  options.signal?.removeEventListener('abort', stop)
  const finished = {
    stdout: Buffer.concat(stdout).toString(),
    stderr: Buffer.concat(stderr).toString(),
    exit,
  }
  searchText(`what was printed by ${command} ${args.join(' ')}`, finished.stdout + finished.stderr)
  return finished
}

/** Runs a program that must succeed. */
export async function runOrFail(
  command: string,
  args: readonly string[],
  options?: RunOptions,
): Promise<Finished> {
  const finished = await run(command, args, options)
  if (finished.exit === 0) return finished
  throw new Error(
    `${command} ${args.join(' ')}\nended with ${finished.exit}:\n${finished.stdout}${finished.stderr}`,
  )
}
