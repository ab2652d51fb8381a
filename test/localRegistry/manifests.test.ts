import { beforeEach, describe, expect, it } from 'vitest'
import { digestOf } from '../../src/core/oci/digest.ts'
import { describe as descriptorOf } from '../../src/core/oci/descriptor.ts'
import { mediaTypes } from '../../src/core/oci/mediaTypes.ts'
import type { LocalRegistry } from '../../src/localRegistry/index.ts'
import {
  localRegistry,
  outcome,
  pushBlob,
  pushSmall,
  putManifest,
  smallManifest,
} from '../support/localRegistry.ts'
import { filesUnder } from '../support/tree.ts'

describe('a manifest of the embedded registry', () => {
  let registry: LocalRegistry
  let manifests: string
  beforeEach(async () => {
    registry = await localRegistry()
    manifests = `${registry.url}/v2/team/chart/manifests`
  })

  it('comes back by tag and by digest, byte for byte, with the media type it was pushed with', async () => {
    const { descriptor, bytes } = await pushSmall(registry.url, 'team/chart', '1.0.0')

    for (const name of ['1.0.0', descriptor.digest]) {
      const answer = await fetch(`${manifests}/${name}`)
      expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes)
      expect(answer.headers.get('content-type')).toBe(mediaTypes.manifest)
      expect(answer.headers.get('docker-content-digest')).toBe(descriptor.digest)
    }
  })

  it('is described by HEAD without its bytes', async () => {
    const { descriptor } = await pushSmall(registry.url, 'team/chart', '1.0.0')
    const answer = await fetch(`${manifests}/1.0.0`, { method: 'HEAD' })

    expect(answer.headers.get('content-length')).toBe(String(descriptor.size))
    expect(answer.headers.get('docker-content-digest')).toBe(descriptor.digest)
    expect(await answer.text()).toBe('')
  })

  it('can be pushed by digest, without a tag', async () => {
    const { descriptor } = await pushSmall(registry.url, 'team/chart', digestOfSmall('untagged'), 'untagged')

    expect((await fetch(`${manifests}/${descriptor.digest}`)).status).toBe(200)
    expect(await tags()).toEqual([])
  })

  it('stays under its digest when its tag moves on', async () => {
    const before = await pushSmall(registry.url, 'team/chart', 'latest', 'before')
    const after = await pushSmall(registry.url, 'team/chart', 'latest', 'after')

    expect((await fetch(`${manifests}/latest`)).headers.get('docker-content-digest')).toBe(
      after.descriptor.digest,
    )
    expect((await fetch(`${manifests}/${before.descriptor.digest}`)).status).toBe(200)
    expect(await tags()).toEqual(['latest'])
  })

  it('may have several tags, and be pushed again', async () => {
    for (const tag of ['1.0.0', 'latest', '1.0.0'])
      await pushSmall(registry.url, 'team/chart', tag, 'the same')

    expect(await tags()).toEqual(['1.0.0', 'latest'])
  })

  it('is still there when the registry starts again on the same storage', async () => {
    const { descriptor } = await pushSmall(registry.url, 'team/chart', '1.0.0')
    await registry.stop()
    const again = await localRegistry(registry.storage)
    const answer = await fetch(`${again.url}/v2/team/chart/manifests/1.0.0`)

    expect(answer.headers.get('docker-content-digest')).toBe(descriptor.digest)
  })

  it('of a repository whose name could be one of its own files is kept apart', async () => {
    for (const name of ['team/chart', 'team/chart/index.json', 'team/chart/ingest/blobs']) {
      await pushSmall(registry.url, name, '1.0.0', name)
    }

    const answer = await fetch(`${registry.url}/v2/team/chart/index.json/manifests/1.0.0`)
    expect(answer.headers.get('docker-content-digest')).toBe(digestOfSmall('team/chart/index.json'))
  })

  it('of one repository is not one of another', async () => {
    const { descriptor } = await pushSmall(registry.url, 'team/chart', '1.0.0')

    for (const name of ['1.0.0', descriptor.digest]) {
      expect(await outcome(fetch(`${registry.url}/v2/team/other/manifests/${name}`))).toBe(
        '404 MANIFEST_UNKNOWN',
      )
    }
  })

  it('is refused while a blob that it needs is missing', async () => {
    const { blobs, manifest } = smallManifest('incomplete')
    await pushBlob(registry.url, 'team/chart', blobs[0]!)

    expect(await outcome(putManifest(registry.url, 'team/chart', '1.0.0', manifest))).toBe(
      '400 MANIFEST_BLOB_UNKNOWN',
    )
    expect(await outcome(fetch(`${manifests}/1.0.0`))).toBe('404 MANIFEST_UNKNOWN')
  })

  it('is refused where it is wrong about the size of a blob', async () => {
    const { manifest } = await pushedBlobs()
    const bytes = Buffer.from(manifest.bytes.toString().replace(/"size":\d+/, '"size":1'))

    expect(await outcome(put('1.0.0', mediaTypes.manifest, bytes))).toBe('400 MANIFEST_INVALID')
  })

  it('is refused where its digest is another', async () => {
    const { manifest } = await pushedBlobs()

    expect(await outcome(put(digestOf(Buffer.from('other')), mediaTypes.manifest, manifest.bytes))).toBe(
      '400 DIGEST_INVALID',
    )
  })

  it.each([
    ['text that is no JSON', mediaTypes.manifest, 'no JSON'],
    [
      'another media type inside than in Content-Type',
      mediaTypes.manifest,
      `{"mediaType":"${mediaTypes.index}"}`,
    ],
    ['a manifest that is an index, too', mediaTypes.manifest, '{"manifests":[],"layers":[]}'],
    ['no config', mediaTypes.manifest, '{"schemaVersion":2,"layers":[]}'],
    ['a Content-Type of something else', 'application/json', '{"manifests":[]}'],
  ])('is refused with %s', async (_what, mediaType, text) => {
    expect(await outcome(put('1.0.0', mediaType, Buffer.from(text)))).toBe('400 MANIFEST_INVALID')
  })

  it('is taken with parameters after its media type', async () => {
    const { manifest } = await pushedBlobs()

    expect((await put('1.0.0', `${mediaTypes.manifest}; charset=utf-8`, manifest.bytes)).status).toBe(201)
    expect((await fetch(`${manifests}/1.0.0`)).headers.get('content-type')).toBe(mediaTypes.manifest)
  })

  it('is refused where it is larger than 4 MiB, and the reason is told', async () => {
    const large = Buffer.alloc(5 * 1024 * 1024, ' ')

    expect(await outcome(put('1.0.0', mediaTypes.manifest, large))).toBe('413 SIZE_INVALID')
  })

  it.each(['1.0.0%2Bbuild', '.hidden', 'x'.repeat(129), '%20'])(
    'is refused under the tag %s',
    async (tag) => {
      const { manifest } = await pushedBlobs()

      expect(await outcome(put(tag, mediaTypes.manifest, manifest.bytes))).toBe('400 TAG_INVALID')
    },
  )

  it('may be an index of manifests that are there', async () => {
    const { descriptor } = await pushSmall(registry.url, 'team/chart', '1.0.0')
    const known = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [descriptor] }))
    const unknown = Buffer.from(
      JSON.stringify({ manifests: [descriptorOf(mediaTypes.manifest, Buffer.from('missing'))] }),
    )

    expect((await put('all', mediaTypes.index, known)).status).toBe(201)
    expect((await fetch(`${manifests}/all`)).headers.get('content-type')).toBe(mediaTypes.index)
    expect(await outcome(put('all', mediaTypes.index, unknown))).toBe('400 MANIFEST_BLOB_UNKNOWN')
  })

  it('loses a tag that is deleted, and stays under its digest and its other tags', async () => {
    const { descriptor } = await pushSmall(registry.url, 'team/chart', '1.0.0', 'same')
    await pushSmall(registry.url, 'team/chart', 'latest', 'same')

    expect(await remove('latest')).toBe('202')
    expect(await tags()).toEqual(['1.0.0'])
    expect(await remove('latest')).toBe('404 MANIFEST_UNKNOWN')
    expect(await remove('1.0.0')).toBe('202')
    expect(await tags()).toEqual([])
    expect((await fetch(`${manifests}/${descriptor.digest}`)).status).toBe(200)
  })

  it('is gone with all its tags when it is deleted by digest', async () => {
    const { descriptor } = await pushSmall(registry.url, 'team/chart', '1.0.0', 'same')
    await pushSmall(registry.url, 'team/chart', 'latest', 'same')
    await pushSmall(registry.url, 'team/chart', '2.0.0')

    expect(await remove(descriptor.digest)).toBe('202')
    expect(await tags()).toEqual(['2.0.0'])
    for (const name of ['1.0.0', descriptor.digest]) {
      expect(await outcome(fetch(`${manifests}/${name}`))).toBe('404 MANIFEST_UNKNOWN')
    }
    expect(await remove(descriptor.digest)).toBe('404 MANIFEST_UNKNOWN')
  })

  it('takes its repository with it where it was the last one, and can be pushed again', async () => {
    const { descriptor } = await pushSmall(registry.url, 'team/chart', '1.0.0')
    await remove(descriptor.digest)

    expect(await outcome(fetch(`${registry.url}/v2/team/chart/tags/list`))).toBe('404 NAME_UNKNOWN')
    expect(await (await fetch(`${registry.url}/v2/_catalog`)).json()).toEqual({ repositories: [] })
    await pushSmall(registry.url, 'team/chart', '1.0.0')
    expect(await tags()).toEqual(['1.0.0'])
  })

  it('that is to be deleted does not make a repository that is not there', async () => {
    const before = await filesUnder(registry.storage)

    expect(await remove('1.0.0')).toBe('404 MANIFEST_UNKNOWN')
    expect(await filesUnder(registry.storage)).toEqual(before)
  })

  async function remove(name: string): Promise<string> {
    return await outcome(fetch(`${manifests}/${name}`, { method: 'DELETE' }))
  }

  async function pushedBlobs(): Promise<ReturnType<typeof smallManifest>> {
    const small = smallManifest('small')
    for (const blob of small.blobs) await pushBlob(registry.url, 'team/chart', blob)
    return small
  }

  async function put(name: string, mediaType: string, bytes: Buffer): Promise<Response> {
    return await putManifest(registry.url, 'team/chart', name, {
      descriptor: descriptorOf(mediaType, bytes),
      bytes,
    })
  }

  async function tags(): Promise<unknown> {
    const answer = await fetch(`${registry.url}/v2/team/chart/tags/list`)
    return ((await answer.json()) as { tags: unknown }).tags
  }

  function digestOfSmall(text: string): string {
    return smallManifest(text).manifest.descriptor.digest
  }
})
