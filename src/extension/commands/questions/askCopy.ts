import type { ManifestFormat } from '../../adapters/settings.ts'
import type { App } from '../../app.ts'
import { askConversion } from './askFormat.ts'
import { placeQuestion, titleOf, type CopyPurpose, type NamedChart } from './placeQuestion.ts'
import { back } from './question.ts'

/**
 * Asks where a copy of a chart shall go, and whether it shall be converted there.
 *
 * @returns without a format where it stays as it is
 * @throws ChartroomError `cancelled` where a question is closed
 */
export async function askCopy(
  app: App,
  chart: NamedChart,
  purpose: CopyPurpose,
): Promise<{ readonly reference: string; readonly format?: ManifestFormat }> {
  const askPlace = await placeQuestion(app, chart, purpose)
  for (let typed = ''; ;) {
    const reference = await askPlace(typed)
    const format = await askConversion(titleOf(chart, purpose, 2), chart)
    if (format !== back) return { reference, ...(format === 'asItIs' ? {} : { format }) }
    typed = reference
  }
}
