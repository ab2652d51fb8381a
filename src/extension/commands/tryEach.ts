import { kindOf } from '../../core/index.ts'

/** What came of doing the same to several things. */
export interface Tried<Result> {
  readonly done: readonly Result[]
  readonly failures: readonly unknown[]
  /** What a person stopped it with; the things after it were not tried. */
  readonly stopped?: unknown
}

/** Does the same to several things, one after the other. One that fails keeps no other from it; a person who stops one stops all. */
export async function tryEach<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Tried<Result>> {
  const done: Result[] = []
  const failures: unknown[] = []
  for (const item of items) {
    try {
      done.push(await work(item))
    } catch (error) {
      if (kindOf(error) === 'cancelled') return { done, failures, stopped: error }
      failures.push(error)
    }
  }
  return { done, failures }
}
