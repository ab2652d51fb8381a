import type { Blob, ChartParts } from './cacheMemo.ts'
import { factsIn, type ChartFacts } from '../chart/chartFacts.ts'
import { readChartManifest } from '../chart/chartManifest.ts'
import { checkConfigSize, validConfig } from '../chart/readConfig.ts'
import { ChartroomError, messageOf } from '../base/errors.ts'
import { isSameFile, type FileWork } from '../base/files.ts'
import type { IndexEntry } from '../layout/indexFile.ts'
import {
  manifestOf,
  type BlobFacts,
  type Layout,
  type StoredPart,
  type WantedPart,
} from '../layout/layout.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import type { Digest } from '../oci/digest.ts'
import { verified } from '../oci/verify.ts'
import type { Outcome } from '../base/outcome.ts'
import type { OperationOptions } from '../base/progress.ts'

/** An entry with the name that stands for it. */
export type NamedEntry = readonly [name: string, entry: IndexEntry]

/** A chart whose manifest has been read. */
export interface ReadManifest {
  readonly parts: ChartParts
  readonly config: Descriptor
  readonly layer: Descriptor
}

/** What the files of a chart say. */
export interface StoredChart extends Omit<ReadManifest, 'config'> {
  readonly name: string
  readonly layerFile: BlobFacts
  /** Missing where the config does not say them. */
  readonly said?: { readonly facts: ChartFacts; readonly configFile: BlobFacts }
}

/** What an archive said that was read. */
interface ReadArchive {
  readonly layer: Digest
  readonly file: BlobFacts
  readonly outcome: Outcome<ChartFacts>
}

/** The files of the charts in a layout. */
export class ChartFiles {
  readonly #layout: Layout
  /** What the archives of names said, or why they cannot be read, for as long as their files stay the same. */
  readonly #archives = new Map<string, ReadArchive>()

  constructor(layout: Layout) {
    this.#layout = layout
  }

  /** Reads and verifies the manifest of a named entry. */
  *manifest([name, entry]: NamedEntry): FileWork<ReadManifest> {
    const wanted = manifestOf(entry, name)
    return partsOf(this.#layout.part(yield this.#layout.fileOf(wanted.descriptor), wanted), wanted)
  }

  /** Reads manifest and config of a named entry, and looks at its layer. */
  *chart(named: NamedEntry, { log }: OperationOptions): FileWork<StoredChart> {
    const [name] = named
    const { parts, config, layer } = yield* this.manifest(named)
    const layerFile = requirePart(
      'chart layer',
      name,
      layer,
      (yield this.#layout.placeOf(layer.digest))?.facts,
    )
    try {
      checkConfigSize(config, name)
      const wanted = { descriptor: config, part: 'config', name } as const
      const { bytes, facts: configFile } = this.#layout.part(yield this.#layout.fileOf(config), wanted)
      const facts = factsIn(validConfig(bytes, name))
      return { name, parts, layer, layerFile, said: { facts, configFile } }
    } catch (error) {
      log?.debug(`a chart is read from its archive: ${messageOf(error)}`)
      return { name, parts, layer, layerFile }
    }
  }

  /** What the archive of a chart says that its config does not. */
  async factsInArchive(chart: StoredChart, options: OperationOptions): Promise<Outcome<ChartFacts>> {
    const { name, layer, layerFile } = chart
    const known = this.#archives.get(name)
    if (known?.layer === layer.digest && isSameFile(known.file, layerFile)) return known.outcome
    const outcome = await this.#readArchive(chart, options)
    // Errors of another origin, such as a full table of open files, say nothing about the file.
    const isAboutFile = 'value' in outcome || outcome.error instanceof ChartroomError
    if (isAboutFile) this.#archives.set(name, { layer: layer.digest, file: layerFile, outcome })
    return outcome
  }

  /** Forgets what the archives of other names said. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const name of this.#archives.keys()) if (!names.has(name)) this.#archives.delete(name)
  }

  async #readArchive({ name, layer }: StoredChart, options: OperationOptions): Promise<Outcome<ChartFacts>> {
    const content = async (): Promise<AsyncIterable<Uint8Array>> =>
      verified(await this.#layout.fetch(layer, options), layer, `The chart layer of ${name}`)
    try {
      // Reading archives takes longer to load than a list of charts that have their configs takes to read.
      const { readArchive } = await import('../chart/readArchive.ts')
      return { value: factsIn((await readArchive(content, name, options)).metadata) }
    } catch (error) {
      options.signal?.throwIfAborted()
      return { error }
    }
  }
}

/** @throws ChartroomError where a part of a chart is missing or cut off */
export function requirePart(part: string, name: string, blob: Blob, file: BlobFacts | undefined): BlobFacts {
  if (file === undefined) throw partMissing(part, name, blob)
  if (file.size !== blob.size) throw partCut(part, name, blob, file.size)
  return file
}

function partsOf({ bytes, facts }: StoredPart, { descriptor, name }: WantedPart): ReadManifest {
  const { config, layer, layers, format, provenance } = readChartManifest({ descriptor, bytes }, name)
  const others = layers.filter((other) => other !== layer)
  const signed = provenance !== undefined
  const parts = { manifest: descriptor, config, layer, others, format, signed, manifestFile: facts }
  return { parts, config, layer }
}

function partMissing(part: string, name: string, { digest }: Blob): ChartroomError {
  return new ChartroomError('not-found', {
    message: `The ${part} of ${name} is missing from the cache (${digest}).`,
    reference: name,
    digest,
  })
}

function partCut(part: string, name: string, { digest, size }: Blob, actual: number): ChartroomError {
  return new ChartroomError('integrity', {
    message: `The ${part} of ${name} is damaged: it should have ${size} bytes but has ${actual}.`,
    reference: name,
    digest,
    expected: size,
    actual,
  })
}
