import { readChartManifest } from '../chart/chartManifest.ts'
import { helmReads } from '../chart/helmName.ts'
import { ChartroomError } from '../base/errors.ts'
import { inParallel } from '../base/inParallel.ts'
import {
  containerdNameAnnotation,
  entryFor,
  entryOf,
  findEntry,
  refNameAnnotation,
  withEntry,
  type IndexEntry,
  type IndexFile,
} from '../layout/indexFile.ts'
import type { Layout } from '../layout/layout.ts'
import type { RawManifest } from '../oci/manifest.ts'
import type { OperationOptions } from '../base/progress.ts'

/** How many manifests are stored at the same time. */
const writers = 16

/** A chart that is to get a name. */
export interface NamedManifest {
  readonly manifest: RawManifest
  readonly name: string
}

/**
 * Stores the manifests of charts and names them with one change of the index, in their order. A chart whose blobs are not all there
 * is not named.
 *
 * @returns why some were not named; the others are
 * @throws ChartroomError `store-corrupt`, `store-locked`, `disk-full` where the index cannot be changed; nothing is named then
 */
export async function tagCharts<Chart extends NamedManifest>(
  layout: Layout,
  charts: readonly Chart[],
  options: OperationOptions,
): Promise<ReadonlyMap<Chart, unknown>> {
  const refused = new Map<Chart, unknown>()
  const unlessRefused = async (chart: Chart, work: () => Promise<void>): Promise<void> => {
    if (refused.has(chart)) return
    try {
      await work()
    } catch (error) {
      options.signal?.throwIfAborted()
      refused.set(chart, error)
    }
  }
  await inParallel(charts, writers, async (chart) => {
    await unlessRefused(chart, async () => {
      readChartManifest(chart.manifest, chart.name)
      await layout.storeManifest(chart.manifest, options)
    })
  })
  if (refused.size === charts.length) return refused
  await layout.change(async (before) => {
    let index = before
    for (const chart of charts) {
      await unlessRefused(chart, async () => {
        // Under the lock, so that nobody sweeps them before the entry is there.
        await checkPresent(layout, chart)
        index = withEntry(index, entryIn(index, chart))
      })
    }
    return index
  }, options)
  return refused
}

async function checkPresent(layout: Layout, { manifest, name }: NamedManifest): Promise<void> {
  const { config, layers } = readChartManifest(manifest, name)
  for (const { digest, size } of [manifest.descriptor, config, ...layers]) {
    if ((await layout.factsOf({ digest }))?.size === size) continue
    throw new ChartroomError('not-found', {
      message: `${name} was not stored: its blob ${digest} is not in the cache any more.`,
      advice: 'Something cleans up the cache at the same time. Try again when that has ended.',
      reference: name,
      digest,
    })
  }
}

/** The entry for a chart. What other programs added to it stays as long as it is about the same manifest. */
function entryIn(index: IndexFile, { manifest, name }: NamedManifest): IndexEntry {
  const { format, layers } = readChartManifest(manifest, name)
  const isOld = helmReads(name, format, layers.length)
  const annotation = isOld ? refNameAnnotation : containerdNameAnnotation
  const old = findEntry(index, name)
  const isSame = old?.descriptor?.digest === manifest.descriptor.digest && old.annotation === annotation
  return isSame ? entryOf(old.raw) : entryFor(manifest.descriptor, name, annotation)
}
