import { join, resolve } from 'node:path'
import { factsOf, namesIn, ownFactsOf } from '../core/files.ts'
import { Blobs } from '../core/layout/blobs.ts'
import { entryFor, withEntry, type IndexFile } from '../core/layout/indexFile.ts'
import { Layout } from '../core/layout/layout.ts'
import type { Descriptor } from '../core/oci/descriptor.ts'
import type { RawManifest } from '../core/oci/manifest.ts'
import type { OperationOptions } from '../core/progress.ts'
import { Uploads } from './uploads.ts'

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

  /** The names of all repositories that something was pushed to, sorted bytewise. */
  async repositories(): Promise<string[]> {
    const found: string[] = []
    await this.#collect(this.#repositories, '', found)
    return found.sort()
  }

  async #collect(directory: string, name: string, found: string[]): Promise<void> {
    for (const child of await namesIn(directory)) {
      const path = join(directory, child)
      if (child === layoutDirectory) {
        if ((await factsOf(join(path, 'index.json'))) !== undefined) found.push(name)
      } else if ((await ownFactsOf(path))?.kind === 'directory') {
        await this.#collect(path, name === '' ? child : `${name}/${child}`, found)
      }
    }
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
