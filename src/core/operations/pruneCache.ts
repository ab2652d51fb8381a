import type { ChartCache } from '../cache/cache.ts'
import { pruneLayout, type PrunedCache, type PruneOptions } from '../layout/prune.ts'
import { whileDoing } from './failure.ts'

export type { PrunedCache, PruneOptions } from '../layout/prune.ts'

/**
 * Takes out of the cache what nothing needs any more. Blobs go when they were first seen unreferenced a day ago, or as long as
 * `olderThan` says; they lie in the trash for a week and are deleted by a later call.
 *
 * Kept is what any entry of the index needs, named or not, what an offer or an undo would bring back, and what a process
 * that runs is about to name. A dry run changes nothing, except that it notes what is unreferenced since when.
 *
 * @throws ChartroomError `store-corrupt` where the index, or a manifest that it names, cannot be read: nothing was pruned then
 */
export async function pruneCache(cache: ChartCache, options: PruneOptions = {}): Promise<PrunedCache> {
  return await whileDoing('prune the cache', async () => await pruneLayout(cache.root, options))
}
