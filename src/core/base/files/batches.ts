import type { FileHandle } from 'node:fs/promises'
import { ChartroomError } from '../errors.ts'
import { step } from './steps.ts'

/** Bytes and chunks that are written with one call of the system. */
const batchSize = 512 * 1024
const batchCount = 256

/** Writes the small chunks of a new file together, and while the next ones come. */
export class Batches {
  readonly #handle: FileHandle
  readonly #path: string
  #chunks: Uint8Array[] = []
  #size = 0
  #writing: Promise<void> = Promise.resolve()

  constructor(handle: FileHandle, path: string) {
    this.#handle = handle
    this.#path = path
  }

  /** @param chunk must stay as it is until `end` */
  async take(chunk: Uint8Array): Promise<void> {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    if (this.#size >= batchSize || this.#chunks.length >= batchCount) await this.#write()
  }

  /** Waits until everything is written. */
  async end(): Promise<void> {
    if (this.#size > 0) await this.#write()
    await this.#writing
  }

  /** Waits for what is under way, whatever becomes of it. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.#writing])
  }

  /** Begins to write when what came before is written. */
  async #write(): Promise<void> {
    const chunks = this.#chunks
    this.#chunks = []
    this.#size = 0
    await this.#writing
    this.#writing = writeAll(this.#handle, chunks, this.#path)
    // Whoever writes next or ends hears of it.
    this.#writing.catch(() => undefined)
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
