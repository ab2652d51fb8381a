import type { ChartFacts } from '../chart/chartFacts.ts'
import type { ChartFormat } from '../chart/mediaTypes.ts'
import { messageOf } from '../base/errors.ts'
import { isSettled, type FileState } from '../base/files.ts'
import { readMemo, writeMemo } from '../layout/memoFile.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import { isDigest, type Digest } from '../oci/digest.ts'
import type { OperationOptions } from '../base/progress.ts'

/** A blob without its type, which its file does not have. */
export type Blob = Pick<Descriptor, 'digest' | 'size'>

/** What a manifest said when it was read and verified, and what its file was then. */
export interface ChartParts {
  readonly manifest: Descriptor
  readonly config: Blob
  /** The chart content. */
  readonly layer: Blob
  /** The layers beside it. */
  readonly others: readonly Blob[]
  readonly format: ChartFormat
  readonly signed: boolean
  readonly manifestFile: FileState
}

/** The same with its config. */
export interface KnownChart extends ChartParts {
  readonly facts: ChartFacts
  readonly configFile: FileState
}

/** How many charts it takes until reading a memo is worth its while. */
const many = 128

/**
 * What was found out about the charts of a cache, for as long as their files stay what they were: in this process, and in a file for the
 * next one.
 *
 * A file is the same while device, inode, size and both times are. Only what had not changed for a while when it was read goes to the disk,
 * so a change that the times do not show cannot hide behind it. What stands in the file tells what a list shows and nothing
 * else: whoever copies or opens a chart reads its manifest.
 */
export class CacheMemo {
  readonly #root: string
  /** By the digest of the manifest. */
  readonly #known = new Map<string, Remembered>()
  #isLoaded = false
  #unsaved = 0

  constructor(root: string) {
    this.#root = root
  }

  get(manifest: Descriptor | undefined): KnownChart | undefined {
    if (manifest === undefined) return undefined
    const known = this.#known.get(manifest.digest)
    // A manifest is read as what its descriptor says.
    if (known?.chart.manifest.mediaType !== manifest.mediaType) return undefined
    if (known.chart.manifest.size !== manifest.size) return undefined
    return known.chart
  }

  /** Remembers a chart that was just read. */
  keep(chart: KnownChart): void {
    const isLasting = isSettled(chart.manifestFile) && isSettled(chart.configFile)
    this.#known.set(chart.manifest.digest, { chart, isLasting })
    if (isLasting) this.#unsaved += 1
  }

  /** Reads the file before so many charts are asked for, unless it has been read or they are few. Never fails over it. */
  async load(count: number, { signal, log }: OperationOptions): Promise<void> {
    if (this.#isLoaded || count < many) return
    try {
      const records = await readMemo(this.#root, signal)
      for (const record of Array.isArray(records) ? (records as unknown[]) : []) {
        if (!isRecord(record) || this.#known.has(record[0])) continue
        this.#known.set(record[0], { chart: chartIn(record), isLasting: true })
      }
    } catch (error) {
      signal?.throwIfAborted()
      log?.debug(`the memo of ${this.#root} cannot be read: ${messageOf(error)}`)
    }
    // Only now: a list that is cancelled has read nothing.
    this.#isLoaded = true
  }

  /** Forgets every chart but those with these manifests. */
  keepOnly(manifests: ReadonlySet<string>): void {
    for (const manifest of this.#known.keys()) if (!manifests.has(manifest)) this.#known.delete(manifest)
  }

  /** Writes the file where enough has been learnt since. Never fails over it. */
  async save({ signal, log }: OperationOptions): Promise<void> {
    if (this.#unsaved < many || this.#unsaved < this.#known.size / 10) return
    this.#unsaved = 0
    try {
      const records = [...this.#known.values()].flatMap(({ chart, isLasting }) =>
        isLasting ? [recordOf(chart)] : [],
      )
      await writeMemo(this.#root, records, signal)
    } catch (error) {
      signal?.throwIfAborted()
      log?.debug(`the memo of ${this.#root} was not written: ${messageOf(error)}`)
    }
  }
}

interface Remembered {
  readonly chart: KnownChart
  /** Whether it may be kept on the disk. */
  readonly isLasting: boolean
}

/** Device, inode and the times of a file; its size is that of the blob. */
type FileNumbers = [number, number, number, number]

/** One chart in the file. Flat, because there may be ten thousand of them. */
type MemoRecord = [
  manifest: Digest,
  mediaType: string,
  size: number,
  ...manifestFile: FileNumbers,
  config: Digest,
  configSize: number,
  ...configFile: FileNumbers,
  layer: Digest,
  layerSize: number,
  format: ChartFormat,
  signed: boolean,
  others: Blob[],
  facts: ChartFacts,
]

function recordOf(chart: KnownChart): MemoRecord {
  const { manifest, manifestFile, config, configFile, layer, format, signed, others, facts } = chart
  return [
    manifest.digest,
    manifest.mediaType,
    manifest.size,
    manifestFile.device,
    manifestFile.inode,
    manifestFile.modified,
    manifestFile.changed,
    config.digest,
    config.size,
    configFile.device,
    configFile.inode,
    configFile.modified,
    configFile.changed,
    layer.digest,
    layer.size,
    format,
    signed,
    others.map(({ digest, size }) => ({ digest, size })),
    facts,
  ]
}

function chartIn(record: MemoRecord): KnownChart {
  return {
    manifest: { digest: record[0], mediaType: record[1], size: record[2] },
    config: { digest: record[7], size: record[8] },
    layer: { digest: record[13], size: record[14] },
    others: record[17],
    format: record[15],
    signed: record[16],
    facts: record[18],
    manifestFile: fileOf(record[2], record[3], record[4], record[5], record[6]),
    configFile: fileOf(record[8], record[9], record[10], record[11], record[12]),
  }
}

function fileOf(size: number, device: number, inode: number, modified: number, changed: number): FileState {
  return { device, inode, size, modified, changed }
}

const kinds = 'string string number number number number number string number number number number number'
  .concat(' string number string boolean object object')
  .split(' ')

/** Whether it is a record, whoever wrote it. */
function isRecord(value: unknown): value is MemoRecord {
  if (!Array.isArray(value) || value.length !== kinds.length) return false
  for (let position = 0; position < kinds.length; position += 1) {
    if (typeof value[position] !== kinds[position]) return false
  }
  const [manifest, , , , , , , config, , , , , , layer, , format, , others, facts] = value as unknown[]
  return (
    [manifest, config, layer].every(isDigest) &&
    (format === 'legacy' || format === 'modern' || format === 'beta') &&
    Array.isArray(others) &&
    others.every(isBlob) &&
    isFacts(facts)
  )
}

function isBlob(value: unknown): value is Blob {
  const { digest, size } = (value ?? {}) as Record<string, unknown>
  return isDigest(digest) && typeof size === 'number'
}

function isFacts(value: unknown): value is ChartFacts {
  const facts = (value ?? {}) as Record<string, unknown>
  for (const key in facts) {
    const item = facts[key]
    if (key === 'deprecated') continue
    const isKnown = key === 'maintainers' ? isTexts(item) : texts.has(key) && typeof item === 'string'
    if (!isKnown) return false
  }
  const { name, version, deprecated } = facts
  return typeof name === 'string' && typeof version === 'string' && typeof deprecated === 'boolean'
}

const texts = new Set(['name', 'version', 'appVersion', 'description', 'kubeVersion'])

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
