import type { ChartCache } from '../cache/cache.ts'
import type { ChartOptions } from '../chart/limits.ts'
import type { Content } from '../oci/target.ts'
import { readArchive } from '../chart/readArchive.ts'
import { whileDoing } from './failure.ts'
import { openedChart, type OpenedChart } from './openedChart.ts'

/**
 * Opens a cached chart without unpacking it. The whole layer is verified first.
 * @throws ChartroomError `not-found`, `integrity`, `archive-unsafe`, …
 */
export async function openChart(
  cache: ChartCache,
  reference: string,
  options: ChartOptions = {},
): Promise<OpenedChart> {
  return await whileDoing(`open ${reference}`, async () => {
    const { manifest: _, layers: __, layer, ...chart } = await cache.require(reference, options)
    const content =
      ({ signal }: ChartOptions): Content =>
      async () =>
        await cache.fetch(layer, signal === undefined ? {} : { signal })
    const archive = await readArchive(content(options), chart.reference, options)
    return openedChart(chart, archive, content, options.limits)
  })
}
