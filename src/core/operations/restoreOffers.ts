import type { ChartCache, Offer } from '../cache.ts'
import type { OperationOptions } from '../progress.ts'
import { chosenOffers } from './chosenOffers.ts'
import { whileDoing } from './failure.ts'

/**
 * Puts charts back into the cache index that another program dropped without knowing of them. A chart that this puts back
 * can be removed as one that was saved.
 *
 * @param references of offers, as `ChartCache.offers` has them or as they parse; by default of all
 * @returns what was put back
 * @throws ChartroomError `not-found` where a reference is not on offer; nothing was put back then
 */
export async function restoreOffers(
  cache: ChartCache,
  references?: readonly string[],
  options: OperationOptions = {},
): Promise<readonly Offer[]> {
  return await whileDoing('restore the charts that disappeared', async () => {
    return await cache.restoreOffers(await chosenOffers(cache, references, options), options)
  })
}
