import type { Blob, ChartParts } from './cacheMemo.ts'
import { factsIn, type ChartFacts } from '../chart/chartFacts.ts'
import { readChartManifest } from '../chart/chartManifest.ts'
import { checkConfigSize, validConfig } from '../chart/readConfig.ts'
import { ChartroomError, messageOf } from '../base/errors.ts'
import { isSameFile } from '../base/files.ts'
import { inParallel } from '../base/inParallel.ts'
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
import { complete, outcomeOf, proceed, type Outcome } from '../base/outcome.ts'
import type { OperationOptions } from '../base/progress.ts'

/** An entry with the name that stands for it. */
export type NamedEntry = readonly [name: string, entry: IndexEntry]

/** A chart whose manifest has been read. */
export interface ReadManifest {
  readonly name: string
  readonly parts: ChartParts
  readonly config: Descriptor
  readonly layer: Descriptor
}

interface StoredChart extends ReadManifest {
  readonly layerFile: BlobFacts
}

/** What the files of a chart say. */
export interface ReadChart extends StoredChart {
  readonly facts: ChartFacts
  /** Missing where it is not the config that said it. */
  readonly configFile?: BlobFacts
}

/** What an archive said that was read. */
interface ReadArchive {
  readonly layer: Digest
  readonly file: BlobFacts
  readonly outcome: Outcome<ChartFacts>
}

/** How many archives are read at the same time. */
const archivesAtOnce = 4

/** The files of the charts in a layout, read all of one kind after the other. */
export class ChartFiles {
  readonly #layout: Layout
  /** What the archives of names said, or why they cannot be read, for as long as their files stay the same. */
  readonly #archives = new Map<string, ReadArchive>()

  constructor(layout: Layout) {
    this.#layout = layout
  }

  /** Reads and verifies the manifests of named entries. */
  async manifests(
    entries: readonly NamedEntry[],
    options: OperationOptions,
  ): Promise<Outcome<ReadManifest>[]> {
    const wanted = entries.map(([name, entry]) => outcomeOf(() => ({ ...manifestOf(entry), name })))
    return await proceed(wanted, async (parts) => await this.#layout.readParts(parts, partsOf, options))
  }

  /** Reads everything that says what the charts of named entries are. */
  async read(entries: readonly NamedEntry[], options: OperationOptions): Promise<Outcome<ReadChart>[]> {
    return await proceed(await this.manifests(entries, options), async (manifests) => {
      const stored = await this.#layout.lookAtEach(
        manifests,
        ({ layer }): Digest[] => [layer.digest],
        ([file], chart) => ({
          ...chart,
          layerFile: requirePart('chart layer', chart.name, chart.layer, file),
        }),
        options,
      )
      return await proceed(stored, async (charts) => {
        const configs = await this.#readConfigs(charts, options)
        return await complete(charts, configs, async (others) => {
          return await inParallel(
            others,
            archivesAtOnce,
            async (chart) => await this.#readArchive(chart, options),
          )
        })
      })
    })
  }

  /** Forgets what the archives of other names said. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const name of this.#archives.keys()) if (!names.has(name)) this.#archives.delete(name)
  }

  /** @returns no value in the place of a chart whose config does not say what it is */
  async #readConfigs(
    charts: readonly StoredChart[],
    options: OperationOptions,
  ): Promise<Outcome<ReadChart | undefined>[]> {
    const wanted = charts.map((chart) => outcomeOf(() => configOf(chart)))
    const read = await proceed(wanted, async (parts) => {
      return await this.#layout.readParts(
        parts,
        ({ bytes, facts }, { chart, name }) => ({
          ...chart,
          facts: factsIn(validConfig(bytes, name)),
          configFile: facts,
        }),
        options,
      )
    })
    return read.map((outcome) => {
      if ('value' in outcome) return outcome
      options.log?.debug(`a chart is read from its archive: ${messageOf(outcome.error)}`)
      return { value: undefined }
    })
  }

  async #readArchive(chart: StoredChart, options: OperationOptions): Promise<Outcome<ReadChart>> {
    const { name, layer, layerFile } = chart
    const known = this.#archives.get(name)
    const isSame = known?.layer === layer.digest && isSameFile(known.file, layerFile)
    let outcome = isSame ? known.outcome : undefined
    if (outcome === undefined) {
      outcome = await this.#factsInArchive(chart, options)
      // Errors of another origin, such as a full table of open files, say nothing about the file.
      const isAboutFile = 'value' in outcome || outcome.error instanceof ChartroomError
      if (isAboutFile) this.#archives.set(name, { layer: layer.digest, file: layerFile, outcome })
    }
    return 'error' in outcome ? outcome : { value: { ...chart, facts: outcome.value } }
  }

  async #factsInArchive(
    { name, layer }: StoredChart,
    options: OperationOptions,
  ): Promise<Outcome<ChartFacts>> {
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
  return { name, parts, config, layer }
}

/** @throws ChartroomError `too-large` where it is not read */
function configOf(chart: StoredChart): WantedPart & { readonly chart: StoredChart } {
  const { config, name } = chart
  checkConfigSize(config, name)
  return { descriptor: config, part: 'config', name, chart }
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
