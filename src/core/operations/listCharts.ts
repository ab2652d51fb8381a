import type { CachedChart, ChartCache, ListOptions } from '../cache/cache.ts'
import { whileDoing } from './failure.ts'

/**
 * Everything that the cache index names, sorted by reference. An entry that cannot be read is in the list with what is wrong with it.
 * @throws ChartroomError `store-corrupt` where the index itself cannot be read
 */
export async function listCharts(
  cache: ChartCache,
  options: ListOptions = {},
): Promise<readonly CachedChart[]> {
  return await whileDoing('list the cached charts', async () => await cache.list(options))
}
