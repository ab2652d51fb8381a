import type { ChartCache, SoundChart } from '../cache.ts'
import type { ChartOptions } from '../chart/limits.ts'
import type { Content } from '../oci/target.ts'
import { readArchive, readArchiveFile } from '../chart/readArchive.ts'
import { whileDoing } from './failure.ts'

/** A cached chart, opened to look inside. */
export interface OpenedChart {
  readonly chart: SoundChart
  /** Its files in the order of the archive; paths are relative to the chart, sizes in bytes. */
  readonly files: readonly { readonly path: string; readonly size: number }[]
  /**
   * Reads one file.
   * @throws ChartroomError `not-found` where the chart has no such file, `too-large`
   */
  read(path: string, options?: ChartOptions): Promise<Buffer>
}

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
      (signal: AbortSignal | undefined): Content =>
      async () =>
        await cache.fetch(layer, signal === undefined ? {} : { signal })
    const { entries } = await readArchive(content(options.signal), chart.reference, options)
    return {
      chart,
      files: entries,
      read: async (path, readOptions = {}) =>
        await whileDoing(
          `read ${path} of ${chart.reference}`,
          async () => await readArchiveFile(content(readOptions.signal), path, chart.reference, readOptions),
        ),
    }
  })
}
