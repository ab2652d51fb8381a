import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { copy } from '../../../src/core/oci/copy.ts'
import { describe as descriptorOf } from '../../../src/core/oci/descriptor.ts'
import { encodeManifest } from '../../../src/core/oci/manifest.ts'
import type { Content } from '../../../src/core/oci/target.ts'
import { ReadAlong } from '../../../src/core/operations/readAlong.ts'
import { MemoryTarget } from '../../support/memoryTarget.ts'

const pieces = Array.from({ length: 64 }, (_, index) => Buffer.alloc(64 * 1024, `piece ${index}`))
const layer = descriptorOf('application/tar+gzip', Buffer.concat(pieces))
const config = descriptorOf('application/vnd.cncf.helm.config.v1+json', Buffer.from('{}'))
const manifest = encodeManifest({ config, layers: [layer] })
const options = { step: 'pulling', what: 'the test' } as const
const notThere: Content = () => Promise.reject(new Error('It was read again.'))

describe('a layer that is read while it is copied', () => {
  it('is read from its first byte to its last, and not again', async () => {
    const read: Uint8Array[] = []
    const along = new ReadAlong(await source(), layer, async (content) => {
      for await (const piece of await content()) read.push(Buffer.from(piece))
    })

    await copy(along, new MemoryTarget(), manifest, 'copied', options)
    await along.finish(notThere)

    expect(Buffer.concat(read).equals(Buffer.concat(pieces))).toBe(true)
  })

  it('is copied to its end though the reader has seen enough, and what that says is told when it is asked for', async () => {
    const along = new ReadAlong(await source(), layer, async (content) => {
      for await (const piece of await content()) throw new Error(`This is no chart: ${piece.length}`)
    })
    const destination = new MemoryTarget()

    await copy(along, destination, manifest, 'copied', options)

    expect(await destination.exists(layer)).toBe(true)
    await expect(along.finish(notThere)).rejects.toThrow('This is no chart')
  })

  it('is copied to its end though the reader fails before it opens it', async () => {
    const along = new ReadAlong(await source(), layer, async () => {
      await Promise.resolve()
      throw new Error('There is no memory left.')
    })
    const destination = new MemoryTarget()

    await copy(along, destination, manifest, 'copied', options)

    expect(await destination.exists(layer)).toBe(true)
    await expect(along.finish(notThere)).rejects.toThrow('no memory left')
  })

  it('ends its reader where it ends too early', async () => {
    const broken = await source()
    const fetch = broken.fetch.bind(broken)
    broken.fetch = async (blob) => {
      if (blob.digest !== layer.digest) return await fetch(blob)
      return Readable.from(pieces.slice(0, 3))
    }
    let ended: unknown = 'not yet'
    const along = new ReadAlong(broken, layer, async (content) => {
      let size = 0
      try {
        for await (const piece of await content()) size += piece.length
      } finally {
        ended = size
      }
    })

    await expect(copy(along, new MemoryTarget(), manifest, 'copied', options)).rejects.toMatchObject({
      kind: 'integrity',
    })
    await along.finish(notThere)
    expect(ended).toBe(3 * 64 * 1024)
  })

  it('is read where it is stored, when it was there already', async () => {
    const destination = await source()
    const read: string[] = []
    const along = new ReadAlong(await source(), layer, async (content) => {
      for await (const _ of await content()) read.push('piece')
    })

    await copy(along, destination, manifest, 'copied', options)
    await along.finish(async () => await destination.fetch(layer))

    expect(read).not.toEqual([])
  })
})

async function source(): Promise<MemoryTarget> {
  const target = new MemoryTarget()
  await target.push(layer, () => Readable.from(pieces))
  await target.push(config, () => Readable.from([Buffer.from('{}')]))
  return target
}
