import type { ChartCache, Offer } from '../cache/cache.ts'
import { ChartroomError } from '../base/errors.ts'
import { formatReference, parseReference } from '../oci/reference.ts'
import type { OperationOptions } from '../base/progress.ts'

/**
 * The offers that references mean: byte for byte, then as they parse; all of them where no references are given.
 * @throws ChartroomError `not-found`, `invalid-reference`
 */
export async function chosenOffers(
  cache: ChartCache,
  references: readonly string[] | undefined,
  options: OperationOptions,
): Promise<readonly Offer[]> {
  const offers = await cache.offers(options)
  if (references === undefined) return offers
  const named = new Map(offers.map((offer) => [offer.reference, offer]))
  return references.map((text) => {
    const offer = named.get(text) ?? named.get(formatReference(parseReference(text)))
    if (offer === undefined) throw notOffered(text, offers)
    return offer
  })
}

function notOffered(reference: string, offers: readonly Offer[]): ChartroomError {
  const known = offers.slice(0, 10).map((offer) => offer.reference)
  return new ChartroomError('not-found', {
    message: `${reference} is not among the charts that disappeared from the cache.`,
    advice:
      known.length === 0
        ? 'None has disappeared.'
        : `These have: ${known.join(', ')}${offers.length > known.length ? ', …' : ''}.`,
    reference,
  })
}
