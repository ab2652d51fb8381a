import type { ChartCache, SoundChart } from '../cache/cache.ts'
import type { ChartOptions } from '../chart/limits.ts'
import type { LocatedChart } from './openedChart.ts'
import type { RawManifest } from '../oci/manifest.ts'
import { factsIn } from '../chart/chartFacts.ts'
import { contentFacts, encodeChartManifest, readChartManifest } from '../chart/chartManifest.ts'
import { checkSizes } from '../chart/checkSizes.ts'
import { defaultLimits } from '../chart/limits.ts'
import { chartMediaTypes } from '../chart/mediaTypes.ts'
import { readConfig } from '../chart/readConfig.ts'
import { ChartroomError, kindOf } from '../base/errors.ts'
import { copy } from '../oci/copy.ts'
import { formatReference, parseReference, tagOrDigest, withTag, type Reference } from '../oci/reference.ts'
import { whileDoing } from './failure.ts'
import {
  findChart,
  type ChartAtRegistry,
  type ChartPlaces,
  type FindOptions,
  type FoundChart,
} from './findChart.ts'
import { refuseDigest } from './refuseDigest.ts'
import { requireFree, type Claim } from './requireFree.ts'
import { requireName } from './requireName.ts'

export interface CopyOptions extends ChartOptions, FindOptions {
  /** Which manifest to write; by default the one there is, byte for byte. */
  readonly format?: 'legacy' | 'modern'
  /** `false`: a name that stands for another chart is left alone and reported as `target-exists`. By default it moves. */
  readonly overwrite?: boolean
  /** Seconds since 1970; what a manifest in the modern format says about when it was made, where that is not known. 0 by default. */
  readonly epoch?: number
}

/** A chart under the name that it was copied to. */
export interface CopiedChart extends LocatedChart {
  /** What was copied: a name in the cache, or a reference. `reference` is what it was copied to. */
  readonly source: string
  /** Where both are. */
  readonly place: 'cache' | 'registry'
  /** Whether a provenance file was left behind, because the legacy format has no place for it. */
  readonly dropsProvenance: boolean
}

/**
 * Gives a chart another name, another format, or both.
 *
 * Where the chart lies decides what that means. One that is in the cache gets its new name in the cache, beside the old one; nothing
 * is sent anywhere. Any other is copied from the registry that it is in to the registry that the new name names, without passing
 * through the cache; where that is the same registry, it is asked to share what it has. Blobs stay as they are. Another format is another
 * manifest: to the legacy one, a provenance file cannot come along.
 *
 * @param to without a tag, the chart keeps its tag
 * @throws ChartroomError `not-found`, `invalid-reference`, `target-exists`, `unauthorized`, `not-a-chart`, …
 */
export async function copyChart(
  places: ChartPlaces,
  from: string,
  to: string,
  options: CopyOptions = {},
): Promise<CopiedChart> {
  const wanted = parseReference(to)
  refuseDigest(wanted)
  return await whileDoing(`copy ${from}`, async () => {
    const found = await findChart(places, from, options)
    const target = named(wanted, found.reference)
    const { manifest, dropsProvenance } = await converted(found, options)
    const chart =
      found.place === 'cache'
        ? await retag(places.cache, manifest, formatReference(target), options)
        : await send(places, found, manifest, target, options)
    return { ...chart, source: found.reference, place: found.place, dropsProvenance }
  })
}

/** Without a tag of its own, the copy takes that of the original. */
function named(wanted: Reference, original: string): Reference {
  if (wanted.tag !== undefined) return wanted
  const tag = tagOf(original)
  if (tag !== undefined) return withTag(wanted, tag)
  requireName(wanted)
  return wanted
}

/** The tag of a name, which in the index of the cache need not be a reference. */
function tagOf(name: string): string | undefined {
  try {
    return parseReference(name).tag
  } catch (error) {
    if (kindOf(error) === 'invalid-reference') return undefined
    throw error
  }
}

/** The manifest in the format that is asked for: the one there is, where that has it. */
async function converted(
  { manifest, reference, open }: FoundChart,
  { format, epoch = 0, limits = defaultLimits }: CopyOptions,
): Promise<{ readonly manifest: RawManifest; readonly dropsProvenance: boolean }> {
  const chart = readChartManifest(manifest, reference)
  if (format === undefined || format === chart.format) return { manifest, dropsProvenance: false }
  checkSizes(manifest, limits, reference)
  const { config, layer, provenance } = chart
  const { created } = contentFacts(chart)
  const content = {
    config,
    layer: { ...layer, mediaType: chartMediaTypes[format] },
    format,
    metadata: await readConfig(open(config), config, reference),
    created: created === undefined ? new Date(epoch * 1000) : new Date(created),
    ...(provenance === undefined ? {} : { provenance }),
  }
  const dropsProvenance = provenance !== undefined && format === 'legacy'
  return { manifest: encodeChartManifest(content), dropsProvenance }
}

async function retag(
  cache: ChartCache,
  manifest: RawManifest,
  reference: string,
  options: CopyOptions,
): Promise<SoundChart> {
  if (options.overwrite === false) {
    const manifestDigest = manifest.descriptor.digest
    await requireFree(
      cache,
      reference,
      { manifestDigest, reference, where: 'in the cache', done: 'copied' },
      options,
    )
  }
  await cache.whileStoring(async () => {
    await cache.tag(manifest, reference, options)
  })
  const { manifest: _, layer: __, layers: ___, ...chart } = await cache.require(reference, options)
  return chart
}

async function send(
  { registries }: ChartPlaces,
  found: ChartAtRegistry,
  manifest: RawManifest,
  target: Reference,
  options: CopyOptions,
): Promise<LocatedChart> {
  const reference = formatReference(target)
  if (target.host === '') throw nowhere(reference, found.reference)
  checkSizes(manifest, options.limits ?? defaultLimits, found.reference)
  const chart = readChartManifest(manifest, reference)
  const metadata = await readConfig(found.open(chart.config), chart.config, found.reference)
  const manifestDigest = manifest.descriptor.digest
  const repository = registries.repository(target)
  if (options.overwrite === false) {
    const claim: Claim = { manifestDigest, reference, where: 'at the registry', done: 'copied' }
    await requireFree(repository, tagOrDigest(target), claim, options)
  }
  const destination = repository.takingFrom(found.repository)
  await copy(found.repository, destination, manifest, tagOrDigest(target), {
    ...options,
    step: 'copying',
    what: reference,
  })
  return { reference, manifestDigest, ...factsIn(metadata), ...contentFacts(chart) }
}

function nowhere(reference: string, source: string): ChartroomError {
  return new ChartroomError('invalid-reference', {
    message: `${reference} names no registry, and ${source} is not in the cache, so it cannot be copied.`,
    advice: `Pull ${source} first, or write the host in front of ${reference}.`,
    reference,
  })
}
