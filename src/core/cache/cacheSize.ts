import type { NamedEntry } from './cacheFiles.ts'
import type { CacheReader, ReadOptions } from './cacheReader.ts'
import { messageOf } from '../base/errors.ts'
import { readEach, type FileWork } from '../base/files.ts'
import type { IndexFile } from '../layout/indexFile.ts'
import type { Layout } from '../layout/layout.ts'
import type { Digest } from '../oci/digest.ts'

/** How much room the charts of a layout take. */
export class CacheSize {
  readonly #layout: Layout
  readonly #reader: CacheReader
  /** Bytes of the blobs that the index needed when they were counted last. */
  #known: ReadonlyMap<Digest, number> = new Map()

  constructor(layout: Layout, reader: CacheReader) {
    this.#layout = layout
    this.#reader = reader
  }

  /** Bytes on disk of what an index needs, each blob counted once. */
  async count(index: IndexFile, options: ReadOptions): Promise<number> {
    const digests = [...(await this.#needed(index, options))]
    const known = options.isQuick === true ? this.#known : new Map<Digest, number>()
    const unknown = digests.filter((digest) => !known.has(digest))
    const looks = await readEach(unknown, (digest) => this.#sizeOf(digest), options.signal)
    const found = new Map(looks.flatMap((look) => ('value' in look ? [look.value] : [])))
    this.#known = new Map(digests.map((digest) => [digest, known.get(digest) ?? found.get(digest) ?? 0]))
    return [...this.#known.values()].reduce((sum, size) => sum + size, 0)
  }

  *#sizeOf(digest: Digest): FileWork<[Digest, number]> {
    return [digest, (yield this.#layout.placeOf(digest))?.facts.size ?? 0]
  }

  async #needed({ entries }: IndexFile, options: ReadOptions): Promise<ReadonlySet<Digest>> {
    const named = entries.flatMap((entry): NamedEntry[] => {
      return entry.descriptor === undefined ? [] : [[entry.name ?? entry.descriptor.digest, entry]]
    })
    const needed = new Set(named.flatMap(([, { descriptor }]) => descriptor?.digest ?? []))
    for (const outcome of await this.#reader.blobs(named, options)) {
      if ('error' in outcome) options.log?.debug(`one counts without its parts: ${messageOf(outcome.error)}`)
      else for (const { digest } of outcome.value) needed.add(digest)
    }
    return needed
  }
}
