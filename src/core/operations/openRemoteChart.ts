import type { ChartOptions } from '../chart/limits.ts'
import type { Content } from '../oci/target.ts'
import type { Registries } from '../registry/registries.ts'
import { factsIn } from '../chart/chartFacts.ts'
import { contentFacts, readChartManifest } from '../chart/chartManifest.ts'
import { checkSizes } from '../chart/checkSizes.ts'
import { defaultLimits } from '../chart/limits.ts'
import { readArchive } from '../chart/readArchive.ts'
import { formatReference, parseReference } from '../oci/reference.ts'
import { verified } from '../oci/verify.ts'
import { counted } from '../base/progress.ts'
import { whileDoing } from './failure.ts'
import { openedChart, type OpenedChart } from './openedChart.ts'
import { requireName } from './requireName.ts'

/** Layers up to so many bytes stay in memory while the chart is open. Most charts have some KiB. */
const keptSize = 4 * 1024 * 1024

/**
 * Opens a chart at its registry without pulling it: nothing is written to disk. The whole layer is read and verified first.
 * A small one is kept in memory; of a larger one, reading a file fetches the layer again and verifies it in full.
 *
 * The chart is that of the manifest that the name stands for now, whatever the name stands for later.
 *
 * @param reference with a tag or a digest, for example `localhost:5000/myrepo/mychart:2.7.0`
 * @throws ChartroomError `invalid-reference`, `not-found`, `unauthorized`, `not-a-chart`, `integrity`, `too-large`, …
 */
export async function openRemoteChart(
  registries: Registries,
  reference: string,
  options: ChartOptions = {},
): Promise<OpenedChart> {
  const wanted = parseReference(reference)
  const name = formatReference(wanted)
  return await whileDoing(`open ${name}`, async () => {
    const repository = registries.repository(wanted)
    const raw = await repository.resolve(requireName(wanted), options)
    const manifest = readChartManifest(raw, name)
    checkSizes(raw, options.limits ?? defaultLimits, name)
    const { layer } = manifest
    const fetched =
      ({ signal, log, onProgress }: ChartOptions): Content =>
      async () => {
        const bytes = await repository.fetch(layer, {
          ...(signal === undefined ? {} : { signal }),
          ...(log === undefined ? {} : { log }),
        })
        return counted(verified(bytes, layer, `The chart layer of ${name}`), (done) => {
          onProgress?.({ step: 'reading', done, total: layer.size })
        })
      }
    const kept: Uint8Array[] = []
    const keeps = layer.size <= keptSize
    const first = fetched(options)
    const archive = await readArchive(keeps ? async () => keptIn(kept, await first()) : first, name, options)
    const chart = {
      reference: name,
      manifestDigest: raw.descriptor.digest,
      ...factsIn(archive.metadata),
      ...contentFacts(manifest),
    }
    return openedChart(chart, archive, keeps ? () => () => inMemory(kept) : fetched, options.limits)
  })
}

async function* keptIn(pieces: Uint8Array[], bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    pieces.push(piece)
    yield piece
  }
}

async function* inMemory(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* await Promise.resolve(pieces)
}
