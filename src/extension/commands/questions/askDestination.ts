import { parseReference } from '../../../core/index.ts'
import type { ManifestFormat } from '../../adapters/settings.ts'
import type { App } from '../../app.ts'
import { askFormat, formatFor } from './askFormat.ts'
import type { ChartName } from './destinations.ts'
import { placeQuestion, titleOf, type Purpose } from './placeQuestion.ts'
import { back } from './question.ts'

export interface Destination {
  /** Whole, with a tag. */
  readonly reference: string
  readonly format: ManifestFormat
}

/**
 * Asks where a chart shall go: where it went before, a registry that is known, or anything that a person types; and, once
 * for each registry, who reads it there. A push tells, as far as the registry can be asked, what it will do.
 *
 * @throws ChartroomError `cancelled` where a question is closed
 */
export async function askDestination(app: App, chart: ChartName, purpose: Purpose): Promise<Destination> {
  const askPlace = await placeQuestion(app, chart, purpose)
  for (let typed = ''; ;) {
    const reference = await askPlace(typed)
    const { host } = parseReference(reference)
    const known = formatFor(app, host)
    if (known !== undefined) return { reference, format: known }
    const format = await askFormat(titleOf(chart, purpose, 2), host)
    if (format === back) {
      typed = reference
      continue
    }
    await app.formats.remember(host, format)
    return { reference, format }
  }
}
