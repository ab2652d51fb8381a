import type { ChartCache } from '../cache/cache.ts'
import type { SaveOptions } from './chartSource.ts'
import { whileDoing } from './failure.ts'
import { saveEach, type SavedChart } from './saveCharts.ts'

/**
 * Puts a chart into the cache: a directory is packed, always into the same bytes; a `.tgz` is stored verbatim.
 *
 * @param path a chart directory, or a chart archive
 * @param reference the name to save it under; without a tag, the chart's version is the tag; without a reference, `name:version`
 * @throws ChartroomError `not-found` (no such path), `invalid-chart`, `archive-unsafe`, `too-large`, `invalid-reference`, …
 * @see Helm 3.6.3 internal/experimental/registry/client.go SaveChart
 */
export async function saveChart(
  cache: ChartCache,
  path: string,
  reference?: string,
  options: SaveOptions = {},
): Promise<SavedChart> {
  return await whileDoing(`save ${path}`, async () => {
    const [outcome] = await saveEach(cache, [{ path, reference }], options)
    if (outcome?.value === undefined) throw outcome?.error
    return outcome.value
  })
}
