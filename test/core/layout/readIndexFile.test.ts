import { utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { readIndexFile } from '../../../src/core/layout/readIndexFile.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

describe('an index file that was read before', () => {
  let path: string
  let decoded: string[]

  beforeEach(async () => {
    path = join(await temporaryDirectory(), 'index.json')
    decoded = []
  })

  it('is decoded once where it was written a moment ago and has the same bytes', async () => {
    await writeFile(path, 'one')
    const first = await readIndexFile(path, decode, {})

    const second = await readIndexFile(path, decode, {}, first)

    expect(second.content).toBe(first.content)
    expect(decoded).toEqual(['one'])
  })

  it('is decoded again where its bytes have changed and neither its size nor its times have', async () => {
    const times = [new Date(), new Date()] as const
    await writeFile(path, 'one')
    await utimes(path, ...times)
    const first = await readIndexFile(path, decode, {})
    await writeFile(path, 'two')
    await utimes(path, ...times)

    const second = await readIndexFile(path, decode, {}, first)

    expect(second.content).toEqual({ text: 'two' })
    expect(decoded).toEqual(['one', 'two'])
  })

  it('is empty for as long as it is not there, and read when it comes', async () => {
    const first = await readIndexFile(path, decode, {})
    await writeFile(path, 'one')

    const second = await readIndexFile(path, decode, {}, first)

    expect([first.content, second.content]).toEqual([{ text: 'nothing' }, { text: 'one' }])
  })

  function decode(bytes: Buffer | undefined): { text: string } {
    const text = bytes?.toString() ?? 'nothing'
    decoded.push(text)
    return { text }
  }
})
