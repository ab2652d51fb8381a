import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { gzipBlocks, gzipBlockSize } from '../../../src/core/chart/gzipBlocks.ts'
import { valuesText } from '../../support/bigChart.ts'
import { runOrFail } from '../../support/run.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { bytesOf } from './tarball.ts'

const mebibyte = 1024 * 1024
const values = valuesText(3 * mebibyte)
const random = noise(3 * mebibyte)

describe('compressing in blocks', () => {
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a line', values.subarray(0, 40)],
    ['text of just one block', values.subarray(0, gzipBlockSize)],
    ['noise of just one block', random.subarray(0, gzipBlockSize)],
  ])('gives what zlib gives for what fits into one: %s', async (_what, content) => {
    const whole = gzipSync(content)
    // The system, which is unknown here.
    whole[9] = 255

    expect(hashOf(await compressed(content))).toBe(hashOf(whole))
  })

  it.each([1000, 64 * 1024, gzipBlockSize, 3 * mebibyte])(
    'gives the same bytes however the content comes: %i at a time',
    async (piece) => {
      const content = Buffer.concat([values, random])

      expect(hashOf(await compressed(content, piece))).toBe(hashOf(await compressed(content)))
    },
  )

  it.each([
    ['text', values],
    ['noise', random],
    ['both in turn', Buffer.concat([values.subarray(0, mebibyte), random, values])],
    ['noise with text sprinkled over it', sprinkled()],
    ['noise that comes again every 1000 bytes', Buffer.alloc(3 * mebibyte, random.subarray(0, 1000))],
    ['noise that comes again every 30000 bytes', Buffer.alloc(3 * mebibyte, random.subarray(0, 30_000))],
    ['an archive', gzipSync(Buffer.concat([values, random]))],
    ['whole blocks only', random.subarray(0, 2 * gzipBlockSize)],
  ])(
    'is larger than in one piece by a fiftieth and 32 bytes a block at most, and comes back: %s',
    async (_what, content) => {
      const blocks = await compressed(content)
      const whole = gzipSync(content)

      const slack = 32 * Math.ceil(content.length / gzipBlockSize)
      expect(blocks.length).toBeLessThan(1.02 * whole.length + slack)
      expect(gunzipSync(blocks).equals(content)).toBe(true)
    },
  )

  it('is one member that gzip finds sound', async () => {
    const archive = join(await temporaryDirectory(), 'blocks.gz')
    const content = Buffer.concat([values, random])
    await writeFile(archive, await compressed(content))

    const { stdout } = await runOrFail('gzip', ['-tvl', archive])

    expect(stdout).toContain(String(content.length))
  })

  it('fails with what the content fails with, after what was begun has ended', async () => {
    async function* failing(): AsyncGenerator<Buffer> {
      yield values
      await Promise.resolve()
      throw new Error('the disk is gone')
    }

    await expect(bytesOf(gzipBlocks(failing()))).rejects.toThrow('the disk is gone')
  })
})

async function compressed(content: Buffer, piece = 100_000): Promise<Buffer> {
  return await bytesOf(gzipBlocks(inPieces(content, piece)))
}

async function* inPieces(content: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < content.length; start += size) {
    yield await Promise.resolve(content.subarray(start, start + size))
  }
}

/** Bytes without a pattern, the same every time. */
function noise(size: number): Buffer {
  const pieces = Array.from({ length: Math.ceil(size / 64) }, (_, piece) =>
    createHash('sha512').update(String(piece)).digest(),
  )
  return Buffer.concat(pieces).subarray(0, size)
}

function sprinkled(): Buffer {
  const pieces = Array.from({ length: 190 }, (_, piece) =>
    Buffer.concat([
      random.subarray(piece * 16_000, (piece + 1) * 16_000),
      values.subarray(piece * 400, piece * 400 + 400),
    ]),
  )
  return Buffer.concat(pieces)
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
