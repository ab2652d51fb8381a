import { describe, expect, it } from 'vitest'
import { Branch } from '../../../src/core/base/branch.ts'

const mebibyte = 1024 * 1024

describe('a branch', () => {
  it('gives its reader every byte that is written, in order, whatever the sizes of the chunks', async () => {
    const written = Array.from({ length: 40 }, (_, index) => Buffer.alloc(index * 7919, index))
    const branch = new Branch()
    const read = readAll(branch)

    for (const chunk of written) await branch.write(chunk)
    branch.end()

    expect((await read).equals(Buffer.concat(written))).toBe(true)
  })

  it('takes a chunk that is larger than all of its pieces', async () => {
    const chunk = Buffer.from(Array.from({ length: 5 * mebibyte }, (_, index) => index % 251))
    const branch = new Branch()
    const read = readAll(branch)

    await branch.write(chunk)
    branch.end()

    expect((await read).equals(chunk)).toBe(true)
  })

  it('keeps its writer back while the reader is behind, and lets it go on when that has read', async () => {
    const branch = new Branch()
    const seen: string[] = []
    const writing = branch.write(Buffer.alloc(3 * mebibyte)).then(() => {
      seen.push('written')
    })
    const pieces = branch.read()

    await pieces.next()
    expect(seen).toEqual([])
    for (let piece = 0; piece < 4; piece += 1) await pieces.next()
    await writing

    expect(seen).toEqual(['written'])
  })

  it('lets its writer go on when the reader stops', async () => {
    const branch = new Branch()
    const writing = branch.write(Buffer.alloc(9 * mebibyte))
    for await (const _ of branch.read()) break

    await expect(writing).resolves.toBeUndefined()
    await expect(branch.write(Buffer.alloc(9 * mebibyte))).resolves.toBeUndefined()
  })

  it('lets its reader go when it is closed before its end', async () => {
    const branch = new Branch()
    const read = readAll(branch)
    await branch.write(Buffer.alloc(10))

    branch.close()

    expect((await read).length).toBe(0)
  })
})

async function readAll(branch: Branch): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of branch.read()) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces)
}
