import { dirname, join, sep } from 'node:path'
import { ChartroomError, messageOf } from '../base/errors.ts'
import {
  factsOf,
  fingerprintOf,
  linkTargetOf,
  makeMissingDirectory,
  moveOver,
  readChunks,
  removeFile,
  syncDirectory,
  touch,
  writeNew,
  type FileFacts,
  type LimitedFile,
} from '../base/files.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import { algorithmOf, Digester, hexOf, type Digest } from '../oci/digest.ts'
import type { Content } from '../oci/target.ts'
import { verified } from '../oci/verify.ts'
import type { OperationOptions } from '../base/progress.ts'
import { clearTemporaries, temporaryFile } from '../base/temporaries.ts'

/** Blobs of Helm 3.0-3.6 are read-only; on Windows, where that would keep them from being replaced, they are not. */
const blobMode = process.platform === 'win32' ? 0o644 : 0o444

/** A descriptor without its type, which blobs do not have. */
type Blob = Pick<Descriptor, 'digest' | 'size'>

/** The blobs of one or several layouts: files under their digests, written aside and verified before they get there. */
export class Blobs {
  readonly #directory: string
  #cleared = false
  /** Blobs found sound, by the facts that would change with their content. */
  readonly #sound = new Map<Digest, string>()

  constructor(directory: string) {
    this.#directory = directory
  }

  /** The path of a blob. A `Digest` has been checked, so it cannot lead out of the directory. */
  pathOf(digest: Digest): string {
    // Joining paths properly takes longer than looking at the file.
    return `${this.#directory}${sep}${algorithmOf(digest)}${sep}${hexOf(digest)}`
  }

  /** What is at the path of a blob, by a look at the directory alone. */
  async factsOf(digest: Digest): Promise<FileFacts | undefined> {
    return await factsOf(this.pathOf(digest))
  }

  /** The file of a blob, for `readEach`: of more than it should have, one byte, so that this shows. Nothing is verified. */
  fileOf({ digest, size }: Blob): LimitedFile {
    return { path: this.pathOf(digest), limit: size + 1 }
  }

  /** The same, only to be looked at. */
  placeOf(digest: Digest): LimitedFile {
    return { path: this.pathOf(digest), limit: 0 }
  }

  /** Whether the blob is there and hashes to its digest. Hashed once for as long as the file stays the same. */
  async has({ digest, size }: Blob, { signal }: OperationOptions = {}): Promise<boolean> {
    const facts = await this.factsOf(digest)
    if (facts?.kind !== 'file' || facts.size !== size) return false
    if (this.#sound.get(digest) === fingerprintOf(facts)) return true
    const digester = new Digester(algorithmOf(digest))
    for await (const chunk of readChunks(this.pathOf(digest), signal)) digester.update(chunk)
    if (digester.digest() !== digest) return false
    this.#sound.set(digest, fingerprintOf(facts))
    return true
  }

  /**
   * Opens a blob.
   * @throws ChartroomError `not-found`
   */
  async open({ digest }: Blob, { signal }: OperationOptions = {}): Promise<AsyncIterable<Uint8Array>> {
    const path = this.pathOf(digest)
    if ((await factsOf(path))?.kind === 'file') return readChunks(path, signal)
    throw new ChartroomError('not-found', {
      message: `The blob ${digest} is missing: there is no file ${path}.`,
      digest,
      path,
    })
  }

  /**
   * Stores a blob, unless it is there and sound. A damaged file in its place is replaced.
   * @throws ChartroomError `integrity`, when nothing has been stored
   */
  async add(descriptor: Descriptor, content: Content, options: OperationOptions = {}): Promise<void> {
    if (await this.has(descriptor, options)) return
    const temporary = await temporaryFile(await this.#aside(options))
    await writeNew(temporary, opened(content, descriptor), { mode: blobMode, signal: options.signal })
    await this.#commit(temporary, descriptor.digest)
  }

  /** Stores content of which nothing is known yet, and says what it was. */
  async ingest(content: AsyncIterable<Uint8Array>, options: OperationOptions = {}): Promise<Blob> {
    const digester = new Digester()
    const temporary = await temporaryFile(await this.#aside(options))
    const size = await writeNew(temporary, hashed(content, digester), {
      mode: blobMode,
      signal: options.signal,
    })
    const blob = { digest: digester.digest(), size }
    await removingOnFailure(temporary, async () => {
      if (await this.has(blob, options)) await removeFile(temporary)
      else await this.#commit(temporary, blob.digest)
    })
    return blob
  }

  /** Gives a complete and verified temporary file the name of its digest. */
  async #commit(temporary: string, digest: Digest): Promise<void> {
    const path = this.pathOf(digest)
    await removingOnFailure(temporary, async () => {
      await makeMissingDirectory(dirname(path))
      // Lists show this time as the time of saving.
      await touch(temporary)
      await moveOver(temporary, path)
    })
    await syncDirectory(dirname(path))
    const facts = await this.factsOf(digest)
    if (facts !== undefined) this.#sound.set(digest, fingerprintOf(facts))
  }

  /** The directory for temporary files, on the file system of the blobs. Clears it when it is first asked for. */
  async #aside({ log }: OperationOptions): Promise<string> {
    const aside = join(await besideBlobs(this.#directory), 'tmp')
    await makeMissingDirectory(aside)
    if (this.#cleared) return aside
    this.#cleared = true
    try {
      await clearTemporaries(aside)
    } catch (error) {
      log?.debug(`could not clear ${aside}: ${messageOf(error)}`)
    }
    return aside
  }
}

/**
 * Where Chartroom keeps what is about blobs: on their file system, also where their directory is a link to another one.
 * @throws ChartroomError `store-corrupt` where the link leads nowhere, for example because a disk is not mounted
 */
export async function besideBlobs(directory: string): Promise<string> {
  const target = await linkTargetOf(directory)
  if (target !== undefined && (await factsOf(target)) === undefined) {
    throw new ChartroomError('store-corrupt', {
      message: `${directory} is a link to ${target}, which is not there, so no chart can be read or stored.`,
      advice: 'Connect the disk that it lies on, or remove the link.',
      path: directory,
    })
  }
  return join(dirname(target ?? directory), '.chartroom')
}

async function removingOnFailure(temporary: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    await removeFile(temporary)
    throw error
  }
}

/** Opens the content only when somebody begins to read it, so that it is closed by whoever began. */
async function* opened(content: Content, descriptor: Descriptor): AsyncGenerator<Uint8Array> {
  yield* verified(await content(), descriptor, `The content of ${descriptor.digest}`)
}

async function* hashed(content: AsyncIterable<Uint8Array>, digester: Digester): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    digester.update(chunk)
    yield chunk
  }
}
