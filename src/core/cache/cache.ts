import { resolve } from 'node:path'
import { lookUp, notCached } from './cacheLookUp.ts'
import { CacheOffers, type Offer } from './cacheOffers.ts'
import {
  CacheReader,
  type CachedChart,
  type ListOptions,
  type ReadOptions,
  type SoundChart,
} from './cacheReader.ts'
import { CacheSize } from './cacheSize.ts'
import { tagCharts, type NamedManifest } from './cacheTagging.ts'
import { readChartManifest } from '../chart/chartManifest.ts'
import { ChartroomError } from '../base/errors.ts'
import { entryOf, findEntry, withEntry, withoutName } from '../layout/indexFile.ts'
import { sortedNames } from '../layout/indexNames.ts'
import { Journal } from '../layout/journal.ts'
import { Layout } from '../layout/layout.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import { isDigest } from '../oci/digest.ts'
import type { RawManifest } from '../oci/manifest.ts'
import type { Content, Target } from '../oci/target.ts'
import { verified } from '../oci/verify.ts'
import { onlyValueIn } from '../base/outcome.ts'
import type { OperationOptions } from '../base/progress.ts'

export type { Offer } from './cacheOffers.ts'
export type { CachedChart, ListOptions, SoundChart } from './cacheReader.ts'

/** A sound chart with what it takes to copy it. */
export interface RequiredChart extends SoundChart {
  /** The stored manifest, byte for byte, verified. */
  readonly manifest: RawManifest
  /** The chart content. */
  readonly layer: Descriptor
  readonly layers: readonly Descriptor[]
}

/** What was taken out of the index, enough to put it back. */
export interface RemovedChart {
  readonly reference: string
  /** What the entry was, sound or not. */
  readonly chart: CachedChart
  /** The entry as it stood in the file. */
  readonly entry: unknown
}

export interface CacheOptions {
  /** What the time is, in milliseconds since 1970. */
  readonly now?: () => number
}

/** What there is, and what could come back. */
export interface CacheContents {
  readonly charts: readonly CachedChart[]
  readonly offers: readonly Offer[]
}

/**
 * The charts on this machine: the image layout that Helm 3.0-3.6 keeps, seen as charts.
 *
 * Entries that Helm 3.0-3.6 could not read carry their name in another annotation, which Helm skips: one entry that it
 * cannot read would otherwise fail its whole `helm chart list`.
 */
export class ChartCache implements Target {
  readonly root: string
  readonly #layout: Layout
  readonly #reader: CacheReader
  readonly #offers: CacheOffers
  readonly #size: CacheSize
  readonly #listeners = new Set<() => void>()
  #watch: { close(): void } | undefined

  /** @param root the layout directory itself, by default of Helm `registry/cache` in its cache home */
  constructor(root: string, { now }: CacheOptions = {}) {
    this.#layout = new Layout(root, { journal: new Journal(resolve(root), now) })
    this.root = this.#layout.root
    this.#reader = new CacheReader(this.#layout)
    this.#offers = new CacheOffers(this.#layout, this.#reader)
    this.#size = new CacheSize(this.#layout, this.#reader)
  }

  /**
   * Everything that the index names, sorted bytewise by reference. A broken entry never hides a sound one.
   * @throws ChartroomError `store-corrupt` where the index itself cannot be read
   */
  async list(options: ListOptions = {}): Promise<CachedChart[]> {
    return await this.#reader.list(await this.#layout.readIndex(options), options)
  }

  /**
   * What `list` and `offers` tell, about one and the same index, which is read once.
   * @throws ChartroomError `store-corrupt` where the index itself cannot be read
   */
  async look(options: ListOptions = {}): Promise<CacheContents> {
    const { index, vanished } = await this.#layout.look(options)
    return {
      charts: await this.#reader.list(index, options),
      offers: await this.#offers.among(vanished, options),
    }
  }

  /**
   * The references that `list` tells about, in its order, from the index alone: one file, however many charts there are.
   * @throws ChartroomError `store-corrupt` where the index cannot be read
   */
  async names(options: OperationOptions = {}): Promise<string[]> {
    const { entries } = await this.#layout.readIndex(options)
    return sortedNames(entries.flatMap(({ name }) => name ?? []))
  }

  /**
   * The entry that a reference means: first byte for byte as a name in the index, then as it parses.
   * @throws ChartroomError `invalid-reference` where it is neither in the index nor a reference
   */
  async find(reference: string, options: OperationOptions = {}): Promise<CachedChart | undefined> {
    const found = lookUp(await this.#layout.readIndex(options), reference)
    if (found === undefined) return undefined
    const [chart] = await this.#reader.readAll([[found.name, found.entry]], options)
    return chart
  }

  /**
   * The chart that a reference means, with its verified manifest. The layer is verified by whoever reads it through
   * `fetch`.
   *
   * @throws ChartroomError `not-found`, which names what there is instead; `invalid-reference`, also where a tag is missing; and
   *   whatever is wrong with the entry
   */
  async require(reference: string, options: OperationOptions = {}): Promise<RequiredChart> {
    const index = await this.#layout.readIndex(options)
    const found = lookUp(index, reference)
    if (found === undefined) throw notCached(index, reference)
    const { entry, name } = found
    const chart = onlyValueIn(await this.#reader.charts([[name, entry]], options))
    // What is copied comes from bytes that were read for it, whatever is remembered.
    const manifest = await this.#layout.readManifest(entry, options)
    const { layer, layers } = readChartManifest(manifest, name)
    return { ...chart, manifest, layer, layers }
  }

  async exists(descriptor: Descriptor, options?: OperationOptions): Promise<boolean> {
    return await this.#layout.exists(descriptor, options)
  }

  /** Opens a blob. Other than the contract asks, its bytes are verified: the iteration fails at the end of a damaged one. */
  async fetch(descriptor: Descriptor, options?: OperationOptions): Promise<AsyncIterable<Uint8Array>> {
    const content = await this.#layout.fetch(descriptor, options)
    return verified(content, descriptor, `The blob ${descriptor.digest} in the cache`)
  }

  async push(descriptor: Descriptor, content: Content, options?: OperationOptions): Promise<void> {
    await this.#layout.push(descriptor, content, options)
  }

  /** Stores content of which nothing is known yet, for example a chart while it is packed. */
  async ingest(
    mediaType: string,
    content: AsyncIterable<Uint8Array>,
    options?: OperationOptions,
  ): Promise<Descriptor> {
    return await this.#layout.ingest(mediaType, content, options)
  }

  async resolve(name: string, options?: OperationOptions): Promise<RawManifest> {
    const index = await this.#layout.readIndex(options)
    const found = isDigest(name) ? undefined : lookUp(index, name)
    return found === undefined
      ? await this.#layout.resolve(name, options)
      : await this.#layout.readManifest(found.entry, options)
  }

  /**
   * Names a chart. The name is kept where Helm 3.0-3.6 looks only if these can read the chart under it.
   * @throws ChartroomError `not-a-chart`, before anything is written; `not-found` where a blob of it is not there
   */
  async tag(manifest: RawManifest, name: string, options: OperationOptions = {}): Promise<void> {
    const chart = { manifest, name }
    const refused = await this.tagAll([chart], options)
    if (refused.has(chart)) throw refused.get(chart)
  }

  /**
   * Names many charts with one change of the index, in their order.
   * @returns why some were not named; the others are
   */
  async tagAll<Chart extends NamedManifest>(
    charts: readonly Chart[],
    options: OperationOptions = {},
  ): Promise<ReadonlyMap<Chart, unknown>> {
    return await tagCharts(this.#layout, charts, options)
  }

  /**
   * Runs work that stores blobs and names them at its end. Until then they count as needed, whoever prunes the cache.
   */
  async whileStoring<Result>(work: () => Promise<Result>): Promise<Result> {
    return await this.#layout.whileStoring(work)
  }

  /**
   * Takes a name out of the index, with all entries that have it. The content stays.
   * @throws ChartroomError `not-found`, `invalid-reference`
   */
  async remove(reference: string, options: OperationOptions = {}): Promise<RemovedChart> {
    const before = await this.#layout.readIndex(options)
    const found = lookUp(before, reference)
    if (found === undefined) throw notCached(before, reference)
    const [chart] = await this.#reader.readAll([[found.name, found.entry]], options)
    let entry = found.entry
    await this.#layout.change((index) => {
      const now = findEntry(index, found.name)
      if (now === undefined) throw notCached(index, reference)
      entry = now
      return withoutName(index, found.name)
    }, options)
    if (chart === undefined) throw notCached(before, reference)
    return { reference: found.name, chart, entry: entry.raw }
  }

  /**
   * Puts back what `remove` took out.
   * @throws ChartroomError `target-exists` where something has been saved under the name since
   */
  async restore({ reference, entry }: RemovedChart, options: OperationOptions = {}): Promise<void> {
    await this.#layout.change((index) => {
      if (findEntry(index, reference) === undefined) return withEntry(index, entryOf(entry))
      throw new ChartroomError('target-exists', {
        message: `${reference} has been saved again since it was removed, so the old one was not put back.`,
        reference,
      })
    }, options)
  }

  /**
   * The charts that Chartroom put into the index and that other programs dropped without knowing of them, as Helm does when
   * it writes an index that it read before. Nothing is put back by itself. Empty where the cache keeps no journal that can
   * be read.
   *
   * @returns sorted bytewise by reference; what is not complete any more has a problem and can only be forgotten
   * @throws ChartroomError `store-corrupt` where the index cannot be read
   */
  async offers(options: OperationOptions = {}): Promise<readonly Offer[]> {
    return await this.#offers.list(options)
  }

  /**
   * Puts back what was offered.
   * @returns what was put back: all that was still on offer
   */
  async restoreOffers(offers: readonly Offer[], options: OperationOptions = {}): Promise<readonly Offer[]> {
    return await this.#offers.restore(offers, options)
  }

  /** Does not offer these again. Their content stays until the cache is pruned. */
  async forgetOffers(offers: readonly Offer[], options: OperationOptions = {}): Promise<void> {
    await this.#offers.forget(offers, options)
  }

  /** Bytes on disk of what the index needs, each blob counted once. */
  async size(options: ReadOptions = {}): Promise<number> {
    return await this.#size.count(await this.#layout.readIndex(options), options)
  }

  /**
   * Calls back soon after the index changed, whoever changed it. The directory is watched while somebody listens, and need
   * not exist.
   */
  onDidChange(listener: () => void): { dispose(): void } {
    const own = (): void => {
      listener()
    }
    this.#listeners.add(own)
    this.#watch ??= this.#layout.watch(
      () => {
        for (const heard of [...this.#listeners]) heard()
      },
      // Changes are then found by looking every few seconds, and a cache that cannot be read says so when it is listed.
      () => undefined,
    )
    return {
      dispose: () => {
        this.#listeners.delete(own)
        if (this.#listeners.size > 0) return
        this.#watch?.close()
        this.#watch = undefined
      },
    }
  }
}
