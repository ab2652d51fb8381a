/**
 * Does work for many items, a few at a time. The first failure stops the others, and is thrown when they have stopped.
 *
 * @param atOnce how many are worked on at the same time
 * @param work is given a signal that is aborted when another item has failed, or the caller's is
 * @param signal the caller's
 * @returns the results in the order of the items
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item, signal: AbortSignal) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result[]> {
  const failed = new AbortController()
  const either = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal])
  const results: Result[] = []
  let first: { readonly error: unknown } | undefined
  const waiting = items.entries()
  const worker = async (): Promise<void> => {
    for (const [position, item] of waiting) {
      try {
        results[position] = await work(item, either)
      } catch (error) {
        first ??= { error }
        failed.abort()
      }
      if (first !== undefined) return
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  if (first !== undefined) throw first.error
  return results
}
