import type { ChartCache } from '../cache.ts'
import type { OperationOptions } from '../progress.ts'
import { whileDoing } from './failure.ts'

/**
 * The references that the cache index has, sorted, without a look at the charts: the first answer about a large cache.
 * @throws ChartroomError `store-corrupt` where the index itself cannot be read
 */
export async function listReferences(
  cache: ChartCache,
  options: OperationOptions = {},
): Promise<readonly string[]> {
  return await whileDoing('list the cached charts', async () => await cache.names(options))
}
