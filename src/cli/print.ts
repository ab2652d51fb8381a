import { exitCodes, printable } from '../core/index.ts'
import type { Output } from './args.ts'
import { failureOf, type Doing } from './failure.ts'

/** Where text goes: `process.stdout` and `process.stderr`, or what a test puts in their place. */
export interface Streams {
  readonly out: (text: string | Uint8Array) => void
  readonly err: (text: string) => void
  /** Whether what goes out is shown on a terminal. */
  readonly isTerminal: boolean
}

/** How to print; and what the person is doing, where that is known. */
export interface PrinterSettings extends Doing {
  readonly output: Output
  readonly debug: boolean
  /** Writes a document for the output `yaml`; JSON, which is YAML, too, without it. */
  readonly toYaml?: ((value: unknown) => string) | undefined
}

/** Everything the command line says. Text from outside is made harmless here, once. */
export class Printer {
  readonly #streams: Streams
  readonly #output: Output
  readonly #debug: boolean
  readonly #toYaml: (value: unknown) => string
  readonly #doing: Doing

  constructor(streams: Streams, { output, debug, toYaml = jsonLine, ...doing }: PrinterSettings) {
    this.#streams = streams
    this.#output = output
    this.#debug = debug
    this.#toYaml = (value) => toYaml(value).replace(controls, '')
    this.#doing = doing
  }

  /** Lines for people; where the output is for programs they are left out. */
  lines(...lines: readonly string[]): void {
    if (this.#output !== 'table') return
    this.#streams.out(lines.map((line) => `${tabbed(line)}\n`).join(''))
  }

  /** What a chart holds, for people: byte for byte into a pipe or a file, harmless on a terminal. */
  content(bytes: Uint8Array): void {
    if (this.#output !== 'table') return
    if (!this.#streams.isTerminal) this.#streams.out(bytes)
    else
      this.lines(
        ...Buffer.from(bytes)
          .toString()
          .replace(/\r?\n$/, '')
          .split(/\r?\n/),
      )
  }

  /** The result for programs; where the output is for people it is left out. */
  data(value: unknown): void {
    if (this.#output === 'json') this.#streams.out(`${jsonOf(value, 2)}\n`)
    if (this.#output === 'yaml') this.#streams.out(this.#toYaml(value))
  }

  /** Help: the same in every output. */
  text(text: string): void {
    this.#streams.out(`${text}\n`)
  }

  warning(sentence: string): void {
    this.#report({ warning: sentence }, [`WARNING: ${sentence}`])
  }

  /** A line on stderr that people may want to know, and that programs can read from the result. */
  note(sentence: string): void {
    if (this.#output === 'table') this.#streams.err(`${printable(sentence)}\n`)
  }

  debug(line: string): void {
    if (this.#debug) this.#streams.err(`${printable(line)}\n`)
  }

  /** A question, which the answer follows on the same line. */
  readonly prompt = (text: string): void => {
    this.#streams.err(text)
  }

  /**
   * Says that the command was stopped.
   * @returns the exit code
   */
  stopped(whatStays = ''): number {
    const message = `Stopped. ${whatStays}`.trim()
    this.#report({ error: { kind: 'cancelled', message } }, [message])
    return exitCodes.cancelled
  }

  /**
   * Says what failed and what to do.
   * @returns the exit code
   */
  failure(error: unknown): number {
    const failure = failureOf(error, this.#doing)
    this.#report({ error: failure.json }, failure.lines)
    if (this.#debug && error instanceof Error) this.#streams.err(`${traceOf(error)}\n`)
    return failure.exitCode
  }

  /** Says something on stderr: an object a line in JSON, a document each in YAML, lines for people. */
  #report(value: unknown, lines: readonly string[]): void {
    if (this.#output === 'json') this.#streams.err(jsonLine(value))
    else if (this.#output === 'yaml') this.#streams.err(`---\n${this.#toYaml(value)}`)
    else this.#streams.err(lines.map((line) => `${printable(line)}\n`).join(''))
  }
}

function traceOf(error: Error): string {
  const trace = (error.stack ?? error.message).split('\n').map(printable).join('\n')
  return error.cause instanceof Error ? `${trace}\nCaused by: ${traceOf(error.cause)}` : trace
}

/** Like `printable`, for lines of a table: the tabs between the columns stay. */
function tabbed(line: string): string {
  return line.split('\t').map(printable).join('\t')
}

/** Terminal controls and direction overrides that JSON and YAML would let through. */
const controls = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

function jsonOf(value: unknown, indentation = 0): string {
  return JSON.stringify(value, undefined, indentation).replace(
    controls,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function jsonLine(value: unknown): string {
  return `${jsonOf(value)}\n`
}
