import type { ChartCache } from '../cache/cache.ts'
import type { Chart } from '../chart/chart.ts'
import type { ChartOptions } from '../chart/limits.ts'
import type { Metadata } from '../chart/metadata.ts'
import type { RawManifest } from '../oci/manifest.ts'
import type { Content } from '../oci/target.ts'
import { encodeChartManifest } from '../chart/chartManifest.ts'
import { encodeConfig } from '../chart/configBlob.ts'
import { maxConfigSize, maxProvenanceSize } from '../chart/limits.ts'
import { chartMediaTypes, type ChartFormat } from '../chart/mediaTypes.ts'
import { packChart } from '../chart/packChart.ts'
import { readArchive } from '../chart/readArchive.ts'
import { readDirectory } from '../chart/readDirectory.ts'
import { ChartroomError } from '../base/errors.ts'
import { factsOf, readChunks, readSmall } from '../base/files.ts'
import { describe, type Descriptor } from '../oci/descriptor.ts'
import { Digester } from '../oci/digest.ts'
import { counted } from '../base/progress.ts'

export interface SaveOptions extends ChartOptions {
  /** Which manifest to write: `legacy` is what Helm 3.0-3.6 reads, `modern` what Helm 3.7 and later write. */
  readonly format?: 'legacy' | 'modern'
  /** Seconds since 1970 that stand in the archive as the time of every file; 0 by default, so that the bytes never vary. */
  readonly epoch?: number
}

/** A chart that can be stored, wherever it came from. */
export interface ChartSource {
  readonly metadata: Metadata
  /** The config blob. */
  readonly config: Buffer
  readonly warnings: readonly string[]
  /** Milliseconds since 1970, for the annotation of a modern manifest. */
  readonly created: number
  readonly provenance?: Buffer
  store(cache: ChartCache): Promise<Descriptor>
}

/**
 * Reads and checks a chart directory or a chart archive. Nothing is stored.
 * @throws ChartroomError `not-found` (no such path), `invalid-chart`, `archive-unsafe`, `too-large`
 */
export async function openSource(path: string, options: SaveOptions): Promise<ChartSource> {
  const facts = await factsOf(path)
  if (facts === undefined) {
    throw new ChartroomError('not-found', { message: `There is no chart at ${path}.`, path })
  }
  if (facts.kind === 'other') {
    throw new ChartroomError('invalid-chart', {
      message: `${path} is neither a folder nor a file.`,
      advice: 'Give a chart directory, or an archive that helm package has made.',
      path,
    })
  }
  const source =
    facts.kind === 'directory' ? await fromDirectory(path, options) : await fromArchive(path, options)
  const config = encodeConfig(source.metadata)
  if (config.length > maxConfigSize) throw configTooLarge(path, config.length)
  return { ...source, config }
}

/**
 * Stores the layer, the config and, where the format has a place for it, the provenance of a chart.
 * @returns the manifest, which is not stored yet, the layer, and whether a provenance was left behind
 */
export async function storeSource(
  cache: ChartCache,
  source: ChartSource,
  options: SaveOptions,
): Promise<{ manifest: RawManifest; layer: Descriptor; dropsProvenance: boolean }> {
  const layer = await source.store(cache)
  const config = describe(chartMediaTypes.config, source.config)
  await cache.push(config, () => chunk(source.config), options)
  const format: ChartFormat = options.format ?? 'legacy'
  const provenance = format === 'modern' ? await storeProvenance(cache, source, options) : undefined
  const manifest = encodeChartManifest({
    config,
    layer,
    format,
    metadata: source.metadata,
    created: new Date(source.created),
    ...(provenance === undefined ? {} : { provenance }),
  })
  return { manifest, layer, dropsProvenance: source.provenance !== undefined && provenance === undefined }
}

async function fromDirectory(path: string, options: SaveOptions): Promise<Omit<ChartSource, 'config'>> {
  const chart = await readDirectory(path, options)
  const mediaType = layerTypeOf(options)
  return {
    metadata: chart.metadata,
    warnings: chart.warnings,
    created: (options.epoch ?? 0) * 1000,
    store: async (cache) => await cache.ingest(mediaType, packed(chart, options), options),
  }
}

async function* packed(chart: Chart, options: SaveOptions): AsyncGenerator<Uint8Array> {
  yield* counted(packChart(chart, options), (done) => {
    options.onProgress?.({ step: 'packing', done })
  })
}

/**
 * Reads an archive twice: once to check it, once to store it. The digest of the first reading is what the second has to have, so
 * what is stored is what was checked.
 */
async function fromArchive(path: string, options: SaveOptions): Promise<Omit<ChartSource, 'config'>> {
  const open: Content = () => readChunks(path, options.signal)
  const digester = new Digester()
  let size = 0
  async function* watched(): AsyncGenerator<Uint8Array> {
    for await (const bytes of await open()) {
      digester.update(bytes)
      size += bytes.length
      options.onProgress?.({ step: 'reading', done: size })
      yield bytes
    }
  }
  const { metadata, warnings } = await readArchive(watched, path, options)
  const layer: Descriptor = { mediaType: layerTypeOf(options), digest: digester.digest(), size }
  const provenance = await readSmall(`${path}.prov`, maxProvenanceSize, options.signal)
  return {
    metadata,
    warnings,
    created: (await factsOf(path))?.modified ?? 0,
    ...(provenance === undefined ? {} : { provenance }),
    store: async (cache) => {
      await cache.push(layer, open, options)
      return layer
    },
  }
}

function layerTypeOf({ format = 'legacy' }: SaveOptions): string {
  return chartMediaTypes[format]
}

async function storeProvenance(
  cache: ChartCache,
  { provenance }: ChartSource,
  options: SaveOptions,
): Promise<Descriptor | undefined> {
  if (provenance === undefined) return undefined
  const descriptor = describe(chartMediaTypes.provenance, provenance)
  await cache.push(descriptor, () => chunk(provenance), options)
  return descriptor
}

async function* chunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes)
}

function configTooLarge(path: string, size: number): ChartroomError {
  return new ChartroomError('too-large', {
    message: `${path}: what Chart.yaml says makes ${size} bytes of metadata; more than ${maxConfigSize} are not stored.`,
    advice: 'Move long lists and texts into files of the chart.',
    path,
    expected: maxConfigSize,
    actual: size,
  })
}
