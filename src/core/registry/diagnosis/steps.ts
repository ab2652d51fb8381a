import { ChartroomError, printable } from '../../base/errors.ts'
import type { OperationOptions } from '../../base/progress.ts'
import { connectionError } from '../connectionError.ts'
import type { Redactor } from '../login/redactor.ts'
import { unlessAborted } from '../singleFlight.ts'
import type { DiagnosisStep, Fact, Facts, StepName } from './diagnosis.ts'

/** What a step came to. */
export interface Found<Value> {
  readonly summary: string
  readonly facts?: Facts
  /** What the steps after it need. */
  readonly value?: Value
  /** That it is not as it should be, although the steps after it can go on. */
  readonly warning?: { readonly advice?: string }
  /** What the step fails with, where it has facts to tell all the same. */
  readonly failure?: unknown
}

export interface StepsSettings {
  /** As the person wrote it. */
  readonly host: string
  /** Milliseconds that a step may take. */
  readonly limit: number
  readonly redactor: Redactor
  readonly options: OperationOptions
}

/** The longest text of a stranger that a diagnosis repeats. */
const longest = 200

/** Takes one step after the other. A step that fails or takes too long is noted, and the next one can go on. */
export class Steps {
  readonly #settings: StepsSettings
  readonly #taken: DiagnosisStep[] = []

  constructor(settings: StepsSettings) {
    this.#settings = settings
  }

  /** What was noted, without a secret that somebody may have repeated. */
  get taken(): readonly DiagnosisStep[] {
    const { redactor } = this.#settings
    return this.#taken.map((step) => ({
      ...step,
      summary: shown(redactor.clean(step.summary)),
      ...(step.advice === undefined ? {} : { advice: shown(redactor.clean(step.advice)) }),
      facts: harmless(step.facts, redactor) as Facts,
    }))
  }

  /**
   * Takes a step.
   * @returns what it gives to the steps after it; `undefined` where it failed
   * @throws the reason of the caller's aborted signal, and nothing that the step fails with
   */
  async take<Value>(
    name: StepName,
    work: (signal: AbortSignal) => Promise<Found<Value>>,
  ): Promise<Value | undefined> {
    const start = performance.now()
    return this.note(name, await this.#attempt(work), Math.round(performance.now() - start))
  }

  /** Notes what a step came to. @returns as `take` */
  note<Value>(name: StepName, found: Found<Value>, milliseconds = 0): Value | undefined {
    const { summary, facts = {}, warning, failure, value } = found
    const error = failure === undefined ? undefined : this.#errorOf(failure)
    const advice = error === undefined ? warning?.advice : error.advice
    this.#taken.push({
      name,
      state: error !== undefined ? 'failed' : warning !== undefined ? 'warning' : 'ok',
      milliseconds,
      summary: error?.message ?? summary,
      ...(advice === undefined ? {} : { advice }),
      ...(error === undefined ? {} : { kind: error.kind }),
      facts,
    })
    return error === undefined ? value : undefined
  }

  /** Notes that a step was not taken. @param why as a phrase */
  skip(name: StepName, why: string): void {
    this.#taken.push({ name, state: 'notReached', milliseconds: 0, summary: why, facts: {} })
  }

  async #attempt<Value>(work: (signal: AbortSignal) => Promise<Found<Value>>): Promise<Found<Value>> {
    const { options, limit, host } = this.#settings
    const { signal } = options
    signal?.throwIfAborted()
    const late = AbortSignal.timeout(limit)
    const end = signal === undefined ? late : AbortSignal.any([signal, late])
    try {
      return await unlessAborted(work(end), end)
    } catch (failure) {
      signal?.throwIfAborted()
      return { summary: '', failure: late.aborted ? tooLate(host, limit) : failure }
    }
  }

  /** @throws what is no failure that people are told of */
  #errorOf(failure: unknown): ChartroomError {
    const error = connectionError(failure, this.#settings.host)
    if (error instanceof ChartroomError) return error
    throw error
  }
}

function tooLate(host: string, limit: number): ChartroomError {
  return new ChartroomError('unavailable', {
    message: `${host} did not answer within ${limit / 1000} s.`,
    advice: 'Something on the way may drop what is sent: a firewall, or a proxy that is needed and not set.',
    host,
  })
}

/** Text that may come from a stranger, on one line, not too long. */
function shown(text: string): string {
  const line = printable(text)
  return line.length <= longest * 2 ? line : `${line.slice(0, longest * 2)}…`
}

function harmless(fact: Fact, redactor: Redactor): Fact {
  if (typeof fact === 'string') {
    const line = printable(redactor.clean(fact))
    return line.length <= longest ? line : `${line.slice(0, longest)}…`
  }
  if (Array.isArray(fact)) return fact.map((item: Fact) => harmless(item, redactor))
  if (typeof fact !== 'object') return fact
  return Object.fromEntries(Object.entries(fact).map(([name, item]) => [name, harmless(item, redactor)]))
}
