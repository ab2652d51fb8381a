import { readChartManifest } from './chart/chartManifest.ts'
import { helmReads } from './chart/helmName.ts'
import { bytewise } from './bytewise.ts'
import { lookUp, notCached } from './cacheLookUp.ts'
import { ChartroomError, messageOf } from './errors.ts'
import { CacheReader, type CachedChart, type SoundChart } from './cacheReader.ts'
import {
  containerdNameAnnotation,
  entryFor,
  entryOf,
  findEntry,
  namedEntries,
  refNameAnnotation,
  withEntry,
  withoutName,
  type IndexEntry,
} from './layout/indexFile.ts'
import { Layout } from './layout/layout.ts'
import type { Descriptor } from './oci/descriptor.ts'
import { isDigest, type Digest } from './oci/digest.ts'
import { isIndex, parseManifest, type RawManifest } from './oci/manifest.ts'
import type { Content, Target } from './oci/target.ts'
import { verified } from './oci/verify.ts'
import type { OperationOptions } from './progress.ts'

export type { CachedChart, SoundChart } from './cacheReader.ts'

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

export interface ListOptions extends OperationOptions {
  /** Names in the index, byte for byte; by default all of them. */
  readonly references?: readonly string[]
}

/** How many entries are read at the same time; each has at most one file open. */
const readers = 16

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
  readonly #listeners = new Set<() => void>()
  #watch: { close(): void } | undefined

  /** @param root the layout directory itself, by default of Helm `registry/cache` in its cache home */
  constructor(root: string) {
    this.#layout = new Layout(root)
    this.root = this.#layout.root
    this.#reader = new CacheReader(this.#layout)
  }

  /**
   * Everything that the index names, sorted bytewise by reference. A broken entry never hides a sound one.
   * @throws ChartroomError `store-corrupt` where the index itself cannot be read
   */
  async list(options: ListOptions = {}): Promise<CachedChart[]> {
    const { references } = options
    const named = [...namedEntries(await this.#layout.readIndex(options))]
    const wanted = references === undefined ? undefined : new Set(references)
    const entries = wanted === undefined ? named : named.filter(([name]) => wanted.has(name))
    const charts = await inParallel(entries, async ([name, entry]) => {
      return await this.#reader.read(entry, name, options)
    })
    return bytewise(charts, ({ reference }) => reference)
  }

  /**
   * The references that `list` tells about, in its order, from the index alone: one file, however many charts there are.
   * @throws ChartroomError `store-corrupt` where the index cannot be read
   */
  async names(options: OperationOptions = {}): Promise<string[]> {
    return bytewise([...namedEntries(await this.#layout.readIndex(options)).keys()], (name) => name)
  }

  /**
   * The entry that a reference means: first byte for byte as a name in the index, then as it parses.
   * @throws ChartroomError `invalid-reference` where it is neither in the index nor a reference
   */
  async find(reference: string, options: OperationOptions = {}): Promise<CachedChart | undefined> {
    const found = lookUp(await this.#layout.readIndex(options), reference)
    return found === undefined ? undefined : await this.#reader.read(found.entry, found.name, options)
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
    const chart = await this.#reader.chart(entry, name, options)
    const { layer, layers } = await this.#reader.parts(entry, name, options)
    return { ...chart, manifest: await this.#layout.readManifest(entry, options), layer, layers }
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
   * @throws ChartroomError `not-a-chart`, before anything is written
   */
  async tag(manifest: RawManifest, name: string, options: OperationOptions = {}): Promise<void> {
    const { descriptor } = manifest
    const { format } = readChartManifest(manifest, name)
    const isOld = helmReads(name, format, layersOf(manifest, name).length)
    const annotation = isOld ? refNameAnnotation : containerdNameAnnotation
    await this.#layout.storeManifest(manifest, options)
    await this.#layout.change((index) => {
      const old = findEntry(index, name)
      const isSame = old?.descriptor?.digest === descriptor.digest && old.annotation === annotation
      // What other programs added to the entry stays as long as it is about the same manifest.
      return withEntry(index, isSame ? old : entryFor(descriptor, name, annotation))
    }, options)
  }

  /**
   * Takes a name out of the index, with all entries that have it. The content stays.
   * @throws ChartroomError `not-found`, `invalid-reference`
   */
  async remove(reference: string, options: OperationOptions = {}): Promise<RemovedChart> {
    const before = await this.#layout.readIndex(options)
    const found = lookUp(before, reference)
    if (found === undefined) throw notCached(before, reference)
    const chart = await this.#reader.read(found.entry, found.name, options)
    let entry = found.entry
    await this.#layout.change((index) => {
      const now = findEntry(index, found.name)
      if (now === undefined) throw notCached(index, reference)
      entry = now
      return withoutName(index, found.name)
    }, options)
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

  /** Bytes on disk of what the index needs, each blob counted once. */
  async size(options: OperationOptions = {}): Promise<number> {
    const { entries } = await this.#layout.readIndex(options)
    const blobs = await inParallel(entries, async (entry) => await this.#blobsOf(entry, options))
    const sizes = await inParallel([...new Set(blobs.flat())], async (digest) => {
      return (await this.#layout.factsOf({ digest }))?.size ?? 0
    })
    return sizes.reduce((sum, size) => sum + size, 0)
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

  async #blobsOf(entry: IndexEntry, options: OperationOptions): Promise<Digest[]> {
    if (entry.descriptor === undefined) return []
    const { digest } = entry.descriptor
    try {
      const { config, layers } = await this.#reader.parts(entry, entry.name ?? digest, options)
      return [digest, config.digest, ...layers.map((layer) => layer.digest)]
    } catch (error) {
      options.signal?.throwIfAborted()
      options.log?.debug(`${digest} counts without its parts: ${messageOf(error)}`)
      return [digest]
    }
  }
}

function layersOf(manifest: RawManifest, name: string): readonly Descriptor[] {
  const parsed = parseManifest(manifest, name)
  return isIndex(parsed) ? [] : parsed.layers
}

async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const waiting = items.entries()
  const worker = async (): Promise<void> => {
    for (const [position, item] of waiting) results[position] = await work(item)
  }
  await Promise.all(Array.from({ length: readers }, worker))
  return results
}
