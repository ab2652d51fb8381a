import { constants, crc32, deflateRaw } from 'node:zlib'
import { isIncompressible } from './isIncompressible.ts'

/** Bytes of input that are compressed at a time. What is shorter becomes what zlib makes of it in one piece. */
export const gzipBlockSize = 512 * 1024

/** How far back deflate refers to, in bytes. */
const windowSize = 32 * 1024

/** Blocks that are compressed at the same time. One more than that keeps four threads of Node busy, and one is left for the files. */
const atOnce = 3

/** Deflate, no flags, no time, no special compression, system unknown: as Helm has it. */
const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255])

/**
 * Compresses content into one gzip member, several blocks at a time on the threads of Node. The bytes depend on the
 * content and on zlib, never on how the content was cut or on which block was ready first.
 *
 * Every block but the first knows the end of the one before, so the result is hardly larger than in one piece. Blocks
 * that cannot get smaller are stored as they are.
 *
 * @see https://www.rfc-editor.org/rfc/rfc1952 and https://zlib.net/pigz, which cuts in the same way
 */
export async function* gzipBlocks(content: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const running: Running[] = []
  const spare: Buffer[] = []
  let checksum = 0
  let size = 0
  yield header
  try {
    let before: Buffer | undefined
    for await (const { bytes, isLast } of blocksOf(content, spare)) {
      checksum = crc32(bytes, checksum)
      size += bytes.length
      running.push({ before, compressed: deflated(bytes, before?.subarray(-windowSize), isLast) })
      before = bytes
      if (running.length > atOnce) yield* firstOf(running, spare)
    }
    while (running.length > 0) yield* firstOf(running, spare)
  } finally {
    // Where the content fails, or nobody reads on, what is being compressed ends by itself.
    await Promise.allSettled(running.map(({ compressed }) => compressed))
  }
  const trailer = Buffer.alloc(8)
  trailer.writeUInt32LE(checksum, 0)
  trailer.writeUInt32LE(size % 2 ** 32, 4)
  yield trailer
}

/** A block that is being compressed, and the one before it, which nobody needs afterwards. */
interface Running {
  readonly before: Buffer | undefined
  readonly compressed: Promise<Buffer>
}

async function* firstOf(running: Running[], spare: Buffer[]): AsyncGenerator<Buffer> {
  const first = running.shift()
  if (first === undefined) return
  const compressed = await first.compressed
  if (first.before !== undefined) spare.push(first.before)
  yield compressed
}

/** A block ends at a byte, so that the next one can follow. Only the last one says that nothing follows. */
async function deflated(block: Buffer, dictionary: Buffer | undefined, isLast: boolean): Promise<Buffer> {
  const isWhole = isLast && dictionary === undefined
  return await new Promise((resolve, reject) => {
    deflateRaw(
      block,
      {
        level: !isWhole && isIncompressible(block) ? 0 : 6,
        finishFlush: isLast ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
        // In one go: what does not fit goes to a thread a second time.
        chunkSize: block.length + block.length / 64 + 1024,
        ...(dictionary === undefined ? {} : { dictionary }),
      },
      (error, bytes) => {
        if (error === null) resolve(bytes)
        else reject(error)
      },
    )
  })
}

/**
 * The content in blocks of the same size; only the last one is shorter, and it alone may be empty.
 * @param spare blocks that may be filled anew: thousands of them would be thrown away faster than they are cleared up
 */
async function* blocksOf(
  content: AsyncIterable<Uint8Array>,
  spare: Buffer[],
): AsyncGenerator<{ bytes: Buffer; isLast: boolean }> {
  let block: Buffer = Buffer.allocUnsafe(gzipBlockSize)
  let filled = 0
  for await (const chunk of content) {
    for (let taken = 0; taken < chunk.length;) {
      // Whether a full block is the last one shows when something follows.
      if (filled === gzipBlockSize) {
        yield { bytes: block, isLast: false }
        block = spare.pop() ?? Buffer.allocUnsafe(gzipBlockSize)
        filled = 0
      }
      const part = chunk.subarray(taken, taken + gzipBlockSize - filled)
      block.set(part, filled)
      filled += part.length
      taken += part.length
    }
  }
  yield { bytes: block.subarray(0, filled), isLast: true }
}
