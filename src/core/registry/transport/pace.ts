import { setInterval, clearInterval } from 'node:timers'
import type { OperationOptions } from '../../progress.ts'
import { longestWait, parseRetryAfter } from './retryAfter.ts'
import { header, type HttpResponse } from './transport.ts'
import type { Wait } from './wait.ts'

/** Milliseconds that a host is left alone at least that says it has too much to do. */
const shortest = 250

/** What a host has asked all of its clients for: to come back later. Every operation at the host waits then, not only the one that was told. */
export class Pace {
  readonly #wait: Wait
  /** Milliseconds since 1970; in the past where the host may be asked. */
  #until = 0

  constructor(wait: Wait) {
    this.#wait = wait
  }

  /** Whether the host may be asked. */
  get isOpen(): boolean {
    return this.#until <= Date.now()
  }

  /** Has everybody wait where an answer says that the host has too much to do, before anybody has read why. */
  heed(response: Pick<HttpResponse, 'status' | 'headers'>): void {
    if (response.status !== 429 && response.status !== 503) return
    const now = Date.now()
    const asked = parseRetryAfter(header(response, 'retry-after'), now) ?? 0
    // What is longer is waited for by nobody: it is an error.
    if (asked <= longestWait) this.#until = Math.max(this.#until, now + (asked > 0 ? asked : shortest))
  }

  /**
   * Waits as long as the host asks for, and has everybody else wait who asks it meanwhile.
   * @throws the reason of an aborted signal
   */
  async pause(milliseconds: number, options: OperationOptions): Promise<void> {
    const now = Date.now()
    this.#until = Math.max(this.#until, now + milliseconds)
    await this.#waitUntil(this.#until, now, options)
  }

  /** Waits until the host may be asked. @throws the reason of an aborted signal */
  async ready(options: OperationOptions): Promise<void> {
    for (let now = Date.now(); this.#until > now; now = Date.now()) {
      await this.#waitUntil(this.#until, now, options)
    }
  }

  async #waitUntil(until: number, now: number, { signal, onProgress }: OperationOptions): Promise<void> {
    const end = countDown(until - now, onProgress)
    try {
      await this.#wait(until - now, signal)
    } finally {
      end()
    }
    // It is over, however the clock has been set meanwhile.
    if (this.#until === until) this.#until = 0
  }
}

/** Reports every second, until it is ended, how many seconds of how many are over. */
function countDown(milliseconds: number, onProgress: OperationOptions['onProgress']): () => void {
  if (onProgress === undefined) return () => undefined
  const start = Date.now()
  const report = (): void => {
    const total = Math.ceil(milliseconds / 1000)
    onProgress({ step: 'waiting', done: Math.min(total, Math.floor((Date.now() - start) / 1000)), total })
  }
  report()
  const timer = setInterval(report, 1000)
  return () => {
    clearInterval(timer)
  }
}
