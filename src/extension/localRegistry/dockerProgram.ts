import { spawn } from 'node:child_process'
import { homedir } from 'node:os'
import { createInterface } from 'node:readline'
import { printable } from '../../core/index.ts'

/** What `docker` said when it ended. */
export interface DockerOutcome {
  readonly exitCode: number | null
  /** Lines of standard output and of standard error. */
  readonly output: readonly string[]
  readonly errors: readonly string[]
}

/** What went wrong, as far as Docker's words tell. */
export type DockerFailure = 'nameTaken' | 'portTaken' | 'notRunning' | 'noContainer' | 'other'

/** Lines that are kept of what it says; a download of the image tells its progress in many. */
const capacity = 200

/**
 * Runs `docker` without a shell and outside of every workspace folder.
 *
 * @param program the absolute path of the executable
 * @param onLine hears of every line as it comes
 * @throws Error where it cannot be started, and the signal's reason where it was ended
 */
export async function runDocker(
  program: string,
  parameters: readonly string[],
  { signal, onLine }: { readonly signal?: AbortSignal; readonly onLine: (line: string) => void },
): Promise<DockerOutcome> {
  signal?.throwIfAborted()
  const child = spawn(program, parameters, {
    cwd: homedir(),
    shell: false,
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const end = (): void => {
    child.kill()
  }
  signal?.addEventListener('abort', end, { once: true })
  const output = linesOf(child.stdout, onLine)
  const errors = linesOf(child.stderr, onLine)
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    return { exitCode, output, errors }
  } finally {
    signal?.removeEventListener('abort', end)
  }
}

/**
 * Whether `docker run -d` made the container: it prints its ID, even where the container cannot be started then, and
 * leaves it behind.
 */
export function hasMadeContainer({ output }: DockerOutcome): boolean {
  return output.some((line) => /^[0-9a-f]{64}$/.test(line))
}

/** @see https://github.com/moby/moby/blob/master/daemon/names.go and the CLI's client/errors.go for the words */
export function failureOf({ errors }: DockerOutcome): DockerFailure {
  const text = errors.join('\n')
  if (/container name .* is already in use/i.test(text)) return 'nameTaken'
  if (/port is already allocated|address already in use|ports are not available/i.test(text))
    return 'portTaken'
  if (
    /cannot connect to the docker daemon|is the docker daemon running|docker daemon is not running/i.test(
      text,
    )
  ) {
    return 'notRunning'
  }
  return /no such container/i.test(text) ? 'noContainer' : 'other'
}

/**
 * Docker's own sentence: the first line that tells of an error, without what stands before it and how to get help;
 * `undefined` where it said nothing.
 */
export function reasonOf({ errors }: DockerOutcome): string | undefined {
  const line = errors.find((text) => /error|cannot|denied|invalid|failed/i.test(text)) ?? errors.at(-1)
  return line?.replace(/^docker: /i, '').replace(/^Error( response from daemon)?: /i, '')
}

function linesOf(stream: NodeJS.ReadableStream, onLine: (line: string) => void): readonly string[] {
  const lines: string[] = []
  createInterface({ input: stream, crlfDelay: Infinity }).on('line', (raw) => {
    const line = printable(raw).trim()
    if (line === '') return
    onLine(line)
    lines.push(line)
    if (lines.length > capacity) lines.shift()
  })
  return lines
}
