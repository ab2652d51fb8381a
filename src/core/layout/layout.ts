import { join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { ChartroomError } from '../base/errors.ts'
import { readEach, type FileStart, type FileState, type FileWork, type LimitedFile } from '../base/files.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import { isDigest, type Digest } from '../oci/digest.ts'
import { maxManifestSize, type RawManifest } from '../oci/manifest.ts'
import type { Content, Target } from '../oci/target.ts'
import { verify } from '../oci/verify.ts'
import { onlyValueIn } from '../base/outcome.ts'
import type { OperationOptions } from '../base/progress.ts'
import { Blobs } from './blobs.ts'
import { entryFor, findEntry, withEntry, type IndexEntry, type IndexFile } from './indexFile.ts'
import { IndexStore, type IndexEdit, type JournalledIndex } from './indexStore.ts'
import type { Journal } from './journal.ts'
import { withLease } from './leases.ts'
import { watchIndex } from './watch.ts'

export interface LayoutOptions {
  /** The directory that holds `sha256/…`; by default `blobs` in the layout. Several layouts may share one. */
  readonly blobs?: string
  /** Keeps what is added and removed, where other programs may drop entries. */
  readonly journal?: Journal
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

  constructor(root: string, { blobs = join(root, 'blobs'), journal }: LayoutOptions = {}) {
    this.root = resolve(root)
    this.#blobs = new Blobs(resolve(blobs))
    this.#index = new IndexStore(this.root, journal)
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
  async readManifest(
    entry: IndexEntry,
    { signal }: OperationOptions = {},
  ): Promise<RawManifest & StoredPart> {
    const wanted = manifestOf(entry)
    const outcomes = await readEach([wanted], (part) => this.#copyOf(part), signal)
    return { descriptor: wanted.descriptor, ...onlyValueIn(outcomes) }
  }

  *#copyOf(wanted: WantedPart): FileWork<StoredPart> {
    const { bytes, facts } = this.part(yield this.fileOf(wanted.descriptor), wanted)
    return { bytes: Buffer.from(bytes), facts }
  }

  /** The file of a manifest or a config, for `readEach`; what comes of it goes to `part`. */
  fileOf(descriptor: Descriptor): LimitedFile {
    return this.#blobs.fileOf(descriptor)
  }

  /** The file of a blob, for `readEach`, only to be looked at. */
  placeOf(digest: Digest): LimitedFile {
    return this.#blobs.placeOf(digest)
  }

  /**
   * A manifest or a config as it was read, verified.
   * @throws ChartroomError `not-found`, `integrity`
   */
  part(start: FileStart | undefined, wanted: WantedPart): StoredPart {
    const { descriptor, part, name } = wanted
    if (start === undefined) throw partMissing(wanted, this.#blobs.pathOf(descriptor.digest))
    verify(start.bytes, descriptor, `The ${part} of ${name}`, start.facts.size)
    return start
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
   * @throws ChartroomError `store-corrupt`, `store-locked`, `disk-full`, `unsupported`; the file system's own errors
   */
  async change(edit: IndexEdit, options?: OperationOptions): Promise<void> {
    await this.#index.change(edit, options)
  }

  /**
   * The index, and what the journal says that was added to it and dropped by other programs since, whether or not its blobs are there.
   * @throws ChartroomError `store-corrupt` where the index cannot be read
   */
  async look(options?: OperationOptions): Promise<JournalledIndex> {
    return await this.#index.look(options)
  }

  /** Lets names go, so that `look` does not tell about them again. */
  async forget(names: readonly string[], options?: OperationOptions): Promise<void> {
    await this.#index.forget(names, options)
  }

  /** Runs work that stores blobs which an entry of the index will need at its end: until then nobody sweeps them. */
  async whileStoring<Result>(work: () => Promise<Result>): Promise<Result> {
    return await withLease(this.root, work)
  }

  /** Calls back soon after the index changed, whoever changed it. `onError` hears why watching got slow. */
  watch(onChange: () => void, onError: (error: unknown) => void): { close(): void } {
    return watchIndex(this.root, onChange, onError)
  }
}

/** A manifest or a config that is to be read. */
export interface WantedPart {
  readonly descriptor: Descriptor
  readonly part: 'manifest' | 'config'
  /** What it belongs to, in errors. */
  readonly name: string
}

/** The bytes of a small blob, with what was known of its file when it was opened. */
export interface StoredPart {
  readonly bytes: Buffer
  readonly facts: BlobFacts
}

export type BlobFacts = FileState

/**
 * @param what names the entry in errors
 * @throws ChartroomError `integrity` where the entry names none; `too-large` where it is not read
 */
export function manifestOf({ descriptor, name, problem }: IndexEntry, what = name): WantedPart {
  what ??= descriptor?.digest ?? 'an entry without a name'
  if (descriptor === undefined) {
    throw new ChartroomError('integrity', {
      message: problem ?? `The entry of ${what} cannot be used.`,
      reference: what,
    })
  }
  if (descriptor.size > maxManifestSize) throw oversized(what, descriptor.size)
  return { descriptor, part: 'manifest', name: what }
}

function partMissing({ descriptor: { digest }, part, name }: WantedPart, path: string): ChartroomError {
  return new ChartroomError('not-found', {
    message: `The ${part} of ${name} is missing: there is no ${path}.`,
    reference: name,
    digest,
  })
}

function oversized(name: string, size: number): ChartroomError {
  return new ChartroomError('too-large', {
    message: `The manifest of ${name} should have ${size} bytes; more than ${maxManifestSize} are not read.`,
    reference: name,
    expected: maxManifestSize,
    actual: size,
  })
}
