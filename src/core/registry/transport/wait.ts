import { setTimeout as delay } from 'node:timers/promises'

/** How to wait; rejects with the reason of an aborted signal. A test hands in one that does not wait. */
export type Wait = (milliseconds: number, signal?: AbortSignal) => Promise<void>

export const wait: Wait = async (milliseconds, signal) => {
  try {
    await delay(milliseconds, undefined, signal === undefined ? {} : { signal })
  } catch (error) {
    // Node has an error of its own for that.
    signal?.throwIfAborted()
    throw error
  }
}
