import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { digestOf } from '../../src/core/oci/digest.ts'
import type { LocalRegistry } from '../../src/localRegistry/index.ts'
import {
  localRegistry,
  outcome,
  pushBlob,
  pushSmall,
  putManifest,
  smallManifest,
} from '../support/localRegistry.ts'

const bytes = Buffer.from('0123456789')
const digest = digestOf(bytes)

describe('a blob of the embedded registry', () => {
  let registry: LocalRegistry
  let blob: string
  beforeAll(async () => {
    registry = await localRegistry()
    await pushBlob(registry.url, 'team/chart', bytes)
    blob = `${registry.url}/v2/team/chart/blobs/${digest}`
  })

  it('comes back as it was pushed, with its digest and its length', async () => {
    const answer = await fetch(blob)

    expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes)
    expect(answer.headers.get('docker-content-digest')).toBe(digest)
    expect(answer.headers.get('content-length')).toBe('10')
  })

  it('is described by HEAD without its bytes', async () => {
    const answer = await fetch(blob, { method: 'HEAD' })

    expect([answer.status, answer.headers.get('content-length'), await answer.text()]).toEqual([
      200,
      '10',
      '',
    ])
  })

  it.each([
    ['bytes=0-3', 206, '0123', 'bytes 0-3/10'],
    ['bytes=4-', 206, '456789', 'bytes 4-9/10'],
    ['bytes=-2', 206, '89', 'bytes 8-9/10'],
    ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
    ['bytes=-99', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=0-1,4-5', 200, '0123456789', null],
    ['bytes=5-2', 200, '0123456789', null],
    ['lines=1-2', 200, '0123456789', null],
  ])('asked for %s answers %i with %s', async (range, status, text, contentRange) => {
    const answer = await fetch(blob, { headers: { range } })

    expect([answer.status, await answer.text(), answer.headers.get('content-range')]).toEqual([
      status,
      text,
      contentRange,
    ])
  })

  it.each(['bytes=10-', 'bytes=-0'])('has no range %s', async (range) => {
    const answer = await fetch(blob, { headers: { range } })

    expect([answer.status, answer.headers.get('content-range')]).toEqual([416, 'bytes */10'])
  })

  it('can be read from every repository, whichever it was pushed to', async () => {
    const other = await fetch(`${registry.url}/v2/other/blobs/${digest}`)

    expect(await other.text()).toBe('0123456789')
  })

  it('that was never pushed is unknown', async () => {
    const missing = `${registry.url}/v2/team/chart/blobs/${digestOf(Buffer.from('missing'))}`

    expect(await outcome(fetch(missing))).toBe('404 BLOB_UNKNOWN')
  })

  it.each(['sha256:abc', 'sha256:..%2f..%2fetc%2fpasswd', 'md5:0123'])('cannot be named %s', async (name) => {
    expect(await outcome(fetch(`${registry.url}/v2/team/chart/blobs/${name}`))).toMatch(/^4\d\d \w+$/)
  })

  it('cannot be changed', async () => {
    const answer = await fetch(blob, { method: 'PUT' })

    expect(answer.headers.get('allow')).toBe('GET, HEAD, DELETE')
    expect(await outcome(answer)).toBe('405 UNSUPPORTED')
  })
})

describe('a blob that is to be deleted from the embedded registry', () => {
  let url: string
  beforeEach(async () => {
    ;({ url } = await localRegistry())
  })

  it('is gone afterwards, and can be pushed again', async () => {
    await pushBlob(url, 'team/chart', bytes)

    expect(await remove(digest)).toBe('202')
    expect(await outcome(fetch(`${url}/v2/team/chart/blobs/${digest}`))).toBe('404 BLOB_UNKNOWN')
    expect(await remove(digest)).toBe('404 BLOB_UNKNOWN')
    await pushBlob(url, 'team/chart', bytes)
    expect(await (await fetch(`${url}/v2/team/chart/blobs/${digest}`)).text()).toBe('0123456789')
  })

  it('stays while a manifest of any repository needs it, until that is deleted', async () => {
    const { descriptor } = await pushSmall(url, 'other/chart', '1.0.0')
    const needed = smallManifest('1.0.0').blobs.map((blob) => digestOf(blob))

    for (const blob of [...needed, descriptor.digest]) {
      const answer = await fetch(`${url}/v2/team/chart/blobs/${blob}`, { method: 'DELETE' })
      expect(answer.status).toBe(405)
      expect(await answer.text()).toContain(
        `other/chart@${descriptor.digest} needs the blob ${blob}; delete that manifest first.`,
      )
    }
    await fetch(`${url}/v2/other/chart/manifests/${descriptor.digest}`, { method: 'DELETE' })
    for (const blob of needed) expect(await remove(blob)).toBe('202')
  })

  it('is never missed by a manifest that is pushed at the same time', async () => {
    const { blobs, manifest } = smallManifest('raced')
    for (const blob of blobs) await pushBlob(url, 'team/chart', blob)

    const [put, removed] = await Promise.all([
      outcome(putManifest(url, 'team/chart', '1.0.0', manifest)),
      remove(digestOf(blobs[1]!)),
    ])

    expect([
      ['201', '405 UNSUPPORTED'],
      ['400 MANIFEST_BLOB_UNKNOWN', '202'],
    ]).toContainEqual([put, removed])
  })

  it.each([
    ['sha256:abc', '400 DIGEST_INVALID'],
    [digestOf(Buffer.from('missing')), '404 BLOB_UNKNOWN'],
  ])('is refused by the name %s', async (name, expected) => {
    expect(await remove(name)).toBe(expected)
  })

  async function remove(name: string): Promise<string> {
    return await outcome(fetch(`${url}/v2/team/chart/blobs/${name}`, { method: 'DELETE' }))
  }
})
