import { constants } from 'node:fs'
import {
  chmod,
  link,
  mkdir,
  open,
  rename,
  rm,
  rmdir,
  unlink,
  utimes,
  type FileHandle,
} from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ChartroomError } from '../errors.ts'
import { renameOnWindows } from '../renameOnWindows.ts'
import { factsOf } from './facts.ts'
import { step } from './steps.ts'
import { codeOf, unlessMissing } from './systemCode.ts'

/** Makes a directory and those above it that are missing. */
export async function makeDirectory(path: string, mode = 0o755): Promise<void> {
  await step('makeDirectory', path)
  await makeEach(path, mode)
}

/** Not the recursive `mkdir` of Node, which says of a read-only disk that something is missing. */
async function makeEach(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, { mode })
  } catch (error) {
    const isMissing = codeOf(error) === 'ENOENT'
    if (!isMissing && (await factsOf(path))?.kind !== 'directory') throw error
    if (!isMissing) return
    await makeEach(dirname(path), mode)
    await makeEach(path, mode)
  }
}

/**
 * The same, so that they survive a power loss.
 * @returns the highest one that it made; `undefined` where all were there
 */
export async function makeMissingDirectory(path: string, mode?: number): Promise<string | undefined> {
  if ((await factsOf(path)) !== undefined) return undefined
  const highest = await makeMissingDirectory(dirname(path), mode)
  await makeDirectory(path, mode)
  await syncDirectory(dirname(path))
  return highest ?? path
}

/** Removes a directory that must be empty; fails with `ENOTEMPTY` where it is not. */
export async function removeEmptyDirectory(path: string): Promise<void> {
  await step('remove', path)
  await rmdir(path)
}

/** Makes a directory that must not exist yet. */
export async function makeNewDirectory(path: string, mode: number): Promise<void> {
  await step('makeDirectory', path)
  await mkdir(path, { mode })
}

export interface WriteOptions {
  readonly mode?: number
  readonly signal?: AbortSignal | undefined
  /** Whether the bytes have to be on the disk before this returns; by default they do. */
  readonly isSynced?: boolean
}

/**
 * Writes a new file, and syncs it to the disk unless told otherwise. The file must not exist, links are not followed, and where anything fails
 * the file is gone again.
 *
 * @returns the number of bytes written
 */
export async function writeNew(
  path: string,
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { mode = 0o644, signal, isSynced = true }: WriteOptions = {},
): Promise<number> {
  await step('create', path)
  const handle = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode)
  const batches = new Batches(handle, path)
  try {
    let size = 0
    for await (const chunk of content) {
      signal?.throwIfAborted()
      await batches.take(chunk)
      size += chunk.length
    }
    signal?.throwIfAborted()
    await batches.end()
    if (isSynced) {
      await step('sync', path)
      await handle.sync()
    }
    // A full disk can cut a write short without an error from the sync.
    const { size: written } = await handle.stat()
    if (written !== size) throw diskFull(path)
    await handle.close()
    return size
  } catch (error) {
    await batches.settled()
    await handle.close()
    await removeFile(path)
    throw error
  }
}

/**
 * Writes at the end of a file, which must exist. Where that fails half-way, a part of the bytes stays there.
 * @param isSynced whether the bytes have to be on the disk before this returns
 */
export async function appendTo(path: string, bytes: Uint8Array, isSynced: boolean): Promise<void> {
  const handle = await open(path, constants.O_WRONLY | constants.O_APPEND)
  try {
    await writeAll(handle, [bytes], path)
    if (!isSynced) return
    await step('sync', path)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function writeAll(handle: FileHandle, chunks: readonly Uint8Array[], path: string): Promise<void> {
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

/** Bytes and chunks that are written with one call of the system. */
const batchSize = 512 * 1024
const batchCount = 256

/** Writes small chunks together, and while the next ones come. */
class Batches {
  readonly #handle: FileHandle
  readonly #path: string
  #chunks: Uint8Array[] = []
  #size = 0
  #writing: Promise<void> = Promise.resolve()

  constructor(handle: FileHandle, path: string) {
    this.#handle = handle
    this.#path = path
  }

  async take(chunk: Uint8Array): Promise<void> {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    if (this.#size >= batchSize || this.#chunks.length >= batchCount) await this.#write()
  }

  async end(): Promise<void> {
    if (this.#size > 0) await this.#write()
    await this.#writing
  }

  /** Waits for what is being written, whatever becomes of it. */
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

/**
 * Replaces a file so that everybody sees either the old or the new content: written aside, synced, renamed.
 * @param temporary a new name on the same file system
 */
export async function replaceFile(
  path: string,
  content: Uint8Array,
  temporary: string,
  options: WriteOptions = {},
): Promise<void> {
  await writeNew(temporary, [content], options)
  try {
    await moveOver(temporary, path)
  } catch (error) {
    await removeFile(temporary)
    throw error
  }
  if (options.isSynced !== false) await syncDirectory(dirname(path))
}

/** Gives a file or directory another name; a file that has the name is replaced. */
export async function moveOver(from: string, to: string): Promise<void> {
  await step('rename', to, { from })
  if (process.platform === 'win32') await renameOnWindows(from, to, { rename, chmod, delay })
  else await rename(from, to)
}

/** Gives a file a second name. `false` where the name is taken. */
export async function linkNew(from: string, to: string): Promise<boolean> {
  await step('link', to, { from })
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Removes a file; it is no error where there is none. */
export async function removeFile(path: string): Promise<void> {
  await step('remove', path)
  await unlessMissing(() => unlink(path))
}

/** Removes a directory with everything in it; it is no error where there is none. */
export async function removeTree(path: string): Promise<void> {
  await step('removeTree', path)
  await rm(path, { recursive: true, force: true })
}

/** Sets a file's times to now. */
export async function touch(path: string): Promise<void> {
  await step('touch', path)
  const now = new Date()
  await utimes(path, now, now)
}

/** Makes a rename in a directory survive a power loss, where the system can. */
export async function syncDirectory(path: string): Promise<void> {
  await step('syncDirectory', path)
  if (process.platform === 'win32') return
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } catch (error) {
    // Some network file systems cannot sync a directory; the rename itself has happened.
    if (!['EPERM', 'EINVAL', 'EISDIR', 'ENOTSUP'].includes(codeOf(error) ?? '')) throw error
  } finally {
    await handle.close()
  }
}

function diskFull(path: string): ChartroomError {
  return new ChartroomError('disk-full', { message: `There is no space left to write ${path}.`, path })
}
