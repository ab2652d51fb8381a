import type { ChartCache, Offer } from '../cache/cache.ts'
import type { OperationOptions } from '../base/progress.ts'
import { chosenOffers } from './chosenOffers.ts'
import { whileDoing } from './failure.ts'

/**
 * Lets charts go that another program dropped from the cache index: they are not offered again. Their content stays until the
 * cache is pruned.
 *
 * @param references of offers, as `ChartCache.offers` has them or as they parse; by default of all
 * @returns what was let go
 * @throws ChartroomError `not-found` where a reference is not on offer; nothing was let go then
 */
export async function forgetOffers(
  cache: ChartCache,
  references?: readonly string[],
  options: OperationOptions = {},
): Promise<readonly Offer[]> {
  return await whileDoing('forget the charts that disappeared', async () => {
    const offers = await chosenOffers(cache, references, options)
    await cache.forgetOffers(offers, options)
    return offers
  })
}
