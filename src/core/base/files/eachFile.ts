import { setImmediate as turn } from 'node:timers/promises'
import { inParallel } from '../inParallel.ts'
import type { Outcome } from '../outcome.ts'
import { isWaiting } from './smallFiles.ts'

/** How many files are open at the same time. */
const atOnce = 16

/** How many files are looked at before signals and timers get their turn. */
const stretch = 256

/**
 * Does something with each of many small files. Where this process waits for the disk itself, that takes not even a promise a file.
 *
 * @param now does it with one file, waiting for the disk
 * @param later does the same on the threads of Node
 * @returns the outcomes in the order of the items; only the end of the signal makes it throw
 */
export async function eachFile<Item, Result>(
  items: readonly Item[],
  now: (item: Item) => Result,
  later: (item: Item) => Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Outcome<Result>[]> {
  if (!isWaiting) {
    return await inParallel(items, atOnce, async (item) => {
      signal?.throwIfAborted()
      try {
        return { value: await later(item) }
      } catch (error) {
        signal?.throwIfAborted()
        return { error }
      }
    })
  }
  const outcomes: Outcome<Result>[] = []
  for (const item of items) {
    if (outcomes.length % stretch === stretch - 1) {
      await turn()
      signal?.throwIfAborted()
    }
    try {
      outcomes.push({ value: now(item) })
    } catch (error) {
      outcomes.push({ error })
    }
  }
  return outcomes
}
