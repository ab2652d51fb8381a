import type { Offer } from '../core/index.ts'
import type { Printer } from './print.ts'
import { shortened } from './table.ts'

/** Says in one line on stderr that charts disappeared from the cache index, where some did, and what can be done about it. */
export function reportOffers(offers: readonly Offer[], print: Printer): void {
  const [first, ...others] = offers
  if (first === undefined) return
  const many = others.length > 0
  const charts = many ? `${offers.length} charts` : shortened(first.reference, 200)
  print.warning(
    `${charts} disappeared when another program rewrote the index. ` +
      `"chartroom chart verify --restore" puts ${many ? 'them' : 'it'} back, "--forget" lets ${many ? 'them' : 'it'} go.`,
  )
}
