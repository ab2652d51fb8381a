import { randomUUID } from 'node:crypto'
import { makeMissingDirectory, readChunks, removeFile, writeNew } from '../core/base/files.ts'
import { clearTemporaries, temporaryFile } from '../core/base/temporaries.ts'
import { RegistryError } from './registryError.ts'

/** A blob on its way in. Its parts are files of their own, so that one that breaks off leaves the others whole. */
export interface Upload {
  readonly id: string
  readonly repository: string
  /** Bytes received so far. */
  readonly size: number
}

interface OpenUpload extends Upload {
  size: number
  readonly parts: string[]
  isBusy: boolean
}

/** The uploads that are open. They end with the process; what one that was killed left is removed at the next start. */
export class Uploads {
  readonly #directory: string
  readonly #open = new Map<string, OpenUpload>()

  constructor(directory: string) {
    this.#directory = directory
  }

  start(repository: string): Upload {
    const upload = { id: randomUUID(), repository, size: 0, parts: [], isBusy: false }
    this.#open.set(upload.id, upload)
    return upload
  }

  /** @throws RegistryError `BLOB_UPLOAD_UNKNOWN` where it was never started there, or has ended */
  find(id: string, repository: string): Upload {
    return this.#find(id, repository)
  }

  /**
   * Adds a part. Where the body breaks off, the upload stays as it was before.
   * @throws RegistryError `BLOB_UPLOAD_INVALID` where another request is adding one
   */
  async append({ id, repository }: Upload, body: AsyncIterable<Uint8Array>): Promise<void> {
    const upload = this.#find(id, repository)
    if (upload.isBusy) {
      throw new RegistryError('BLOB_UPLOAD_INVALID', 'Another request is adding to this upload.', {
        status: 409,
      })
    }
    upload.isBusy = true
    try {
      await makeMissingDirectory(this.#directory)
      const part = await temporaryFile(this.#directory)
      const size = await writeNew(part, body)
      upload.parts.push(part)
      upload.size += size
    } finally {
      upload.isBusy = false
    }
    // Cancelled while the part arrived.
    if (!this.#open.has(id)) await this.#remove(upload)
  }

  /** Opens what was received. */
  async *read({ id, repository }: Upload): AsyncGenerator<Uint8Array> {
    for (const part of this.#find(id, repository).parts) yield* readChunks(part)
  }

  /** Forgets an upload and what was received. */
  async end({ id }: Upload): Promise<void> {
    const upload = this.#open.get(id)
    this.#open.delete(id)
    if (upload !== undefined) await this.#remove(upload)
  }

  /** Removes what processes that have ended left behind. */
  async clear(): Promise<void> {
    await clearTemporaries(this.#directory)
  }

  /** Ends all. */
  async close(): Promise<void> {
    for (const upload of [...this.#open.values()]) await this.end(upload)
  }

  #find(id: string, repository: string): OpenUpload {
    const upload = this.#open.get(id)
    if (upload?.repository === repository) return upload
    throw new RegistryError(
      'BLOB_UPLOAD_UNKNOWN',
      `There is no upload ${JSON.stringify(id)} in ${repository}.`,
    )
  }

  async #remove(upload: OpenUpload): Promise<void> {
    for (const part of upload.parts.splice(0)) await removeFile(part)
  }
}
