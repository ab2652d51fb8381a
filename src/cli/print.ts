import { dump } from 'js-yaml'
import { exitCodes, printable } from '../core/index.ts'
import type { Command, Output } from './args.ts'
import { failureOf } from './failure.ts'

/** Where text goes: `process.stdout` and `process.stderr`, or what a test puts in their place. */
export interface Streams {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

export interface PrinterSettings {
  readonly output: Output
  readonly debug: boolean
  readonly verb?: Command['verb']
}

/** Everything the command line says. Text from outside is made harmless here, once. */
export class Printer {
  readonly #streams: Streams
  readonly #output: Output
  readonly #debug: boolean
  readonly #verb: Command['verb'] | undefined

  /** @param settings `verb` is what the person is doing, where that is known */
  constructor(streams: Streams, { output, debug, verb }: PrinterSettings) {
    this.#streams = streams
    this.#output = output
    this.#debug = debug
    this.#verb = verb
  }

  /** Lines for people; where the output is for programs they are left out. */
  lines(...lines: readonly string[]): void {
    if (this.#output !== 'table') return
    for (const line of lines) this.#streams.out(`${tabbed(line)}\n`)
  }

  /** The result for programs; where the output is for people it is left out. */
  data(value: unknown): void {
    if (this.#output === 'json') this.#streams.out(`${jsonOf(value, 2)}\n`)
    if (this.#output === 'yaml') this.#streams.out(yamlOf(value))
  }

  /** Help: the same in every output. */
  text(text: string): void {
    this.#streams.out(`${text}\n`)
  }

  warning(sentence: string): void {
    if (this.#output === 'json') this.#streams.err(`${jsonOf({ warning: sentence })}\n`)
    else this.#streams.err(`WARNING: ${printable(sentence)}\n`)
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
    if (this.#output === 'json') this.#streams.err(`${jsonOf({ error: { kind: 'cancelled', message } })}\n`)
    else this.#streams.err(`${message}\n`)
    return exitCodes.cancelled
  }

  /**
   * Says what failed and what to do.
   * @returns the exit code
   */
  failure(error: unknown): number {
    const failure = failureOf(error, this.#verb)
    if (this.#output === 'json') this.#streams.err(`${jsonOf({ error: failure.json })}\n`)
    else this.#streams.err(failure.lines.map((line) => `${printable(line)}\n`).join(''))
    if (this.#debug && error instanceof Error) this.#streams.err(`${traceOf(error)}\n`)
    return failure.exitCode
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

function yamlOf(value: unknown): string {
  // Through JSON, because YAML has no word for `undefined`.
  const plain: unknown = JSON.parse(JSON.stringify(value))
  return dump(plain, { noRefs: true }).replace(controls, '')
}
