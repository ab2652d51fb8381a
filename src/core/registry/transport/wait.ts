import { setTimeout as delay } from 'node:timers/promises'

/** How to wait; a test hands in one that does not. */
export type Wait = (milliseconds: number, signal?: AbortSignal) => Promise<void>

export const wait: Wait = async (milliseconds, signal) => {
  await delay(milliseconds, undefined, signal === undefined ? {} : { signal })
}
