import type { ChartCache, Offer } from '../cache/cache.ts'
import type { ChartProblem } from '../cache/cacheProblem.ts'
import { ChartroomError } from '../base/errors.ts'
import type { OperationOptions } from '../base/progress.ts'
import { chosenOffers } from './chosenOffers.ts'
import { whileDoing } from './failure.ts'

/**
 * Puts charts back into the cache index that another program dropped without knowing of them. A chart that this puts back
 * can be removed as one that was saved.
 *
 * @param references of offers, as `ChartCache.offers` has them or as they parse; by default of all that are complete
 * @returns what was put back
 * @throws ChartroomError `not-found` where a reference is not on offer, and what is wrong with one that is not complete; nothing was put back
 *   then
 */
export async function restoreOffers(
  cache: ChartCache,
  references?: readonly string[],
  options: OperationOptions = {},
): Promise<readonly Offer[]> {
  return await whileDoing('restore the charts that disappeared', async () => {
    const offers = await chosenOffers(cache, references, options)
    const broken = offers.find(({ problem }) => problem !== undefined)
    if (broken?.problem !== undefined && references !== undefined) throw notRestorable(broken, broken.problem)
    const whole = offers.filter(({ problem }) => problem === undefined)
    return await cache.restoreOffers(whole, options)
  })
}

function notRestorable({ reference }: Offer, { kind, message, advice }: ChartProblem): ChartroomError {
  return new ChartroomError(kind, {
    message: `${reference} cannot be put back. ${message}`,
    reference,
    ...(advice === undefined ? {} : { advice }),
  })
}
