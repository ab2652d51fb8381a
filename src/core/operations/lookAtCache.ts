import type { CacheContents, ChartCache, ListOptions } from '../cache/cache.ts'
import { whileDoing } from './failure.ts'

/**
 * What the cache has, as `listCharts` tells it, and what could come back, both about one and the same index.
 * @throws ChartroomError `store-corrupt` where the index itself cannot be read
 */
export async function lookAtCache(cache: ChartCache, options: ListOptions = {}): Promise<CacheContents> {
  return await whileDoing('list the cached charts', async () => await cache.look(options))
}
