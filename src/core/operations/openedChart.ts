import type { ChartFacts } from '../chart/chartFacts.ts'
import type { ContentFacts } from '../chart/chartManifest.ts'
import { defaultLimits, type ChartOptions, type Limits } from '../chart/limits.ts'
import type { ChartFormat } from '../chart/mediaTypes.ts'
import type { Metadata } from '../chart/metadata.ts'
import type { Digest } from '../oci/digest.ts'
import type { Content } from '../oci/target.ts'
import {
  chartFiles,
  newBudget,
  readArchiveFile,
  type ArchiveFile,
  type ChartArchive,
} from '../chart/readArchive.ts'
import { fileErrorInPlace } from '../base/fileError.ts'
import { whileDoing } from './failure.ts'

/** A chart, wherever it lies: in the cache, at a registry, or as an archive on disk. */
export interface LocatedChart extends ChartFacts, Omit<ContentFacts, 'format'> {
  /** The reference, or the path of an archive. */
  readonly reference: string
  /** Unset for an archive on disk, as the format. */
  readonly manifestDigest?: Digest
  readonly format?: ChartFormat
}

/** A chart, opened to look inside. */
export interface OpenedChart {
  readonly chart: LocatedChart
  /** What its Chart.yaml says. */
  readonly metadata: Metadata
  /** Its files in the order of the archive; paths are relative to the chart, sizes in bytes. */
  readonly files: readonly { readonly path: string; readonly size: number }[]
  /**
   * Reads one file.
   * @throws ChartroomError `not-found` where the chart has no such file, `too-large`
   */
  read(path: string, options?: ChartOptions): Promise<Buffer>
  /**
   * All its files in the order of the archive, in one reading. What goes by can be trusted when the iteration has ended; the
   * content of a file is there until the next one is asked for, and may be left unread.
   */
  walk(options?: ChartOptions): AsyncIterable<ArchiveFile>
}

/**
 * A chart whose archive has been read once, whole.
 * @param content opens the archive again for every file that is read
 * @param limits that it was opened with, which count for its files, too, unless others are given with them
 */
export function openedChart(
  chart: LocatedChart,
  { metadata, entries }: ChartArchive,
  content: (options: ChartOptions) => Content,
  limits: Limits = defaultLimits,
): OpenedChart {
  const { reference } = chart
  return {
    chart,
    metadata,
    files: entries,
    read: async (path, options = {}) =>
      await whileDoing(
        `read ${path} of ${reference}`,
        async () => await readArchiveFile(content(options), path, reference, { limits, ...options }),
      ),
    walk: async function* (options = {}) {
      try {
        yield* chartFiles(content(options), reference, newBudget(reference, { limits, ...options }), options)
      } catch (error) {
        throw await fileErrorInPlace(error, `read ${reference}`)
      }
    },
  }
}
