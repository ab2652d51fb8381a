import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { cleanUp } from './cleanUp.ts'

export interface ServerProgram {
  /** Where the program is, and the Debian package that it is from. */
  readonly command: string
  readonly debian: string
  readonly args: readonly string[]
  /** The line of its log that says that it listens. */
  readonly ready: RegExp
}

/** Starts a server in the foreground, and waits until it listens. It is stopped with the running test, or with the file. */
export async function startServerProgram({ command, debian, args, ready }: ServerProgram): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = (): void => {
    child.kill('SIGKILL')
  }
  process.once('exit', kill)
  cleanUp(async () => {
    process.removeListener('exit', kill)
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    // Nginx ends its workers, too.
    child.kill('SIGTERM')
    await ended
  })
  const seen: string[] = []
  await new Promise<void>((resolve, reject) => {
    child.on('error', (cause) => {
      reject(new Error(`${command} cannot be started. Install the Debian package ${debian}.`, { cause }))
    })
    child.on('exit', () => {
      reject(new Error(`${command} ended before it listened:\n${seen.join('\n')}`))
    })
    // The log is read to the end, because a full pipe would stop the server.
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on('line', (line) => {
        if (seen.length < 100) seen.push(line)
        if (ready.test(line)) resolve()
      })
    }
  })
}
