import { Header } from 'tar/header'
import { ChartroomError } from '../base/errors.ts'
import type { Budget } from './budget.ts'
import { parsePax, type PaxRecords } from './parsePax.ts'

/** A file or a folder of an archive, in its order. `content` must be read, or left, before the next entry is asked for. */
export interface TarEntry {
  /** As it stands in the archive. */
  readonly path: string
  readonly kind: 'file' | 'directory'
  /** Bytes. */
  readonly size: number
  readonly content: AsyncIterable<Buffer>
}

const blockSize = 512
/** Bytes; a header that says more of a file than this is not honest. */
const maxExtraSize = 1024 * 1024
/** In front of one file; honest archives have two or three at most. */
const maxExtras = 8

/**
 * Reads the entries of a tar archive one after the other, holding no more than a block of it. Links, devices and
 * everything else that is neither file nor folder end the reading.
 *
 * @param bytes the unpacked archive; read to its end
 * @param what names the archive in errors
 * @throws ChartroomError `archive-unsafe`, `integrity` where it is damaged, `too-large`
 * @see https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html for the format
 */
export async function* tarEntries(
  bytes: AsyncIterable<Uint8Array>,
  what: string,
  budget: Budget,
): AsyncGenerator<TarEntry> {
  const reader = new BlockReader(bytes, what)
  try {
    let extra: PaxRecords = {}
    let extras = 0
    for (;;) {
      const block = await reader.header()
      if (block === undefined) break
      // What an extended header says comes first: a cut name must not decide the kind.
      const header = headerIn(block, extra, what)
      if (!header.cksumValid) throw damaged(what, 'a header does not match its checksum')
      const size = header.size
      if (size === undefined || !Number.isSafeInteger(size)) throw damaged(what, 'a file has no valid size')
      const isLongPath = header.type === 'NextFileHasLongPath' || header.type === 'OldGnuLongPath'
      if (isLongPath || extraTypes.has(header.type)) {
        if (size > maxExtraSize) throw damaged(what, 'a header is too large')
        if (++extras > maxExtras) throw damaged(what, 'too many headers describe one file')
        budget.count(size)
        const content = await reader.exactly(size)
        await reader.padding(size)
        if (isLongPath) extra = { ...extra, path: content.toString().replace(/\0.*$/s, '') }
        else if (!globalTypes.has(header.type)) extra = { ...extra, ...parsePax(content, what) }
        continue
      }
      budget.countEntry()
      const path = extra.path ?? header.path ?? ''
      const kind = kindOf(header, block, path, what)
      const fileSize = kind === 'directory' ? 0 : size
      extra = {}
      extras = 0
      if (kind === 'file') budget.checkFile(path, fileSize)
      const content = reader.content(fileSize, budget)
      yield { path, kind, size: fileSize, content }
      for await (const _ of content) {
        // What the caller left is read past, so that it counts and the next header is found.
      }
      await reader.padding(fileSize)
    }
    await reader.drain(budget)
  } finally {
    await reader.close()
  }
}

function headerIn(block: Buffer, extra: PaxRecords, what: string): Header {
  try {
    return new Header(block, 0, extra)
  } catch (cause) {
    // Of a number that is none, or beyond all that can be counted.
    throw damaged(what, 'a header cannot be read', cause)
  }
}

const extraTypes: ReadonlySet<string> = new Set([
  'ExtendedHeader',
  'OldExtendedHeader',
  'GlobalExtendedHeader',
])
const globalTypes: ReadonlySet<string> = new Set(['GlobalExtendedHeader'])

function kindOf(header: Header, block: Buffer, path: string, what: string): TarEntry['kind'] {
  const { type } = header
  if (type === 'Directory') {
    // A slash makes a folder of a file only in archives older than ustar.
    if (block[156] === 0x30) throw unsafe(what, path, 'is a file with the name of a folder')
    return 'directory'
  }
  if (type === 'File' || type === 'OldFile' || type === 'ContiguousFile') return 'file'
  throw unsafe(what, path, kinds.get(type) ?? `is neither a file nor a folder (${type})`)
}

const kinds: ReadonlyMap<string, string> = new Map([
  ['Link', 'is a hard link'],
  ['SymbolicLink', 'is a symbolic link'],
  ['FIFO', 'is a pipe'],
  ['CharacterDevice', 'is a device'],
  ['BlockDevice', 'is a device'],
])

/** The error for an entry that must not be unpacked; because of one, nothing is. */
export function unsafe(what: string, path: string, problem: string): ChartroomError {
  return new ChartroomError('archive-unsafe', {
    message: `${what} is not safe to unpack: ${JSON.stringify(path.slice(0, 200))} ${problem}.`,
    advice: 'Ask whoever made the archive; helm package does not make such archives.',
    path,
  })
}

export function damaged(what: string, why: string, cause?: unknown): ChartroomError {
  return new ChartroomError('integrity', { message: `${what} is damaged: ${why}.`, cause })
}

/** Takes a stream apart into pieces of known size. */
class BlockReader {
  readonly #source: AsyncIterator<Uint8Array>
  readonly #what: string
  #rest: Buffer = Buffer.alloc(0)

  constructor(bytes: AsyncIterable<Uint8Array>, what: string) {
    this.#source = bytes[Symbol.asyncIterator]()
    this.#what = what
  }

  /** The next header; `undefined` at the end, which is two blocks of zeros or nothing more. */
  async header(): Promise<Buffer | undefined> {
    const block = await this.#upTo(blockSize)
    if (block.length === 0) return undefined
    if (block.length < blockSize) throw this.#cut()
    if (!isZero(block)) return block
    const second = await this.#upTo(blockSize)
    if (!isZero(second)) throw damaged(this.#what, 'there is a gap in the archive')
    return undefined
  }

  async exactly(size: number): Promise<Buffer> {
    const bytes = await this.#upTo(size)
    if (bytes.length < size) throw this.#cut()
    return bytes
  }

  /** The content of an entry, piece by piece; iterating again goes on where it was left. */
  content(size: number, budget: Budget): AsyncIterable<Buffer> {
    let left = size
    const next = async (): Promise<IteratorResult<Buffer, undefined>> => {
      if (left === 0) return { done: true, value: undefined }
      if (!(await this.#fill())) throw this.#cut()
      const piece = this.#take(Math.min(left, this.#rest.length))
      left -= piece.length
      budget.count(piece.length)
      return { done: false, value: piece }
    }
    return { [Symbol.asyncIterator]: () => ({ next }) }
  }

  /** Goes past the zeros that fill an entry up to a whole block. */
  async padding(size: number): Promise<void> {
    await this.exactly((blockSize - (size % blockSize)) % blockSize)
  }

  /** Reads what follows the end of the archive, so that damage to the compressed stream shows. */
  async drain(budget: Budget): Promise<void> {
    do {
      budget.count(this.#rest.length)
      this.#rest = Buffer.alloc(0)
    } while (await this.#fill())
  }

  async close(): Promise<void> {
    await this.#source.return?.()
  }

  async #upTo(size: number): Promise<Buffer> {
    const pieces: Buffer[] = []
    for (let left = size; left > 0 && (await this.#fill());) {
      const piece = this.#take(Math.min(left, this.#rest.length))
      pieces.push(piece)
      left -= piece.length
    }
    return Buffer.concat(pieces)
  }

  #take(size: number): Buffer {
    const piece = this.#rest.subarray(0, size)
    this.#rest = this.#rest.subarray(size)
    return piece
  }

  /** @returns whether there is anything to take */
  async #fill(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const next = await this.#source.next()
      if (next.done === true) return false
      this.#rest = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength)
    }
    return true
  }

  #cut(): ChartroomError {
    return damaged(this.#what, 'it ends in the middle')
  }
}

function isZero(block: Buffer): boolean {
  return block.every((byte) => byte === 0)
}
