import {
  closeSync,
  constants,
  createReadStream,
  fstatSync,
  openSync,
  promises as fs,
  readSync,
  statSync,
  type Stats,
} from 'node:fs'
import { ChartroomError } from '../errors.ts'
import { formatSize } from '../humanize.ts'
import { factsIn, type FileFacts } from './facts.ts'
import { small } from './smallFiles.ts'
import { codeOf, unlessMissing } from './systemCode.ts'

export interface ChunkOptions {
  /** The first and the last byte to read, counted from 0. */
  readonly start?: number
  readonly end?: number
  /** Bytes of a chunk; 64 KiB by default. Memory for a whole one is taken even for a file that is smaller. */
  readonly highWaterMark?: number
}

/** Opens a file as a stream of chunks. Fails on the first read where the file is missing. */
export async function* readChunks(
  path: string,
  signal?: AbortSignal,
  options: ChunkOptions = {},
): AsyncGenerator<Buffer> {
  // The signal is asked and not listened to: one signal may go with hundreds of files.
  for await (const chunk of createReadStream(path, { highWaterMark: 64 * 1024, ...options })) {
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
  const handle = await fs.open(path, constants.O_RDONLY | atOnce)
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
 * @throws ChartroomError `store-corrupt` where something else than a file is there: a directory, or a pipe, which might never end
 */
export async function readSmall(
  path: string,
  limit: number,
  signal?: AbortSignal,
): Promise<Buffer | undefined> {
  const start = await startOfFile(path, limit + 1, signal)
  if (start === undefined || start.bytes.length <= limit) return start?.bytes
  throw new ChartroomError('too-large', {
    message: `${path} is larger than ${formatSize(limit)}, so it is not read.`,
    advice: 'Move it away, or make it smaller.',
    path,
    expected: limit,
  })
}

async function startOfFile(
  path: string,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<FileStart | undefined> {
  try {
    return await readStart(path, limit, signal)
  } catch (error) {
    if (codeOf(error) !== 'EISDIR') throw error
    throw new ChartroomError('store-corrupt', {
      message: `${path} is a directory; it should be a file.`,
      advice: 'Move the directory away.',
      path,
      expected: 'file',
      cause: error,
    })
  }
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
    const known = factsIn(await small.fstat(file))
    // A directory says what it is when it is read.
    if (known.kind === 'other') throw notAFile(path)
    const chunks: Buffer[] = []
    let left = limit
    for (let expected = known.size; left > 0;) {
      signal?.throwIfAborted()
      // One byte more than there should be, so that one read tells that there is no more. Files under /proc have no size.
      const buffer = Buffer.allocUnsafe(Math.min(expected > 0 ? expected + 1 : 64 * 1024, left))
      const count = await small.read(file, buffer)
      if (count === 0) break
      chunks.push(buffer.subarray(0, count))
      left -= count
      if (count === expected) break
      expected -= count
    }
    const [first, ...more] = chunks
    // Nearly always the file came in one piece.
    const bytes = first !== undefined && more.length === 0 ? first : Buffer.concat(chunks)
    return { bytes, facts: known }
  } finally {
    await small.close(file)
  }
}

/** A file of which no more than a number of bytes is read. With 0 it is not even opened, only looked at. */
export interface LimitedFile {
  readonly path: string
  readonly limit: number
}

/** What small files are read into, one after the other. */
const shared = Buffer.allocUnsafeSlow(64 * 1024)

const nothing = Buffer.alloc(0)

/**
 * The beginning of a small file, for which this process waits. The bytes are good until the next call.
 * @returns `undefined` where there is no such file
 */
export function startNow({ path, limit }: LimitedFile): FileStart | undefined {
  if (limit === 0) return seen(statSync(path, { throwIfNoEntry: false }))
  const file = openedNow(path)
  if (file === undefined) return undefined
  try {
    const facts = factsIn(fstatSync(file))
    if (facts.kind === 'directory') return undefined
    if (facts.kind === 'other') throw notAFile(path)
    const size = Math.min(facts.size + 1, limit)
    const buffer = size > shared.length ? Buffer.allocUnsafe(size) : shared
    let count = 0
    do {
      const more = readSync(file, buffer, count, size - count, null)
      count += more
      // One byte more was asked for than there should be, so that one read tells that there is no more.
      if (more === 0) break
    } while (count < size && count !== facts.size)
    return { bytes: buffer.subarray(0, count), facts }
  } finally {
    closeSync(file)
  }
}

/** The same on the threads of Node. */
export async function startLater(
  { path, limit }: LimitedFile,
  signal: AbortSignal | undefined,
): Promise<FileStart | undefined> {
  if (limit === 0) return seen(await unlessMissing(async () => await small.stat(path)))
  try {
    return await readStart(path, limit, signal)
  } catch (error) {
    if (codeOf(error) === 'EISDIR') return undefined
    throw error
  }
}

function seen(stats: Stats | undefined): FileStart | undefined {
  const facts = stats && factsIn(stats)
  return facts?.kind === 'file' ? { bytes: nothing, facts } : undefined
}

function openedNow(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | atOnce)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

async function opened(path: string): Promise<number | undefined> {
  try {
    return await small.open(path, constants.O_RDONLY | atOnce)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function notAFile(path: string): ChartroomError {
  return new ChartroomError('store-corrupt', {
    message: `${path} is not read: it is a pipe or a device; it should be a file.`,
    advice: 'Move it away.',
    path,
    expected: 'file',
  })
}
