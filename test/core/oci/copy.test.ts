import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { copy } from '../../../src/core/oci/copy.ts'
import { describe as descriptorOf, type Descriptor } from '../../../src/core/oci/descriptor.ts'
import { encodeManifest, type RawManifest } from '../../../src/core/oci/manifest.ts'
import type { Progress } from '../../../src/core/base/progress.ts'
import { MemoryTarget } from '../../support/memoryTarget.ts'

const options = { step: 'pushing', what: 'the test' } as const

describe('copying a manifest', () => {
  it('brings its blobs and then its name', async () => {
    const { source, manifest, blobs } = await sourceWith(3)
    const destination = new MemoryTarget()

    await copy(source, destination, manifest, 'copied', options)

    expect((await destination.resolve('copied')).bytes).toEqual(manifest.bytes)
    for (const blob of blobs) expect(await destination.exists(blob)).toBe(true)
  })

  it('fetches nothing that is there already', async () => {
    const { source, manifest, blobs } = await sourceWith(3)
    const destination = new MemoryTarget()
    await copy(source, destination, manifest, 'first', options)
    source.fetch = () => Promise.reject(new Error('It was fetched.'))

    await copy(source, destination, manifest, 'second', options)

    expect(blobs.length).toBeGreaterThan(0)
    expect((await destination.resolve('second')).bytes).toEqual(manifest.bytes)
  })

  it('has at most three blobs under way at a time', async () => {
    const { source, manifest } = await sourceWith(20)
    let open = 0
    let most = 0
    const fetch = source.fetch.bind(source)
    source.fetch = async (descriptor) => {
      open += 1
      most = Math.max(most, open)
      await new Promise((resolve) => setImmediate(resolve))
      open -= 1
      return await fetch(descriptor)
    }

    await copy(source, new MemoryTarget(), manifest, 'copied', options)

    expect(most).toBe(3)
  })

  it('gives no name where a blob fails, and begins no other', async () => {
    const { source, manifest } = await sourceWith(20)
    let fetched = 0
    source.fetch = () => {
      fetched += 1
      return Promise.reject(new Error('It cannot be read.'))
    }
    const destination = new MemoryTarget()

    await expect(copy(source, destination, manifest, 'copied', options)).rejects.toThrow('It cannot be read.')

    expect(fetched).toBeLessThanOrEqual(3)
    await expect(destination.resolve('copied')).rejects.toMatchObject({ kind: 'not-found' })
  })

  it('gives no name where the last look fails', async () => {
    const { source, manifest } = await sourceWith(1)
    const destination = new MemoryTarget()

    await expect(
      copy(source, destination, manifest, 'copied', {
        ...options,
        beforeTag: () => Promise.reject(new Error('It is no chart.')),
      }),
    ).rejects.toThrow('It is no chart.')

    await expect(destination.resolve('copied')).rejects.toMatchObject({ kind: 'not-found' })
  })

  it('reports bytes until all are done', async () => {
    const { source, manifest, blobs } = await sourceWith(3)
    const seen: Progress[] = []

    await copy(source, new MemoryTarget(), manifest, 'copied', {
      ...options,
      onProgress: (progress) => seen.push(progress),
    })

    const total = blobs.reduce((sum, blob) => sum + blob.size, 0)
    expect(seen.at(-1)).toEqual({ step: 'pushing', done: total, total })
    expect(
      seen.every(({ done }, position) => position === 0 || done >= (seen[position - 1]?.done ?? 0)),
    ).toBe(true)
  })
})

async function sourceWith(
  layers: number,
): Promise<{ source: MemoryTarget; manifest: RawManifest; blobs: readonly Descriptor[] }> {
  const source = new MemoryTarget()
  const blobs: Descriptor[] = []
  for (let number = 0; number <= layers; number += 1) {
    const bytes = Buffer.from(`blob ${number}`)
    const descriptor = descriptorOf('text/plain', bytes)
    await source.push(descriptor, () => Readable.from([bytes]))
    blobs.push(descriptor)
  }
  const [config, ...rest] = blobs
  const manifest = encodeManifest({ config: config!, layers: rest })
  await source.tag(manifest, 'source')
  return { source, manifest, blobs }
}
