import { ChartroomError, type ErrorDetails, type ErrorKind } from '../../base/errors.ts'
import type { OperationOptions } from '../../base/progress.ts'
import type { Pace } from './pace.ts'
import { longestWait } from './retryAfter.ts'
import type { Wait } from './wait.ts'

export interface RetryAdvice {
  /** How often to try in all. */
  readonly tries: number
  /** Milliseconds that the registry asks to wait. */
  readonly retryAfter?: number
  /** Whether the host has too much to do, so that nobody should ask it meanwhile. */
  readonly isBusy?: boolean
}

/** A failure that may pass by itself. */
export class TransientError extends ChartroomError {
  readonly retry: RetryAdvice

  constructor(kind: ErrorKind, details: ErrorDetails, retry: RetryAdvice) {
    super(kind, details)
    this.retry = retry
  }
}

/**
 * Does the work again while it fails in a way that may pass. Only whole operations are retried, and only as `Tries` allows,
 * so that tries do not multiply.
 *
 * @throws the last failure
 */
export async function retrying<Result>(work: () => Promise<Result>, tries: Tries): Promise<Result> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      await tries.next(error)
    }
  }
}

/** The tries of one operation. */
export class Tries {
  readonly #wait: Wait
  readonly #pace: Pace
  readonly #options: OperationOptions
  #failed = 0

  /** @param pace of the host */
  constructor(wait: Wait, pace: Pace, options: OperationOptions) {
    this.#wait = wait
    this.#pace = pace
    this.#options = options
  }

  /**
   * Waits until it is time for another try. Where the host is busy, everybody else waits, too.
   * @throws the failure, where none may help or there have been enough
   */
  async next(failure: unknown): Promise<void> {
    this.#failed += 1
    if (!(failure instanceof TransientError) || this.#failed >= failure.retry.tries) throw settled(failure)
    const { retryAfter = 0 } = failure.retry
    // "At once", or a time that has passed by this machine's clock, is no leave to try without a pause.
    const milliseconds = retryAfter > 0 ? retryAfter : backOff(this.#failed)
    if (milliseconds > longestWait) throw settled(failure)
    const { signal, log } = this.#options
    log?.info(`${failure.message} Trying again in ${(milliseconds / 1000).toFixed(1)} s.`)
    if (failure.retry.isBusy === true) await this.#pace.pause(milliseconds, this.#options)
    else await this.#wait(milliseconds, signal)
  }

  /** Forgets what has failed: the operation has come further. */
  startAnew(): void {
    this.#failed = 0
  }
}

/** A failure that nobody tries again for any more: what is copied from a registry fails within an operation of another one. */
function settled(failure: unknown): unknown {
  if (!(failure instanceof TransientError)) return failure
  const { kind, message, advice, evidence, cause } = failure
  return new ChartroomError(kind, {
    message,
    cause,
    ...evidence,
    ...(advice === undefined ? {} : { advice }),
  })
}

/** A quarter of a second, then twice as long each time, give or take a quarter, so that clients do not come in step. */
function backOff(attempt: number): number {
  return 250 * 2 ** (attempt - 1) * (0.75 + Math.random() / 2)
}
