import type { ChartCache } from '../cache/cache.ts'
import { readIndexNames } from '../layout/indexNames.ts'
import type { OperationOptions } from '../base/progress.ts'
import { whileDoing } from './failure.ts'

/**
 * The references that the cache index has, sorted, without a look at the charts: the first answer about a large cache.
 *
 * @param cache where it lies; what else it takes to read charts is not needed for this
 * @throws ChartroomError `store-corrupt` where the index itself cannot be read
 */
export async function listReferences(
  { root }: Pick<ChartCache, 'root'>,
  options: OperationOptions = {},
): Promise<readonly string[]> {
  return await whileDoing('list the cached charts', async () => await readIndexNames(root, options))
}
