import { join, resolve } from 'node:path'
import { messageOf } from '../core/base/errors.ts'
import { factsOf, namesIn, ownFactsOf } from '../core/base/files.ts'
import { Blobs } from '../core/layout/blobs.ts'
import {
  emptyIndex,
  encodeIndex,
  entryFor,
  withEntry,
  type IndexEntry,
  type IndexFile,
} from '../core/layout/indexFile.ts'
import { Layout } from '../core/layout/layout.ts'
import type { Descriptor } from '../core/oci/descriptor.ts'
import { isDigest, type Digest } from '../core/oci/digest.ts'
import type { RawManifest } from '../core/oci/manifest.ts'
import type { OperationOptions } from '../core/base/progress.ts'
import { factsOfManifest, type ManifestFacts } from './manifestFacts.ts'
import { Uploads } from './uploads.ts'

/** Bytes of an index from which the last manifest was deleted. */
const emptySize = encodeIndex(emptyIndex, '').length

/** No component of a repository begins with an underscore, so nothing that is pushed can collide with it. */
const layoutDirectory = '_layout'

/**
 * What the registry has on disk:
 *
 *     blobs/sha256/…                          every blob and manifest, once
 *     repositories/team/chart/_layout/        one image layout a repository: index.json names its manifests
 *     uploads/                                what is being pushed
 *
 * Blobs belong to all repositories alike: one that was pushed to any of them can be read from each. That is sound here
 * because everybody may read everything anyway, and it makes every upload of known content unnecessary.
 */
export class Store {
  readonly root: string
  readonly blobs: Blobs
  readonly uploads: Uploads
  readonly #layouts = new Map<string, Layout>()
  /** Manifests that were read, by type and digest: they never change. */
  readonly #facts = new Map<string, ManifestFacts>()
  #lastTurn: Promise<unknown> = Promise.resolve()

  constructor(root: string) {
    this.root = resolve(root)
    this.blobs = new Blobs(this.#blobs)
    this.uploads = new Uploads(join(this.root, 'uploads'))
  }

  /** The layout of a repository, which need not exist yet. The name must be valid. */
  layoutOf(repository: string): Layout {
    const known = this.#layouts.get(repository)
    if (known !== undefined) return known
    const root = join(this.#repositories, ...repository.split('/'), layoutDirectory)
    const layout = new Layout(root, { blobs: this.#blobs })
    this.#layouts.set(repository, layout)
    return layout
  }

  /** Stores a manifest so that it is found by its digest from now on, and by a tag if one is given. */
  async storeManifest(
    repository: string,
    manifest: RawManifest,
    tag: string | undefined,
    options: OperationOptions,
  ): Promise<void> {
    const layout = this.layoutOf(repository)
    await layout.storeManifest(manifest, options)
    await layout.change((index) => listed(index, manifest.descriptor, tag), options)
  }

  /**
   * Forgets a tag, or a manifest together with its tags. The blobs stay, also that of the manifest.
   * @returns `false` where there is no such tag or manifest
   */
  async removeManifest(repository: string, tagOrDigest: string, options: OperationOptions): Promise<boolean> {
    const layout = this.layoutOf(repository)
    const isMeant = ({ name, descriptor }: IndexEntry): boolean =>
      isDigest(tagOrDigest) ? descriptor?.digest === tagOrDigest : name === tagOrDigest
    // To change the index of a repository that is not there would make it.
    if (!(await layout.readIndex(options)).entries.some(isMeant)) return false
    await layout.change((index) => {
      const entries = index.entries.filter((entry) => !isMeant(entry))
      return entries.length === index.entries.length ? index : { ...index, entries }
    }, options)
    return true
  }

  /** Whether a repository has a manifest, with a tag or without. */
  async lists(repository: string, digest: Digest, options: OperationOptions): Promise<boolean> {
    const { entries } = await this.layoutOf(repository).readIndex(options)
    return entries.some(({ descriptor }) => descriptor?.digest === digest)
  }

  /** Every manifest of a repository, once. One that cannot be read is left out, and the log says so. */
  async manifests(repository: string, options: OperationOptions): Promise<ManifestFacts[]> {
    const { entries } = await this.layoutOf(repository).readIndex(options)
    const found = new Map<Digest, ManifestFacts>()
    for (const entry of entries) {
      if (entry.descriptor === undefined || found.has(entry.descriptor.digest)) continue
      try {
        found.set(entry.descriptor.digest, await this.#factsOf(repository, entry, options))
      } catch (error) {
        options.signal?.throwIfAborted()
        options.log?.warn(`${repository}: ${messageOf(error)}`)
      }
    }
    return [...found.values()]
  }

  /**
   * Does work that must not meet its like: one checks that blobs are there and names them, the other removes a blob that
   * nobody names.
   */
  async inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#lastTurn.then(work, work)
    this.#lastTurn = turn
    return await turn
  }

  /** The names of all repositories that have a manifest, sorted bytewise. */
  async repositories(): Promise<string[]> {
    const found: string[] = []
    await this.#collect(this.#repositories, '', found)
    return found.sort()
  }

  async #collect(directory: string, name: string, found: string[]): Promise<void> {
    for (const child of await namesIn(directory)) {
      const path = join(directory, child)
      if (child === layoutDirectory) {
        const facts = await factsOf(join(path, 'index.json'))
        if (facts !== undefined && facts.size > emptySize) found.push(name)
      } else if ((await ownFactsOf(path))?.kind === 'directory') {
        await this.#collect(path, name === '' ? child : `${name}/${child}`, found)
      }
    }
  }

  async #factsOf(repository: string, entry: IndexEntry, options: OperationOptions): Promise<ManifestFacts> {
    const { mediaType = '', digest = '' } = entry.descriptor ?? {}
    const key = `${mediaType} ${digest}`
    const known = this.#facts.get(key)
    if (known !== undefined) return known
    const facts = factsOfManifest(await this.layoutOf(repository).readManifest(entry, options), digest)
    this.#facts.set(key, facts)
    return facts
  }

  get #blobs(): string {
    return join(this.root, 'blobs')
  }

  get #repositories(): string {
    return join(this.root, 'repositories')
  }
}

/** Every manifest has an entry without a name besides those of its tags, so that it outlives them. */
function listed(index: IndexFile, descriptor: Descriptor, tag: string | undefined): IndexFile {
  const isListed = (name: string | undefined): boolean =>
    index.entries.some((entry) => entry.name === name && entry.descriptor?.digest === descriptor.digest)
  const kept = isListed(undefined) ? index : { ...index, entries: [...index.entries, entryFor(descriptor)] }
  return tag === undefined || isListed(tag) ? kept : withEntry(kept, entryFor(descriptor, tag))
}
