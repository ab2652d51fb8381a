import { beforeEach, expect, it } from 'vitest'
import { kindOf } from '../../src/core/base/errors.ts'
import { copy } from '../../src/core/oci/copy.ts'
import { describe as descriptorOf, type Descriptor } from '../../src/core/oci/descriptor.ts'
import { encodeManifest, type RawManifest } from '../../src/core/oci/manifest.ts'
import type { Target } from '../../src/core/oci/target.ts'
import { MemoryTarget } from '../support/memoryTarget.ts'

/**
 * What can be relied on at every target, whatever is behind it. To be called inside of a `describe` that names it.
 * @param open gives an empty target for each test
 */
export function behavesAsTarget(open: () => Promise<Target>): void {
  let target: Target
  beforeEach(async () => {
    target = await open()
  })

  it('has nothing at first', async () => {
    expect(await target.exists(layer)).toBe(false)
    expect(await failure(read(layer))).toBe('not-found')
    expect(await failure(target.resolve('1.0.0'))).toBe('not-found')
    expect(await failure(target.resolve(manifest.descriptor.digest))).toBe('not-found')
  })

  it('gives a blob back as it was pushed', async () => {
    await target.push(layer, inChunks(layerBytes))

    expect(await target.exists(layer)).toBe(true)
    expect((await read(layer)).equals(layerBytes)).toBe(true)
  })

  it('takes the empty blob', async () => {
    const empty = descriptorOf('application/octet-stream', Buffer.alloc(0))
    await target.push(empty, inChunks(Buffer.alloc(0)))

    expect(await target.exists(empty)).toBe(true)
    expect(await read(empty)).toHaveLength(0)
  })

  it('has no blob of that digest with another size', async () => {
    await target.push(layer, inChunks(layerBytes))

    expect(await target.exists({ ...layer, size: layer.size + 1 })).toBe(false)
  })

  it('takes a blob a second time without harm', async () => {
    await target.push(layer, inChunks(layerBytes))
    await target.push(layer, inChunks(layerBytes))

    expect((await read(layer)).equals(layerBytes)).toBe(true)
  })

  it.each([
    ['other bytes than its digest says', Buffer.from(layerBytes).fill('x', 0, 1)],
    ['fewer bytes than its descriptor says', layerBytes.subarray(1)],
    ['more bytes than its descriptor says', Buffer.concat([layerBytes, Buffer.from('more')])],
  ])('refuses a blob with %s', async (_what, bytes) => {
    expect(await failure(target.push(layer, inChunks(bytes)))).toBe('integrity')
    expect(await target.exists(layer)).toBe(false)
  })

  it('stores nothing where the content cannot be read to its end, and says why', async () => {
    const pushing = target.push(layer, async function* () {
      yield await Promise.resolve(layerBytes.subarray(0, 1000))
      throw new Error('the source is gone')
    })

    await expect(pushing).rejects.toThrow('the source is gone')
    expect(await target.exists(layer)).toBe(false)
  })

  it('stores nothing of a push that is cancelled half-way, and takes the blob afterwards', async () => {
    const cancelling = new AbortController()
    const pushing = target.push(
      layer,
      async function* () {
        yield await Promise.resolve(layerBytes.subarray(0, 100_000))
        cancelling.abort()
        yield layerBytes.subarray(100_000)
      },
      { signal: cancelling.signal },
    )

    expect(await failure(pushing)).toBe('cancelled')
    expect(await target.exists(layer)).toBe(false)
    await target.push(layer, inChunks(layerBytes))
    expect(await target.exists(layer)).toBe(true)
  })

  it('finds a manifest by its name and by its digest, byte for byte', async () => {
    await pushManifest(manifest, '1.0.0')

    for (const name of ['1.0.0', manifest.descriptor.digest]) {
      const { descriptor, bytes } = await target.resolve(name)
      expect(descriptor).toMatchObject({ ...manifest.descriptor })
      expect(bytes.equals(manifest.bytes)).toBe(true)
    }
  })

  it('finds a manifest by its digest alone where that is all the name it got', async () => {
    await pushManifest(manifest, manifest.descriptor.digest)

    expect((await target.resolve(manifest.descriptor.digest)).bytes.equals(manifest.bytes)).toBe(true)
    expect(await failure(target.resolve('1.0.0'))).toBe('not-found')
  })

  it('gives a name to the last manifest that was tagged with it', async () => {
    await pushManifest(manifest, 'latest')
    await pushManifest(otherManifest, 'latest')

    expect((await target.resolve('latest')).descriptor.digest).toBe(otherManifest.descriptor.digest)
  })

  it('lets a manifest have several names, each as often as one likes', async () => {
    for (const name of ['1.0.0', 'latest', '1.0.0']) await pushManifest(manifest, name)

    for (const name of ['1.0.0', 'latest']) {
      expect((await target.resolve(name)).descriptor.digest).toBe(manifest.descriptor.digest)
    }
  })

  it('tells names apart by case', async () => {
    await pushManifest(manifest, 'Stable')

    expect(await failure(target.resolve('stable'))).toBe('not-found')
  })

  it('is a source and a destination for copies', async () => {
    const source = new MemoryTarget()
    for (const [blob, bytes] of blobs) await source.push(blob, inChunks(bytes))
    const back = new MemoryTarget()
    await copy(source, target, manifest, '1.0.0', { step: 'pushing', what: 'the sample' })
    const copied = await target.resolve('1.0.0')
    await copy(target, back, copied, '1.0.0', { step: 'pulling', what: 'the sample' })

    expect((await back.resolve('1.0.0')).bytes.equals(manifest.bytes)).toBe(true)
    for (const [blob] of blobs) expect(await back.exists(blob)).toBe(true)
  })

  async function read(blob: Descriptor): Promise<Buffer> {
    const chunks: Uint8Array[] = []
    for await (const chunk of await target.fetch(blob)) chunks.push(chunk)
    return Buffer.concat(chunks)
  }

  async function pushManifest(raw: RawManifest, name: string): Promise<void> {
    for (const [blob, bytes] of blobs) await target.push(blob, inChunks(bytes))
    await target.tag(raw, name)
  }
}

const configBytes = Buffer.from('{"name":"sample","version":"1.0.0"}')
const config = descriptorOf('application/vnd.cncf.helm.config.v1+json', configBytes)
const layerBytes = Buffer.from(Array.from({ length: 300_000 }, (_, position) => (position * 31) % 251))
const layer = descriptorOf('application/tar+gzip', layerBytes)
const blobs: readonly (readonly [Descriptor, Buffer])[] = [
  [config, configBytes],
  [layer, layerBytes],
]
const manifest = encodeManifest({ config, layers: [layer] })
const otherManifest = encodeManifest({ config, layers: [layer], annotations: { other: 'yes' } })

function inChunks(bytes: Buffer): () => AsyncGenerator<Uint8Array> {
  return async function* () {
    for (let start = 0; start < bytes.length; start += 64 * 1024) {
      yield await Promise.resolve(bytes.subarray(start, start + 64 * 1024))
    }
  }
}

/** The kind of what a promise is rejected with; the error itself where it has none. */
async function failure(work: Promise<unknown>): Promise<unknown> {
  try {
    await work
    return 'no failure'
  } catch (error) {
    return kindOf(error) ?? error
  }
}
