import { setImmediate as turn } from 'node:timers/promises'
import { inParallel } from '../inParallel.ts'
import type { Outcome } from '../outcome.ts'
import { startLater, startNow, type FileStart, type LimitedFile } from './read.ts'
import { isWaiting } from './smallFiles.ts'

/**
 * Work that asks for small files, one after the other, and is given the beginning of each: `undefined` where there is no such file. Its
 * bytes are good until the next one is asked for. Written once, it runs where a process waits for the disk and where it must not.
 */
export type FileWork<Result> = Generator<LimitedFile, Result, FileStart | undefined>

/** How many files are open at the same time. */
const atOnce = 16

/** How many items are worked on before signals and timers get their turn. */
const stretch = 128

/**
 * Works on each of many items. Where this process waits for the disk itself, that takes not even a promise a file.
 *
 * @returns the outcomes in the order of the items; only the end of the signal makes it throw
 */
export async function readEach<Item, Result>(
  items: readonly Item[],
  workOn: (item: Item) => FileWork<Result>,
  signal: AbortSignal | undefined,
): Promise<Outcome<Result>[]> {
  if (!isWaiting) {
    return await inParallel(items, atOnce, async (item) => {
      signal?.throwIfAborted()
      try {
        return { value: await doneLater(workOn(item), signal) }
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
      outcomes.push({ value: doneNow(workOn(item)) })
    } catch (error) {
      outcomes.push({ error })
    }
  }
  return outcomes
}

function doneNow<Result>(work: FileWork<Result>): Result {
  let step = work.next()
  while (step.done !== true) {
    let start: FileStart | undefined
    try {
      start = startNow(step.value)
    } catch (error) {
      step = work.throw(error)
      continue
    }
    step = work.next(start)
  }
  return step.value
}

/** The same on the threads of Node. That the signal ends it is nothing that the work could go on from. */
async function doneLater<Result>(work: FileWork<Result>, signal: AbortSignal | undefined): Promise<Result> {
  let step = work.next()
  while (step.done !== true) {
    let start: FileStart | undefined
    try {
      start = await startLater(step.value, signal)
    } catch (error) {
      signal?.throwIfAborted()
      step = work.throw(error)
      continue
    }
    step = work.next(start)
  }
  return step.value
}
