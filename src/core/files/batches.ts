import type { FileHandle } from 'node:fs/promises'
import { ChartroomError } from '../errors.ts'
import { step } from './steps.ts'

/** Bytes and chunks that are written with one call of the system. */
const batchSize = 512 * 1024
const batchCount = 256

/** Bytes after which the disk begins with what it has, so that little is left for the sync at the end. */
const ample = 8 * 1024 * 1024

/** Writes the small chunks of a new file together, and while the next ones come. */
export class Batches {
  readonly #handle: FileHandle
  readonly #path: string
  readonly #isSynced: boolean
  #chunks: Uint8Array[] = []
  #size = 0
  #writing: Promise<void> = Promise.resolve()
  #unsynced = 0
  #syncing: Promise<void> = Promise.resolve()

  /** @param isSynced whether the file is going to be synced */
  constructor(handle: FileHandle, path: string, isSynced: boolean) {
    this.#handle = handle
    this.#path = path
    this.#isSynced = isSynced
  }

  /** @param chunk must stay as it is until `end` */
  async take(chunk: Uint8Array): Promise<void> {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    if (this.#size >= batchSize || this.#chunks.length >= batchCount) await this.#write()
  }

  /** Waits until everything is written, not until it is synced. */
  async end(): Promise<void> {
    if (this.#size > 0) await this.#write()
    await Promise.all([this.#writing, this.#syncing])
  }

  /** Waits for what is under way, whatever becomes of it. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.#writing, this.#syncing])
  }

  /** Begins to write when what came before is written. */
  async #write(): Promise<void> {
    const chunks = this.#chunks
    const size = this.#size
    this.#chunks = []
    this.#size = 0
    await this.#writing
    if (this.#isSynced && this.#unsynced >= ample) await this.#sync()
    this.#writing = writeAll(this.#handle, chunks, this.#path)
    this.#unsynced += size
    // Whoever writes next or ends hears of it.
    this.#writing.catch(() => undefined)
  }

  /** Begins to sync when the last sync is through. An error is told once only, so none may be lost. */
  async #sync(): Promise<void> {
    await this.#syncing
    this.#unsynced = 0
    this.#syncing = this.#handle.datasync()
    this.#syncing.catch(() => undefined)
  }
}

/** Writes chunks one behind the other to the end. */
export async function writeAll(
  handle: FileHandle,
  chunks: readonly Uint8Array[],
  path: string,
): Promise<void> {
  for (const bytes of chunks) await step('write', path, { bytes })
  let left = chunks
  while (left.length > 0) {
    const { bytesWritten } = await handle.writev(left)
    if (bytesWritten === 0 && left.some(({ length }) => length > 0)) throw diskFull(path)
    left = behind(left, bytesWritten)
  }
}

/** What is left of chunks of which so many bytes are done. */
function behind(chunks: readonly Uint8Array[], done: number): Uint8Array[] {
  let start = 0
  return chunks.flatMap((chunk) => {
    const rest = chunk.subarray(Math.max(0, done - start))
    start += chunk.length
    return rest.length === 0 ? [] : [rest]
  })
}

export function diskFull(path: string): ChartroomError {
  return new ChartroomError('disk-full', { message: `There is no space left to write ${path}.`, path })
}
