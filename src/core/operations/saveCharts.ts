import type { CachedChart, ChartCache, SoundChart } from '../cache/cache.ts'
import type { Metadata } from '../chart/metadata.ts'
import { ChartroomError } from '../base/errors.ts'
import { fileErrorInPlace } from '../base/fileError.ts'
import { inParallel } from '../base/inParallel.ts'
import { formatReference, parseReference, withTag, type Reference } from '../oci/reference.ts'
import { openSource, storeSource, type ChartSource, type SaveOptions } from './chartSource.ts'
import { whileDoing } from './failure.ts'
import { refuseDigest } from './refuseDigest.ts'

export interface ChartToSave {
  /** A chart directory, or a chart archive. */
  readonly path: string
  /** The name to save it under; without a tag, the chart's version is the tag; without a reference, `name:version`. */
  readonly reference?: string | undefined
}

export interface SavedChart extends SoundChart {
  /** What a person should know although the chart was saved. */
  readonly warnings: readonly string[]
  /** Whether a `.prov` file beside the archive was left behind, because the legacy format has no place for it. */
  readonly dropsProvenance: boolean
}

/** What became of a chart: it was saved, or the error says why it was not. */
export type SaveOutcome = Attempt<SavedChart>

type Attempt<Value> = { readonly asked: ChartToSave } & (
  | { readonly value: Value; readonly error?: undefined }
  | { readonly value?: undefined; readonly error: unknown }
)

/** How many charts are read or stored at the same time: enough that packing goes on while others wait for the disk. */
const atOnce = 4

/**
 * Puts many charts into the cache as `saveChart` does, with one change of its index at the end. A chart that cannot be
 * saved keeps no other from it; of several with one reference the last one counts, as if they were saved one after the
 * other. Progress is the bytes of the layers that are stored.
 *
 * @returns what became of each, in their order; an error is what `saveChart` throws
 * @throws ChartroomError `store-corrupt`, `store-locked`, … where the index cannot be read or changed
 */
export async function saveCharts(
  cache: ChartCache,
  charts: readonly ChartToSave[],
  options: SaveOptions = {},
): Promise<readonly SaveOutcome[]> {
  const { onProgress, ...others } = options
  let done = 0
  return await whileDoing(`save ${charts.length} charts`, async () => {
    return await saveEach(cache, charts, others, (bytes) => {
      done += bytes
      onProgress?.({ step: 'storing', done })
    })
  })
}

/** The same, with the progress of each chart, and without a word about all of them in an error. */
export async function saveEach(
  cache: ChartCache,
  charts: readonly ChartToSave[],
  options: SaveOptions,
  onStored?: (bytes: number) => void,
): Promise<readonly SaveOutcome[]> {
  const asked = charts.map((chart) => ({ asked: chart, value: chart }))
  const opened = await each(asked, options, async (chart) => await open(chart, options))
  if (valuesOf(opened).length === 0) return failuresOf(opened)
  // An index that cannot be read is found out before anything is stored.
  await cache.names(options)
  const named = await cache.whileStoring(async () => {
    const stored = await each(opened, options, async (chart) => {
      const { manifest, layer, dropsProvenance } = await storeSource(cache, chart.source, options)
      onStored?.(layer.size)
      return { manifest, name: chart.name, warnings: chart.source.warnings, dropsProvenance }
    })
    const refused = await cache.tagAll(valuesOf(stored), options)
    return await each(stored, options, (chart) => {
      if (refused.has(chart)) throw refused.get(chart)
      return chart
    })
  })
  const references = valuesOf(named).map(({ name }) => name)
  const listed = await cache.list({ ...options, references })
  const found = new Map(listed.map((chart) => [chart.reference, chart]))
  return await each(named, options, ({ name, warnings, dropsProvenance }) => {
    return { ...sound(found.get(name), name), warnings, dropsProvenance }
  })
}

/** Goes on with the charts that have come so far. Only the end of the signal ends all of them. */
async function each<Before, After>(
  attempts: readonly Attempt<Before>[],
  { signal }: SaveOptions,
  work: (value: Before) => After | Promise<After>,
): Promise<Attempt<After>[]> {
  return await inParallel(attempts, atOnce, async ({ asked, value, error }): Promise<Attempt<After>> => {
    if (value === undefined) return { asked, error }
    try {
      return { asked, value: await work(value) }
    } catch (failure) {
      signal?.throwIfAborted()
      return { asked, error: await fileErrorInPlace(failure, `save ${asked.path}`) }
    }
  })
}

function valuesOf<Value>(attempts: readonly Attempt<Value>[]): Value[] {
  return attempts.flatMap(({ value }) => (value === undefined ? [] : [value]))
}

function failuresOf(attempts: readonly Attempt<unknown>[]): SaveOutcome[] {
  return attempts.map(({ asked, error }) => ({ asked, error }))
}

async function open(
  { path, reference }: ChartToSave,
  options: SaveOptions,
): Promise<{ name: string; source: ChartSource }> {
  const wanted = reference === undefined ? undefined : parseReference(reference)
  if (wanted !== undefined) refuseDigest(wanted)
  const source = await openSource(path, options)
  return { name: formatReference(named(wanted, source.metadata)), source }
}

function named(wanted: Reference | undefined, { name, version }: Metadata): Reference {
  if (wanted === undefined) return withTag(parseReference(name), version)
  return wanted.tag === undefined ? withTag(wanted, version) : wanted
}

/** What was just saved, unless something else has taken it away or broken it since. */
function sound(chart: CachedChart | undefined, name: string): SoundChart {
  if (chart !== undefined && chart.problem === undefined) return chart
  const { kind, message, advice } = chart?.problem ?? {
    kind: 'not-found' as const,
    message: `${name} is not in the cache any more: another program has removed it since it was saved.`,
    advice: 'Save it again.',
  }
  throw new ChartroomError(kind, { message, reference: name, ...(advice === undefined ? {} : { advice }) })
}
