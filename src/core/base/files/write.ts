import { constants, promises as fs } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { renameOnWindows } from '../renameOnWindows.ts'
import { Batches, diskFull, writeAll } from './batches.ts'
import { factsOf } from './facts.ts'
import { small } from './smallFiles.ts'
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
    await fs.mkdir(path, { mode })
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
  await fs.rmdir(path)
}

/** Makes a directory that must not exist yet. */
export async function makeNewDirectory(path: string, mode: number): Promise<void> {
  await step('makeDirectory', path)
  await fs.mkdir(path, { mode })
}

const newFile = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL

export interface WriteOptions {
  readonly mode?: number
  readonly signal?: AbortSignal | undefined
}

/**
 * Writes a new file and syncs it to the disk. The file must not exist, links are not followed, and where anything fails the file is gone
 * again.
 *
 * @returns the number of bytes written
 */
export async function writeNew(
  path: string,
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { mode = 0o644, signal }: WriteOptions = {},
): Promise<number> {
  await step('create', path)
  const handle = await fs.open(path, newFile, mode)
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
    await step('sync', path)
    await handle.sync()
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
  const handle = await fs.open(path, constants.O_WRONLY | constants.O_APPEND)
  try {
    await writeAll(handle, [bytes], path)
    if (!isSynced) return
    await step('sync', path)
    await handle.sync()
  } finally {
    await handle.close()
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
  await syncDirectory(dirname(path))
}

/**
 * The same for a small file with which nothing is lost but time: it is in nobody's way for long, and a power loss may leave anything of it.
 * @param chunks what it shall hold, one behind the other
 */
export async function replaceLoosely(
  path: string,
  chunks: readonly Uint8Array[],
  temporary: string,
  signal?: AbortSignal,
): Promise<void> {
  await step('create', temporary)
  const file = await small.open(temporary, newFile, 0o644)
  try {
    try {
      for (const bytes of chunks) {
        signal?.throwIfAborted()
        await step('write', temporary, { bytes })
        for (let done = 0; done < bytes.length;) {
          const count = await small.write(file, bytes.subarray(done))
          if (count === 0) throw diskFull(temporary)
          done += count
        }
      }
    } finally {
      await small.close(file)
    }
    await moveOver(temporary, path)
  } catch (error) {
    await removeFile(temporary)
    throw error
  }
}

/** Gives a file or directory another name; a file that has the name is replaced. */
export async function moveOver(from: string, to: string): Promise<void> {
  await step('rename', to, { from })
  if (process.platform === 'win32')
    await renameOnWindows(from, to, { rename: fs.rename, chmod: fs.chmod, delay })
  else await small.rename(from, to)
}

/** Gives a file a second name. `false` where the name is taken. */
export async function linkNew(from: string, to: string): Promise<boolean> {
  await step('link', to, { from })
  try {
    await fs.link(from, to)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Removes a file; it is no error where there is none. */
export async function removeFile(path: string): Promise<void> {
  await step('remove', path)
  await unlessMissing(() => fs.unlink(path))
}

/** Removes a directory with everything in it; it is no error where there is none. */
export async function removeTree(path: string): Promise<void> {
  await step('removeTree', path)
  await fs.rm(path, { recursive: true, force: true })
}

/** Sets a file's times to now. */
export async function touch(path: string): Promise<void> {
  await step('touch', path)
  const now = new Date()
  await fs.utimes(path, now, now)
}

/** Makes a rename in a directory survive a power loss, where the system can. */
export async function syncDirectory(path: string): Promise<void> {
  await step('syncDirectory', path)
  if (process.platform === 'win32') return
  const handle = await fs.open(path, 'r')
  try {
    await handle.sync()
  } catch (error) {
    // Some network file systems cannot sync a directory; the rename itself has happened.
    if (!['EPERM', 'EINVAL', 'EISDIR', 'ENOTSUP'].includes(codeOf(error) ?? '')) throw error
  } finally {
    await handle.close()
  }
}
