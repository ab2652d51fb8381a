/**
 * The only door to the file system for store, credentials, charts and export.
 *
 * Everything that changes the disk goes through `step`, so that a test can count the changes, fail one of them or end
 * the process before it. Nothing here knows what a file means.
 */
import * as fs from 'node:fs'
import { constants, createReadStream, watch as watchNode, type FSWatcher, type Stats } from 'node:fs'
import {
  access,
  chmod,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  rmdir,
  unlink,
  utimes,
} from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { bytewise } from './bytewise.ts'
import { ChartroomError } from './errors.ts'
import { renameOnWindows } from './renameOnWindows.ts'

export type FileStep =
  | 'makeDirectory'
  | 'create'
  | 'write'
  | 'sync'
  | 'rename'
  | 'link'
  | 'remove'
  | 'removeTree'
  | 'syncDirectory'
  | 'touch'

/** What a change does, where its kind and its path do not say it all. */
export interface StepDetail {
  /** Where a rename or a link comes from. */
  readonly from?: string
  /** What is written behind all that the file has. */
  readonly bytes?: Uint8Array
}

/** Called before each change of the disk; what it throws is what the change fails with. */
export type StepObserver = (step: FileStep, path: string, detail: StepDetail) => void | Promise<void>

let observer: StepObserver | undefined

/** Lets a test see every change before it happens. One observer at a time; returns the way to stop. */
export function observeSteps(next: StepObserver): () => void {
  observer = next
  return () => {
    observer = undefined
  }
}

async function step(kind: FileStep, path: string, detail: StepDetail = {}): Promise<void> {
  await observer?.(kind, path, detail)
}

export interface FileFacts {
  readonly kind: 'file' | 'directory' | 'link' | 'other'
  readonly size: number
  /** Milliseconds since 1970. */
  readonly modified: number
  readonly changed: number
  readonly inode: number
  readonly mode: number
}

/** What is at a path, following links; `undefined` where nothing is. */
export async function factsOf(path: string): Promise<FileFacts | undefined> {
  try {
    return facts(await reading.stat(path))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** What changes with a file's content, as one text; empty where there is no file. */
export function fingerprintOf(facts: FileFacts | undefined): string {
  return facts === undefined ? '' : `${facts.inode} ${facts.size} ${facts.modified} ${facts.changed}`
}

/** Whether nothing tells that a file has changed. */
export function isSameFile(before: FileState | undefined, now: FileState | undefined): boolean {
  return (
    before?.inode === now?.inode &&
    before?.size === now?.size &&
    before?.modified === now?.modified &&
    before?.changed === now?.changed
  )
}

/** What changes with a file's content. */
type FileState = Pick<FileFacts, 'inode' | 'size' | 'modified' | 'changed'>

/** What is at a path itself, not following a link; `undefined` where nothing is. */
export async function ownFactsOf(path: string): Promise<FileFacts | undefined> {
  return await unlessMissing(async () => facts(await lstat(path)))
}

/** The path with every link resolved. */
export async function realPathOf(path: string): Promise<string> {
  return await realpath(path)
}

/** Whether this process may write to a path, as far as its mode and its file system say. */
export async function isWritable(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK)
    return true
  } catch (error) {
    if (['EACCES', 'EROFS', 'EPERM'].includes(codeOf(error) ?? '')) return false
    throw error
  }
}

/** Where a link leads, whether or not something is there; `undefined` where the path is no link. */
export async function linkTargetOf(path: string): Promise<string | undefined> {
  if ((await ownFactsOf(path))?.kind !== 'link') return undefined
  return (await unlessMissing(() => realpath(path))) ?? resolve(dirname(path), await readlink(path))
}

/** Names in a directory, sorted bytewise; empty where the directory does not exist. */
export async function namesIn(directory: string): Promise<string[]> {
  const names = (await unlessMissing(() => readdir(directory))) ?? []
  return bytewise(names, (name) => name)
}

/**
 * Opens a file as a stream of chunks. Fails on the first read where the file is missing.
 * @param range the first and the last byte to read, counted from 0
 */
export async function* readChunks(
  path: string,
  signal?: AbortSignal,
  range: { readonly start?: number; readonly end?: number } = {},
): AsyncGenerator<Buffer> {
  // The signal is asked and not listened to: one signal may go with hundreds of files.
  for await (const chunk of createReadStream(path, { highWaterMark: 64 * 1024, ...range })) {
    signal?.throwIfAborted()
    yield chunk as Buffer
  }
}

/**
 * Reads a file to its end through one buffer, which takes a fraction of the time of a stream.
 *
 * @param work gets every piece; its bytes are good until it returns
 */
export async function readPieces(
  path: string,
  work: (piece: Uint8Array) => void,
  signal?: AbortSignal,
): Promise<void> {
  const handle = await open(path, constants.O_RDONLY | atOnce)
  try {
    const buffer = Buffer.allocUnsafe(512 * 1024)
    for (;;) {
      signal?.throwIfAborted()
      const { bytesRead } = await handle.read(buffer, 0, buffer.length)
      if (bytesRead === 0) return
      work(buffer.subarray(0, bytesRead))
    }
  } finally {
    await handle.close()
  }
}

/** Does not wait for somebody who writes to a pipe. Windows has no such pipes and no such flag. */
const atOnce = process.platform === 'win32' ? 0 : constants.O_NONBLOCK

/** The beginning of a file, with what was known of the file when it was opened. */
export interface FileStart {
  readonly bytes: Buffer
  readonly facts: FileFacts
}

/**
 * Reads a small file whole.
 * @param limit bytes; a larger file is `too-large`
 * @returns `undefined` where the file does not exist
 * @throws ChartroomError `store-corrupt` where something else than a file is there, such as a pipe, which might never end
 */
export async function readSmall(
  path: string,
  limit: number,
  signal?: AbortSignal,
): Promise<Buffer | undefined> {
  const start = await readStart(path, limit + 1, signal)
  if (start === undefined || start.bytes.length <= limit) return start?.bytes
  throw new ChartroomError('too-large', {
    message: `${path} is larger than ${limit} bytes.`,
    path,
    expected: limit,
  })
}

/**
 * Reads as many bytes of a file as it has, but no more than a limit. The facts are those of the very file that was read.
 * @returns `undefined` where the file does not exist
 * @throws ChartroomError `store-corrupt` where something else than a file is there
 */
export async function readStart(
  path: string,
  limit: number,
  signal?: AbortSignal,
): Promise<FileStart | undefined> {
  const file = await opened(path)
  if (file === undefined) return undefined
  try {
    const known = facts(await reading.fstat(file))
    // A directory says what it is when it is read.
    if (known.kind === 'other') throw notAFile(path)
    const chunks: Buffer[] = []
    let left = limit
    for (let expected = known.size; left > 0;) {
      signal?.throwIfAborted()
      // One byte more than there should be, so that one read tells that there is no more. Files under /proc have no size.
      const buffer = Buffer.allocUnsafe(Math.min(expected > 0 ? expected + 1 : 64 * 1024, left))
      const count = await reading.read(file, buffer)
      if (count === 0) break
      chunks.push(buffer.subarray(0, count))
      left -= count
      if (count === expected) break
      expected -= count
    }
    return { bytes: Buffer.concat(chunks), facts: known }
  } finally {
    await reading.close(file)
  }
}

async function opened(path: string): Promise<number | undefined> {
  try {
    return await reading.open(path, constants.O_RDONLY | atOnce)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** How the system is asked about files: with `await` in either case. */
interface Reading {
  stat(path: string): Stats | Promise<Stats>
  open(path: string, flags: number): number | Promise<number>
  fstat(file: number): Stats | Promise<Stats>
  /** Reads on where the last read ended; how many bytes there were. */
  read(file: number, buffer: Buffer): number | Promise<number>
  close(file: number): void | Promise<void>
}

/** On the threads of Node, so that nothing waits. With plain numbers for open files: objects take twice the time. */
const onThreads: Reading = {
  stat: promisify(fs.stat),
  open: promisify<string, number, number>(fs.open),
  fstat: promisify(fs.fstat),
  read: async (file, buffer) => (await readOnThread(file, buffer, 0, buffer.length, null)).bytesRead,
  close: promisify(fs.close),
}

const readOnThread = promisify(fs.read)

let reading = onThreads

/**
 * Makes this process wait for the disk itself where small files are read, which takes a third of the time. For a process with nobody
 * to keep waiting: a command line, never an editor.
 */
export function waitForSmallFiles(): void {
  let count = 0
  reading = {
    stat: fs.statSync,
    open: (path, flags) => {
      count += 1
      // Signals and timers get their turn now and then.
      return count % 64 === 0 ? turn().then(() => fs.openSync(path, flags)) : fs.openSync(path, flags)
    },
    fstat: fs.fstatSync,
    read: (file, buffer) => fs.readSync(file, buffer),
    close: fs.closeSync,
  }
}

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
}

/**
 * Writes a new file and syncs it to the disk. The file must not exist, links are not followed, and where anything fails
 * the file is gone again.
 *
 * @returns the number of bytes written
 */
export async function writeNew(
  path: string,
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { mode = 0o644, signal }: WriteOptions = {},
): Promise<number> {
  await step('create', path)
  const handle = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode)
  try {
    let size = 0
    for await (const chunk of content) {
      signal?.throwIfAborted()
      await writeAll(handle, chunk, path)
      size += chunk.length
    }
    signal?.throwIfAborted()
    await step('sync', path)
    await handle.sync()
    // A full disk can cut a write short without an error from the sync.
    const { size: written } = await handle.stat()
    if (written !== size) throw diskFull(path)
    await handle.close()
    return size
  } catch (error) {
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
    await writeAll(handle, bytes, path)
    if (!isSynced) return
    await step('sync', path)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function writeAll(handle: FileHandle, chunk: Uint8Array, path: string): Promise<void> {
  await step('write', path, { bytes: chunk })
  let offset = 0
  while (offset < chunk.length) {
    const { bytesWritten } = await handle.write(chunk, offset)
    if (bytesWritten === 0) throw diskFull(path)
    offset += bytesWritten
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

/** Calls back when something in a directory changes; `onError` when watching ends. The directory must exist. */
export function watchDirectory(
  path: string,
  onChange: (name: string | null) => void,
  onError: (error: Error) => void,
): FSWatcher {
  const watcher = watchNode(path, { persistent: false }, (_event, name) => {
    onChange(name)
  })
  watcher.on('error', onError)
  return watcher
}

function notAFile(path: string): ChartroomError {
  return new ChartroomError('store-corrupt', {
    message: `${path} is not read: it is a pipe or a device; it should be a file.`,
    advice: 'Move it away.',
    path,
  })
}

function diskFull(path: string): ChartroomError {
  return new ChartroomError('disk-full', { message: `There is no space left to write ${path}.`, path })
}

function facts(stats: Stats): FileFacts {
  return {
    kind: stats.isFile()
      ? 'file'
      : stats.isDirectory()
        ? 'directory'
        : stats.isSymbolicLink()
          ? 'link'
          : 'other',
    size: stats.size,
    modified: stats.mtimeMs,
    changed: stats.ctimeMs,
    inode: stats.ino,
    mode: stats.mode,
  }
}

async function unlessMissing<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await read()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** The system's code of an error, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
