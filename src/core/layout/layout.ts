import { join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { ChartroomError } from '../errors.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import { isDigest } from '../oci/digest.ts'
import { maxManifestSize, type RawManifest } from '../oci/manifest.ts'
import type { Content, Target } from '../oci/target.ts'
import { readVerified } from '../oci/verify.ts'
import type { OperationOptions } from '../progress.ts'
import { Blobs } from './blobs.ts'
import { entryFor, findEntry, withEntry, type IndexEntry, type IndexFile } from './indexFile.ts'
import { IndexStore } from './indexStore.ts'
import { watchIndex } from './watch.ts'

export interface LayoutOptions {
  /** The directory that holds `sha256/…`; by default `blobs` in the layout. Several layouts may share one. */
  readonly blobs?: string
}

/**
 * An OCI image layout on disk, as Helm 3.0-3.6 and others read and write it at the same time.
 *
 * Nothing gets its name before it is complete, synced and verified. Whatever fails or is killed on the way leaves the
 * old index, and at most blobs that no entry needs yet.
 *
 * @see https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
export class Layout implements Target {
  readonly root: string
  readonly #blobs: Blobs
  readonly #index: IndexStore

  constructor(root: string, { blobs = join(root, 'blobs') }: LayoutOptions = {}) {
    this.root = resolve(root)
    this.#blobs = new Blobs(resolve(blobs))
    this.#index = new IndexStore(this.root)
  }

  /** Whether the blob is there and sound. Hashes it, once for as long as its file stays the same. */
  async exists(descriptor: Descriptor, options?: OperationOptions): Promise<boolean> {
    return await this.#blobs.has(descriptor, options)
  }

  async fetch(descriptor: Descriptor, options?: OperationOptions): Promise<AsyncIterable<Uint8Array>> {
    return await this.#blobs.open(descriptor, options)
  }

  /** @throws ChartroomError `integrity`, `disk-full`; nothing has been stored then */
  async push(descriptor: Descriptor, content: Content, options?: OperationOptions): Promise<void> {
    await this.#blobs.add(descriptor, content, options)
  }

  /** Stores content of which nothing is known yet; its descriptor says what it was. */
  async ingest(
    mediaType: string,
    content: AsyncIterable<Uint8Array>,
    options?: OperationOptions,
  ): Promise<Descriptor> {
    return { mediaType, ...(await this.#blobs.ingest(content, options)) }
  }

  /** Stores a manifest as a blob. It can be found by name only after `tag`. */
  async storeManifest({ descriptor, bytes }: RawManifest, options?: OperationOptions): Promise<void> {
    await this.push(descriptor, () => Readable.from([bytes]), options)
  }

  /**
   * The manifest that a name, or the digest of an entry, means.
   * @throws ChartroomError `not-found`; `integrity` where the manifest is damaged; `store-corrupt`
   */
  async resolve(name: string, options?: OperationOptions): Promise<RawManifest> {
    const index = await this.readIndex(options)
    const entry = isDigest(name)
      ? index.entries.find(({ descriptor }) => descriptor?.digest === name)
      : findEntry(index, name)
    if (entry === undefined) {
      throw new ChartroomError('not-found', { message: `${name} is not in ${this.root}.`, reference: name })
    }
    return await this.readManifest(entry, options)
  }

  /**
   * The manifest of an entry, verified.
   * @throws ChartroomError `integrity` where the entry or the manifest is damaged, `not-found` where it is missing
   */
  async readManifest(entry: IndexEntry, options?: OperationOptions): Promise<RawManifest> {
    const { descriptor, name = descriptor?.digest ?? 'an entry without a name', problem } = entry
    if (descriptor === undefined) {
      throw new ChartroomError('integrity', {
        message: problem ?? `The entry of ${name} cannot be used.`,
        reference: name,
      })
    }
    const { digest, size } = descriptor
    if (size > maxManifestSize) throw oversized(name, size)
    if ((await this.factsOf(descriptor)) === undefined) {
      throw new ChartroomError('not-found', {
        message: `The manifest of ${name} is missing: there is no ${this.#blobs.pathOf(digest)}.`,
        reference: name,
        digest,
      })
    }
    const content = await this.fetch(descriptor, options)
    return { descriptor, bytes: await readVerified(content, descriptor, `The manifest of ${name}`) }
  }

  /**
   * Stores a manifest and names it with `org.opencontainers.image.ref.name`. A digest as name adds an entry without
   * one, unless the index has the manifest already.
   */
  async tag(manifest: RawManifest, name: string, options?: OperationOptions): Promise<void> {
    await this.storeManifest(manifest, options)
    const { descriptor } = manifest
    await this.change((index) => {
      if (!isDigest(name)) return withEntry(index, entryFor(descriptor, name))
      const known = index.entries.some((entry) => entry.descriptor?.digest === descriptor.digest)
      return known ? index : { ...index, entries: [...index.entries, entryFor(descriptor)] }
    }, options)
  }

  /** Size in bytes and time of last change (milliseconds since 1970) of a blob; `undefined` where it is missing. */
  async factsOf({ digest }: Pick<Descriptor, 'digest'>): Promise<BlobFacts | undefined> {
    const facts = await this.#blobs.factsOf(digest)
    return facts?.kind === 'file' ? facts : undefined
  }

  /**
   * The index; empty where there is none yet. A file that another program is just writing is read again for half a
   * second.
   * @throws ChartroomError `store-corrupt`, `too-large`
   */
  async readIndex(options?: OperationOptions): Promise<IndexFile> {
    return await this.#index.read(options)
  }

  /**
   * Changes the index: read under the lock, edited, written aside, and begun anew where another program changed the
   * file in between. An unreadable index is never overwritten.
   *
   * @param edit may run several times; where it returns the index it was given, nothing is written
   * @throws ChartroomError `store-corrupt`, `store-locked`, `disk-full`, `unsupported`; the file system's own errors
   */
  async change(edit: (index: IndexFile) => IndexFile, options?: OperationOptions): Promise<void> {
    await this.#index.change(edit, options)
  }

  /** Calls back soon after the index changed, whoever changed it. `onError` hears why watching got slow. */
  watch(onChange: () => void, onError: (error: unknown) => void): { close(): void } {
    return watchIndex(this.root, onChange, onError)
  }
}

export interface BlobFacts {
  readonly size: number
  readonly modified: number
  readonly changed: number
  readonly inode: number
}

function oversized(name: string, size: number): ChartroomError {
  return new ChartroomError('too-large', {
    message: `The manifest of ${name} should have ${size} bytes; more than ${maxManifestSize} are not read.`,
    reference: name,
    expected: maxManifestSize,
    actual: size,
  })
}
