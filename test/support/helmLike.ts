import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeIndex } from '../../src/core/layout/indexFile.ts'

const refName = 'org.opencontainers.image.ref.name'

/** An entry of an index as Helm knows it. What else an entry has, Helm drops when it writes. */
export interface HelmEntry {
  readonly mediaType?: string
  readonly digest: string
  readonly size: number
  readonly annotations?: Readonly<Record<string, string>>
}

/**
 * One command of Helm 3.6.3 that changes the cache: it reads the index when it begins and writes it whole when it ends, in
 * place, with no lock and whatever others have written meanwhile.
 *
 * @see Helm 3.6.3 internal/experimental/registry/cache.go, oras 0.11.1 pkg/content/oci.go
 */
export class HelmCommand {
  readonly #path: string
  readonly #entries: HelmEntry[]

  private constructor(path: string, entries: HelmEntry[]) {
    this.#path = path
    this.#entries = entries
  }

  /**
   * Reads the index.
   * @throws ChartroomError `store-corrupt` where somebody else is just writing it: Helm ends then
   */
  static async begin(root: string): Promise<HelmCommand> {
    const path = join(root, 'index.json')
    const { entries } = decodeIndex(await readFile(path), path)
    return new HelmCommand(
      path,
      entries.map(({ raw }) => known(raw as HelmEntry)),
    )
  }

  /** Replaces the first entry of that name, else adds one at the end. */
  save(name: string, { mediaType, digest, size }: HelmEntry): this {
    const entry = { ...(mediaType === undefined ? {} : { mediaType }), digest, size }
    const named = { ...entry, annotations: { [refName]: name } }
    const place = this.#entries.findIndex(({ annotations }) => annotations?.[refName] === name)
    if (place < 0) this.#entries.push(named)
    else this.#entries[place] = named
    return this
  }

  /** Moves the last entry to the place of the first one of that name. */
  remove(name: string): this {
    const place = this.#entries.findIndex(({ annotations }) => annotations?.[refName] === name)
    const last = place < 0 ? undefined : this.#entries.pop()
    if (last !== undefined && place < this.#entries.length) this.#entries[place] = last
    return this
  }

  /** Writes the index. */
  async end(): Promise<void> {
    await writeFile(this.#path, JSON.stringify({ schemaVersion: 2, manifests: this.#entries }))
  }
}

function known({ mediaType, digest, size, annotations }: HelmEntry): HelmEntry {
  return {
    ...(mediaType === undefined ? {} : { mediaType }),
    digest,
    size,
    ...(annotations === undefined ? {} : { annotations }),
  }
}
