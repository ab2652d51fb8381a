import type { ChartFormat } from './chart/mediaTypes.ts'
import type { BlobFacts, Layout } from './layout/layout.ts'
import type { IndexEntry } from './layout/indexFile.ts'
import type { Descriptor } from './oci/descriptor.ts'
import type { Digest } from './oci/digest.ts'
import { factsIn, type ChartFacts } from './chart/chartFacts.ts'
import { readChartManifest } from './chart/chartManifest.ts'
import { readArchive } from './chart/readArchive.ts'
import { checkConfigSize, validConfig } from './chart/readConfig.ts'
import { ChartroomError, messageOf, type ErrorKind } from './errors.ts'
import { fileError } from './fileError.ts'
import { isSameFile } from './files.ts'
import type { RawManifest } from './oci/manifest.ts'
import { verified } from './oci/verify.ts'
import type { OperationOptions } from './progress.ts'

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

export interface ChartProblem {
  readonly kind: ErrorKind
  /** A sentence that says what is wrong. */
  readonly message: string
  /** A sentence that says what to do. */
  readonly advice?: string
}

/** What a manifest in the cache consists of. */
export interface ChartParts {
  readonly manifest: Descriptor
  readonly config: Descriptor
  /** The chart content. */
  readonly layer: Descriptor
  readonly layers: readonly Descriptor[]
  readonly format: ChartFormat
  readonly signed: boolean
}

export interface ReadOptions extends OperationOptions {
  /**
   * Whether what was found sound before is not looked at again as long as its entry is about the same manifest. Blobs
   * never change under their digests, so what this misses is damage.
   */
  readonly isQuick?: boolean
}

/**
 * Reads entries of a layout as charts. What was read and verified once is remembered for as long as the file it came from
 * stays the same, so reading everything again after one change costs little more than a look at the directory.
 */
export class CacheReader {
  readonly #layout: Layout
  readonly #parts = new Memo<ChartParts>()
  readonly #facts = new Memo<ChartFacts>()
  /** The charts that were found sound, by name. */
  readonly #sound = new Map<string, SoundChart>()

  constructor(layout: Layout) {
    this.#layout = layout
  }

  /** What a quick look at a named entry gives, where it was found sound before. */
  known({ descriptor }: IndexEntry, name: string): SoundChart | undefined {
    const chart = this.#sound.get(name)
    return chart !== undefined && chart.manifestDigest === descriptor?.digest ? chart : undefined
  }

  /** The chart of a named entry, or what is wrong with it. Only the end of the signal makes it throw. */
  async read(entry: IndexEntry, name: string, options: OperationOptions): Promise<CachedChart> {
    try {
      const chart = await this.chart(entry, name, options)
      this.#sound.set(name, chart)
      return chart
    } catch (error) {
      options.signal?.throwIfAborted()
      this.#sound.delete(name)
      const manifestDigest = digestIn(entry.raw)
      return {
        reference: name,
        ...(manifestDigest === undefined ? {} : { manifestDigest }),
        problem: problemOf(error, name),
      }
    }
  }

  /**
   * The chart of a named entry: manifest and config are verified, the layer's presence and size are looked at. Where the
   * config is missing, damaged or not that of a valid chart, the archive tells what the chart is, or what is wrong with it;
   * Helm 3.0-3.6 reads nothing else.
   *
   * @throws ChartroomError `not-found`, `integrity`, `not-a-chart`, `invalid-chart`, …
   */
  async chart(entry: IndexEntry, name: string, options: OperationOptions): Promise<SoundChart> {
    const { manifest, config, layer, format, signed } = await this.parts(entry, name, options)
    const stored = await this.#layout.factsOf(layer)
    if (stored === undefined) throw layerMissing(name, layer)
    if (stored.size !== layer.size) throw layerCut(name, layer, stored.size)
    return {
      reference: name,
      ...(await this.#factsFrom(config, layer, stored, name, options)),
      digest: layer.digest,
      manifestDigest: manifest.digest,
      size: layer.size,
      created: new Date(stored.modified).toISOString(),
      format,
      signed,
    }
  }

  /** What the manifest of an entry consists of. */
  async parts(entry: IndexEntry, name: string, options: ReadOptions): Promise<ChartParts> {
    const { descriptor } = entry
    return await this.#parts.get(
      `${name} ${descriptor?.digest ?? ''} ${descriptor?.size ?? 0}`,
      async () => (descriptor === undefined ? undefined : await this.#layout.factsOf(descriptor)),
      async () => {
        const manifest = await this.#layout.readManifest(entry, options)
        return { facts: manifest.facts, make: () => partsOf(manifest, name) }
      },
      options,
    )
  }

  async #factsFrom(
    config: Descriptor,
    layer: Descriptor,
    layerFacts: BlobFacts,
    name: string,
    options: OperationOptions,
  ): Promise<ChartFacts> {
    try {
      return await this.#facts.get(
        `${name} ${config.digest} ${config.size}`,
        async () => await this.#layout.factsOf(config),
        async () => {
          checkConfigSize(config, name)
          const { bytes, facts } = await this.#layout.readPart(config, 'config', name, options)
          return { facts, make: () => factsIn(validConfig(bytes, name)) }
        },
        options,
      )
    } catch (error) {
      options.signal?.throwIfAborted()
      options.log?.debug(`${name} is read from its archive: ${messageOf(error)}`)
    }
    return await this.#facts.get(
      `${name} ${layer.digest}`,
      () => layerFacts,
      () => ({
        facts: layerFacts,
        make: async () => {
          const content = async (): Promise<AsyncIterable<Uint8Array>> =>
            verified(await this.#layout.fetch(layer, options), layer, `The chart layer of ${name}`)
          return factsIn((await readArchive(content, name, options)).metadata)
        },
      }),
      options,
    )
  }
}

function partsOf(manifest: RawManifest, name: string): ChartParts {
  const { config, layer, layers, format, provenance } = readChartManifest(manifest, name)
  return { manifest: manifest.descriptor, config, layer, layers, format, signed: provenance !== undefined }
}

/** What was made from files, or why it could not be, kept until the file changes. */
class Memo<Value> {
  readonly #known = new Map<string, { readonly facts: BlobFacts; readonly outcome: Outcome<Value> }>()

  /**
   * @param key what is made, with every name that an error about it would hold
   * @param look what the file is now
   * @param read reads the file; where that fails, it is read again the next time
   */
  async get(
    key: string,
    look: () => Awaitable<BlobFacts | undefined>,
    read: () => Awaitable<{ readonly facts: BlobFacts; readonly make: () => Awaitable<Value> }>,
    { signal, isQuick = false }: ReadOptions,
  ): Promise<Value> {
    let known = this.#known.get(key)
    if (isQuick && known !== undefined && 'value' in known.outcome) return known.outcome.value
    if (known !== undefined && !isSameFile(known.facts, await look())) known = undefined
    if (known === undefined) {
      const { facts, make } = await read()
      known = { facts, outcome: await outcomeOf(make) }
      signal?.throwIfAborted()
      this.#known.set(key, known)
    }
    if ('error' in known.outcome) throw known.outcome.error
    return known.outcome.value
  }
}

type Awaitable<Value> = Value | Promise<Value>

type Outcome<Value> = { readonly value: Value } | { readonly error: ChartroomError }

/** Errors of another origin, such as a full table of open files, say nothing about the file. */
async function outcomeOf<Value>(make: () => Awaitable<Value>): Promise<Outcome<Value>> {
  try {
    return { value: await make() }
  } catch (error) {
    if (error instanceof ChartroomError) return { error }
    throw error
  }
}

function digestIn(raw: unknown): string | undefined {
  const digest = typeof raw === 'object' && raw !== null && 'digest' in raw ? raw.digest : undefined
  return typeof digest === 'string' ? digest : undefined
}

function problemOf(error: unknown, name: string): ChartProblem {
  const known = fileError(error, `read ${name}`)
  if (!(known instanceof ChartroomError)) {
    return { kind: 'store-corrupt', message: `${name} could not be read: ${messageOf(error)}.` }
  }
  const { kind, message } = known
  return { kind, message, advice: known.advice ?? adviceFor(kind) }
}

function adviceFor(kind: ErrorKind): string {
  return kind === 'not-a-chart' || kind === 'invalid-chart' || kind === 'archive-unsafe'
    ? 'Remove it from the cache.'
    : 'Pull or save it again, or remove it from the cache.'
}

function layerMissing(name: string, { digest }: Descriptor): ChartroomError {
  return new ChartroomError('not-found', {
    message: `The chart layer of ${name} is missing from the cache (${digest}).`,
    reference: name,
    digest,
  })
}

function layerCut(name: string, { digest, size }: Descriptor, actual: number): ChartroomError {
  return new ChartroomError('integrity', {
    message: `The chart layer of ${name} is damaged: it should have ${size} bytes but has ${actual}.`,
    reference: name,
    digest,
    expected: size,
    actual,
  })
}
