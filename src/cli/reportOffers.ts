import type { Offer } from '../core/index.ts'
import type { Printer } from './print.ts'
import { shortened } from './table.ts'

/** Says in one line on stderr that charts disappeared from the cache index, where some did, and what can be done about it. */
export function reportOffers(offers: readonly Offer[], print: Printer): void {
  const [first, ...others] = offers
  if (first === undefined) return
  const many = others.length > 0
  const charts = many ? `${offers.length} charts` : shortened(first.reference, 200)
  const them = many ? 'them' : 'it'
  const happened = `${charts} disappeared when another program rewrote the index`
  const broken = offers.filter(({ problem }) => problem !== undefined)
  if (broken.length === offers.length) {
    print.warning(
      `${happened}, and cannot be put back. "chartroom chart verify" says why, "--forget" with it lets ${them} go.`,
    )
    return
  }
  const back = broken.length > 0 ? 'what is complete' : them
  print.warning(
    `${happened}. "chartroom chart verify --restore" puts ${back} back, "--forget" lets ${them} go.`,
  )
}
