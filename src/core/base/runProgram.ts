export interface RunOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly directory: string
  /** Milliseconds. */
  readonly timeout: number
  /** Bytes of standard output. */
  readonly outputLimit: number
  readonly signal?: AbortSignal | undefined
}

export interface Outcome {
  /** `null` where a signal ended the program. */
  readonly exitCode: number | null
  readonly output: string
}

/** Why a program gave no outcome. The message says what it did, never what it printed. */
export class ProgramFailure extends Error {
  override readonly name = 'ProgramFailure'
}

/**
 * Runs a program without a shell, gives it its standard input and collects what it prints on standard output.
 * Standard error is thrown away.
 *
 * @throws ProgramFailure where it cannot be started, takes too long or prints too much; it is ended then
 */
export async function runProgram(
  path: string,
  parameters: readonly string[],
  input: string | Uint8Array,
  { env, directory, timeout, outputLimit, signal }: RunOptions,
): Promise<Outcome> {
  const { spawn } = await import('node:child_process')
  signal?.throwIfAborted()
  return await new Promise((resolve, reject) => {
    const child = spawn(path, parameters, {
      cwd: directory,
      env,
      shell: false,
      windowsHide: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    const chunks: Buffer[] = []
    let size = 0

    function fail(error: Error): void {
      finish()
      child.kill('SIGKILL')
      // A grandchild may hold the pipe open for ever.
      child.stdout.destroy()
      reject(error)
    }
    function onAbort(): void {
      fail(signal?.reason instanceof Error ? signal.reason : new DOMException('Cancelled', 'AbortError'))
    }
    function finish(): void {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }

    const timer = setTimeout(() => {
      fail(new ProgramFailure(`did not answer within ${timeout / 1000} s`))
    }, timeout)
    signal?.addEventListener('abort', onAbort, { once: true })
    child.on('error', () => {
      fail(new ProgramFailure('could not be started'))
    })
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > outputLimit) fail(new ProgramFailure(`printed more than ${outputLimit} bytes`))
      else chunks.push(chunk)
    })
    child.on('close', (exitCode) => {
      finish()
      resolve({ exitCode, output: Buffer.concat(chunks).toString('utf8') })
    })
    // A program may end before it has read its input; its exit code tells the rest.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
}
