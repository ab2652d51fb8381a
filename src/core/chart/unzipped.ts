import { createGunzip, type Gunzip } from 'node:zlib'
import { ChartroomError, isAbort } from '../base/errors.ts'
import { codeOf } from '../base/files.ts'
import { damaged } from './tarEntries.ts'

/** Bytes that zlib gets and gives at a time. Each time is a way to another thread and back, and takes as long as unpacking 64 KiB. */
const packedPiece = 256 * 1024
const unpackedPiece = 512 * 1024

/**
 * Unpacks gzip with back-pressure; damage, a cut and anything behind the end are errors.
 * @param what names the archive in errors
 * @throws ChartroomError `invalid-chart` where it is no gzip, `integrity`
 */
export async function* unzipped(
  bytes: AsyncIterable<Uint8Array>,
  what: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: unpackedPiece })
  const pieces = inPieces(requireGzip(bytes, what))
  const fed = { size: 0 }
  let failure: unknown
  feed(gunzip, pieces, fed).catch((error: unknown) => {
    failure = error
    gunzip.destroy()
  })
  try {
    for await (const chunk of gunzip) {
      signal?.throwIfAborted()
      yield chunk as Buffer
    }
    // After a zero byte behind the end, zlib stops reading without a word.
    if (gunzip.bytesWritten !== fed.size) throw damaged(what, 'something else follows it')
  } catch (error) {
    const first = failure ?? error
    if (!(first instanceof ChartroomError) && !isAbort(first) && isZlib(first)) {
      throw damaged(what, zlibReasons[codeOf(first) ?? ''] ?? 'the compressed data cannot be read', first)
    }
    throw first
  } finally {
    gunzip.destroy()
    // It closes what it reads when that has come to a chunk, which nobody waits for and whose failure says nothing new.
    pieces.return().catch(() => undefined)
  }
}

/** @param fed is told how many bytes zlib was given, whether it took them or not */
async function feed(gunzip: Gunzip, pieces: AsyncIterable<Uint8Array>, fed: { size: number }): Promise<void> {
  for await (const piece of pieces) {
    fed.size += piece.length
    await new Promise<void>((resolve, reject) => {
      gunzip.write(piece, (error) => {
        if (error instanceof Error) reject(error)
        else resolve()
      })
    })
  }
  gunzip.end()
}

/** Puts small chunks together. A piece is good until the next one is asked for. */
async function* inPieces(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let space: Buffer | undefined
  let filled = 0
  for await (const chunk of bytes) {
    space ??= Buffer.allocUnsafe(packedPiece)
    if (filled > 0 && filled + chunk.length > packedPiece) {
      yield space.subarray(0, filled)
      filled = 0
    }
    if (chunk.length > packedPiece) {
      yield chunk
    } else {
      space.set(chunk, filled)
      filled += chunk.length
    }
  }
  if (space !== undefined && filled > 0) yield space.subarray(0, filled)
}

const gzipMagic = Buffer.from([0x1f, 0x8b, 0x08])

async function* requireGzip(bytes: AsyncIterable<Uint8Array>, what: string): AsyncGenerator<Uint8Array> {
  let head: Buffer | undefined = Buffer.alloc(0)
  for await (const chunk of bytes) {
    if (head === undefined) {
      yield chunk
    } else {
      head = Buffer.concat([head, chunk])
      if (head.length < gzipMagic.length) continue
      requireMagic(head, what)
      yield head
      head = undefined
    }
  }
  if (head !== undefined) requireMagic(head, what)
}

function requireMagic(head: Buffer, what: string): void {
  if (head.subarray(0, gzipMagic.length).equals(gzipMagic)) return
  throw new ChartroomError('invalid-chart', {
    message: `${what} is not gzip-compressed, so it is not a chart archive.`,
    advice: 'Give a chart directory, or an archive that helm package has made.',
  })
}

function isZlib(error: unknown): boolean {
  return codeOf(error)?.startsWith('Z_') === true
}

const zlibReasons: Readonly<Record<string, string>> = {
  Z_BUF_ERROR: 'it ends in the middle',
  Z_DATA_ERROR: 'the compressed data does not match its checksum, or something else follows it',
}
