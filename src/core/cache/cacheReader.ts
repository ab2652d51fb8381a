import { bytewise } from '../base/bytewise.ts'
import { ChartFiles, requirePart, type NamedEntry, type StoredChart } from './cacheFiles.ts'
import { CacheMemo, type Blob, type ChartParts, type KnownChart } from './cacheMemo.ts'
import { problemOf, type ChartProblem } from './cacheProblem.ts'
import type { ChartFacts } from '../chart/chartFacts.ts'
import type { ChartFormat } from '../chart/mediaTypes.ts'
import { isSameFile, readEach, type FileWork } from '../base/files.ts'
import { inParallel } from '../base/inParallel.ts'
import { digestIn, namedEntries, type IndexFile } from '../layout/indexFile.ts'
import type { BlobFacts, Layout } from '../layout/layout.ts'
import type { Digest } from '../oci/digest.ts'
import type { Outcome } from '../base/outcome.ts'
import type { OperationOptions } from '../base/progress.ts'

/** An entry of the cache index. */
export type CachedChart = SoundChart | BrokenChart

/** A chart whose parts are all there. Whether its layer is undamaged shows when it is read. */
export interface SoundChart extends ChartFacts {
  /** The name in the index, byte for byte. */
  readonly reference: string
  /** Of the chart content layer, as the guide's `digest:` lines show it. */
  readonly digest: Digest
  readonly manifestDigest: Digest
  /** Bytes of the chart content layer. */
  readonly size: number
  /** ISO 8601; when the layer was stored. */
  readonly created: string
  readonly format: ChartFormat
  /** Whether a provenance file travels with it. Nothing is said about whether it is valid. */
  readonly signed: boolean
  readonly problem?: undefined
}

/** An entry that cannot be used, with what is wrong. It can still be removed. */
export interface BrokenChart {
  readonly reference: string
  /** As the index has it, which need not be a digest. */
  readonly manifestDigest?: string
  readonly problem: ChartProblem
}

export interface ReadOptions extends OperationOptions {
  /**
   * Whether what was found sound before, where that is many charts, is not looked at again as long as its entry is about the same
   * manifest. Blobs never change under their digests, so what this misses is damage.
   */
  readonly isQuick?: boolean
}

export interface ListOptions extends ReadOptions {
  /** Names in the index, byte for byte; by default all of them. */
  readonly references?: readonly string[]
}

/**
 * Reads entries of a layout as charts. What was read and verified once is remembered for as long as the files it came from
 * stay the same, so reading everything again after one change costs little more than a look at the directory.
 */
export class CacheReader {
  readonly #layout: Layout
  readonly #files: ChartFiles
  readonly #memo: CacheMemo
  /** The charts that were found sound, by name. */
  readonly #sound = new Map<string, SoundChart>()

  constructor(layout: Layout) {
    this.#layout = layout
    this.#files = new ChartFiles(layout)
    this.#memo = new CacheMemo(layout.root)
  }

  /** Those of the charts that an index names that are asked for, sorted bytewise by reference. */
  async list(index: IndexFile, options: ListOptions): Promise<CachedChart[]> {
    const { references } = options
    const wanted = references === undefined ? undefined : new Set(references)
    const entries = [...namedEntries(index)].filter(([name]) => wanted?.has(name) ?? true)
    const isQuick = options.isQuick === true && entries.length > few
    const known = isQuick ? entries.map((entry) => this.#known(entry)) : []
    const unknown = isQuick ? entries.filter((_, position) => known[position] === undefined) : entries
    await this.#memo.load(unknown.length, options)
    this.#forgetOthers(index)
    const charts = await this.readAll(unknown, options)
    await this.#memo.save(options)
    return bytewise([...known.flatMap((chart) => chart ?? []), ...charts], ({ reference }) => reference)
  }

  /** The charts of named entries, or what is wrong with them, in their order. Only the end of the signal makes it throw. */
  async readAll(entries: readonly NamedEntry[], options: OperationOptions): Promise<CachedChart[]> {
    const outcomes = await this.charts(entries, options)
    return entries.flatMap(([name, entry], place) => {
      const outcome = outcomes[place]
      if (outcome === undefined) return []
      if ('value' in outcome) {
        this.#sound.set(name, outcome.value)
        return outcome.value
      }
      this.#sound.delete(name)
      const manifestDigest = digestIn(entry.raw)
      return {
        reference: name,
        ...(manifestDigest === undefined ? {} : { manifestDigest }),
        problem: problemOf(outcome.error, name),
      }
    })
  }

  /**
   * The charts of named entries, in their order: manifest and config are verified, the layer's presence and size are looked at. Where the
   * config is missing, damaged or not that of a valid chart, the archive tells what the chart is, or what is wrong with it;
   * Helm 3.0-3.6 reads nothing else.
   *
   * @returns in the place of a chart, why there is none: ChartroomError `not-found`, `integrity`, `not-a-chart`, `invalid-chart`, …
   */
  async charts(entries: readonly NamedEntry[], options: OperationOptions): Promise<Outcome<SoundChart>[]> {
    const outcomes = await readEach(entries, (entry) => this.#chart(entry, options), options.signal)
    if (outcomes.every(isDone)) return outcomes
    return await inParallel(outcomes, archivesAtOnce, async (outcome) => {
      if ('error' in outcome) return outcome
      const { value } = outcome
      return 'reference' in value ? { value } : await this.#chartOfArchive(value, options)
    })
  }

  /** The blobs that named entries consist of, in their order, or why that cannot be said. */
  async blobs(
    entries: readonly NamedEntry[],
    { isQuick = false, signal }: ReadOptions,
  ): Promise<Outcome<readonly Blob[]>[]> {
    return await readEach(entries, (entry) => this.#blobs(entry, isQuick), signal)
  }

  /** Forgets what the index does not name any more: a process may live for weeks, and charts come and go. */
  #forgetOthers({ entries }: IndexFile): void {
    const names = new Set<string>()
    const manifests = new Set<string>()
    for (const { name, descriptor } of entries) {
      if (name !== undefined) names.add(name)
      if (descriptor !== undefined) manifests.add(descriptor.digest)
    }
    for (const name of this.#sound.keys()) if (!names.has(name)) this.#sound.delete(name)
    this.#files.keepOnly(names)
    this.#memo.keepOnly(manifests)
  }

  /** What a quick look at a named entry gives, where it was found sound before. */
  #known([name, { descriptor }]: NamedEntry): SoundChart | undefined {
    const chart = this.#sound.get(name)
    return chart !== undefined && chart.manifestDigest === descriptor?.digest ? chart : undefined
  }

  #knownOf([, { descriptor }]: NamedEntry): KnownChart | undefined {
    return this.#memo.get(descriptor)
  }

  /** @returns files where these do not say what the chart is, and its archive has to */
  *#chart(entry: NamedEntry, options: OperationOptions): FileWork<SoundChart | StoredChart> {
    const known = this.#knownOf(entry)
    if (known !== undefined) {
      const manifest = yield this.#layout.placeOf(known.manifest.digest)
      const config = yield this.#layout.placeOf(known.config.digest)
      if (isSameFile(known.manifestFile, manifest?.facts) && isSameFile(known.configFile, config?.facts)) {
        const layer = yield this.#layout.placeOf(known.layer.digest)
        const layerFile = requirePart('chart layer', entry[0], known.layer, layer?.facts)
        return soundChart(entry[0], known, known.facts, layerFile)
      }
    }
    const chart = yield* this.#files.chart(entry, options)
    if (chart.said === undefined) return chart
    this.#memo.keep({ ...chart.parts, ...chart.said })
    return soundChart(chart.name, chart.parts, chart.said.facts, chart.layerFile)
  }

  async #chartOfArchive(chart: StoredChart, options: OperationOptions): Promise<Outcome<SoundChart>> {
    const outcome = await this.#files.factsInArchive(chart, options)
    if ('error' in outcome) return outcome
    return { value: soundChart(chart.name, chart.parts, outcome.value, chart.layerFile) }
  }

  *#blobs(entry: NamedEntry, isQuick: boolean): FileWork<readonly Blob[]> {
    const known = this.#knownOf(entry)
    if (known !== undefined) {
      if (isQuick) return blobsOf(known)
      const manifest = yield this.#layout.placeOf(known.manifest.digest)
      if (isSameFile(known.manifestFile, manifest?.facts)) return blobsOf(known)
    }
    return blobsOf((yield* this.#files.manifest(entry)).parts)
  }
}

/** How many archives are read at the same time. */
const archivesAtOnce = 4

function isDone(outcome: Outcome<SoundChart | StoredChart>): outcome is Outcome<SoundChart> {
  return 'error' in outcome || 'reference' in outcome.value
}

/** So many charts are looked at in no time, without opening a file that has not changed. */
const few = 500

function blobsOf({ manifest, config, layer, others }: ChartParts): Blob[] {
  return [manifest, config, layer, ...others]
}

function soundChart(
  name: string,
  { manifest, layer, format, signed }: ChartParts,
  facts: ChartFacts,
  stored: BlobFacts,
): SoundChart {
  return {
    reference: name,
    ...facts,
    digest: layer.digest,
    manifestDigest: manifest.digest,
    size: layer.size,
    created: new Date(stored.modified).toISOString(),
    format,
    signed,
  }
}
