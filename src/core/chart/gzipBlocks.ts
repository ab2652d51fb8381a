import { constants, crc32, deflateRaw } from 'node:zlib'
import { isIncompressible } from './isIncompressible.ts'

/** Bytes of input that are compressed at a time. What is shorter becomes what zlib makes of it in one piece. */
export const gzipBlockSize = 128 * 1024

/** How far back deflate refers to, in bytes. */
const windowSize = 32 * 1024

/** What deflate takes into one stored block, in bytes. */
const maxStored = 65_535

/** Blocks that are compressed at the same time. Node has four threads, and one is left for the files. */
const atOnce = 3

/**
 * Blocks that may wait for one in front of them, which is as much as a large file of a chart has: what is stored as it is comes without
 * the threads, and while they are busy with one file the next one can be looked at.
 */
const ahead = 40

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
  const turns = new Turns(atOnce)
  const spare: Buffer[] = []
  let checksum = 0
  let size = 0
  yield header
  try {
    let before: Block | undefined
    for await (const { bytes, isLast } of blocksOf(content, spare)) {
      checksum = crc32(bytes, checksum)
      size += bytes.length
      const isWhole = isLast && before === undefined
      const isStored = !isWhole && isIncompressible(bytes)
      const dictionary = before?.bytes.subarray(-windowSize)
      running.push({
        pieces: isStored
          ? Promise.resolve(storedBlocks(bytes, isLast))
          : turns.take(async () => await deflated(bytes, dictionary, isLast)),
        ...(before?.isStored === false ? { spent: before.bytes } : {}),
      })
      before = { bytes, isStored }
      if (running.length > ahead) yield* firstOf(running, spare)
    }
    while (running.length > 0) yield* firstOf(running, spare)
  } finally {
    // Where the content fails, or nobody reads on, what is being compressed ends by itself.
    await Promise.allSettled(running.map(({ pieces }) => pieces))
  }
  const trailer = Buffer.alloc(8)
  trailer.writeUInt32LE(checksum, 0)
  trailer.writeUInt32LE(size % 2 ** 32, 4)
  yield trailer
}

interface Block {
  readonly bytes: Buffer
  /** Whether it was handed out as it is, so that its bytes are no longer ours to change. */
  readonly isStored: boolean
}

/** A block that is being compressed. */
interface Running {
  readonly pieces: Promise<readonly Buffer[]>
  /** The block before it, where nobody needs that afterwards. */
  readonly spent?: Buffer
}

/** Lets a few work at a time, in the order in which they come. */
class Turns {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(atOnce: number) {
    this.#free = atOnce
  }

  async take<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free += 1
      else next()
    }
  }
}

async function* firstOf(running: Running[], spare: Buffer[]): AsyncGenerator<Buffer> {
  const first = running.shift()
  if (first === undefined) return
  const pieces = await first.pieces
  if (first.spent !== undefined) spare.push(first.spent)
  yield* pieces
}

/** A block ends at a byte, so that the next one can follow. Only the last one says that nothing follows. */
async function deflated(block: Buffer, dictionary: Buffer | undefined, isLast: boolean): Promise<Buffer[]> {
  return await new Promise((resolve, reject) => {
    deflateRaw(
      block,
      {
        finishFlush: isLast ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
        // Most texts become that small. What does not goes to a thread again.
        chunkSize: 32 * 1024,
        ...(dictionary === undefined ? {} : { dictionary }),
      },
      (error, bytes) => {
        if (error === null) resolve([bytes])
        else reject(error)
      },
    )
  })
}

/** A block as it is. @see https://www.rfc-editor.org/rfc/rfc1951 section 3.2.4 */
function storedBlocks(block: Buffer, isLast: boolean): Buffer[] {
  const pieces: Buffer[] = []
  for (let start = 0; start < block.length; start += maxStored) {
    const piece = block.subarray(start, start + maxStored)
    const head = Buffer.alloc(5)
    head.writeUInt8(isLast && start + piece.length === block.length ? 1 : 0, 0)
    head.writeUInt16LE(piece.length, 1)
    head.writeUInt16LE(0xffff - piece.length, 3)
    pieces.push(head, piece)
  }
  return pieces
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
