import { setInterval, clearInterval } from 'node:timers'
import type { OperationOptions } from '../../base/progress.ts'
import { longestWait, parseRetryAfter } from './retryAfter.ts'
import { header, type HttpResponse } from './transport.ts'
import type { Wait } from './wait.ts'

/** Milliseconds that a host is left alone at least that says it has too much to do. */
const shortest = 250

/** What a host has asked all of its clients for: to come back later. Every operation at the host waits then, not only the one that was told. */
export class Pace {
  readonly #wait: Wait
  /** By `performance.now`, which nobody sets; in the past where the host may be asked. */
  #until = 0

  constructor(wait: Wait) {
    this.#wait = wait
  }

  /** Whether the host may be asked. */
  get isOpen(): boolean {
    return this.#until <= performance.now()
  }

  /** Has everybody wait where an answer says that the host has too much to do, before anybody has read why. */
  heed(response: Pick<HttpResponse, 'status' | 'headers'>): void {
    if (response.status !== 429 && response.status !== 503) return
    const asked = parseRetryAfter(header(response, 'retry-after'), Date.now()) ?? 0
    // What is longer is waited for by nobody: it is an error.
    if (asked > longestWait) return
    this.#until = Math.max(this.#until, performance.now() + (asked > 0 ? asked : shortest))
  }

  /**
   * Waits as long as the host asks for, and has everybody else wait who asks it meanwhile.
   * @throws the reason of an aborted signal
   */
  async pause(milliseconds: number, options: OperationOptions): Promise<void> {
    const now = performance.now()
    this.#until = Math.max(this.#until, now + milliseconds)
    await this.#waitUntil(this.#until, now, options)
  }

  /** Waits until the host may be asked. @throws the reason of an aborted signal */
  async ready(options: OperationOptions): Promise<void> {
    for (let now = performance.now(); this.#until > now; now = performance.now()) {
      await this.#waitUntil(this.#until, now, options)
    }
  }

  async #waitUntil(until: number, now: number, { signal, onProgress }: OperationOptions): Promise<void> {
    const end = countDown(until - now, onProgress)
    try {
      await this.#wait(Math.round(until - now), signal)
    } finally {
      end()
    }
    // It is over, also where the timer was a little early.
    if (this.#until === until) this.#until = 0
  }
}

/** Reports every second, until it is ended, how many seconds of how many are over. */
function countDown(milliseconds: number, onProgress: OperationOptions['onProgress']): () => void {
  if (onProgress === undefined) return () => undefined
  const start = performance.now()
  const report = (): void => {
    const total = Math.ceil(milliseconds / 1000)
    onProgress({
      step: 'waiting',
      done: Math.min(total, Math.floor((performance.now() - start) / 1000)),
      total,
    })
  }
  report()
  const timer = setInterval(report, 1000)
  return () => {
    clearInterval(timer)
  }
}
