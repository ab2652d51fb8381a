import { beforeAll, describe, expect, it } from 'vitest'
import { digestOf } from '../../src/core/oci/digest.ts'
import type { LocalRegistry } from '../../src/localRegistry/index.ts'
import { localRegistry, outcome, pushBlob } from '../support/localRegistry.ts'

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

  it('cannot be deleted', async () => {
    const answer = await fetch(blob, { method: 'DELETE' })

    expect(answer.headers.get('allow')).toBe('GET, HEAD')
    expect(await outcome(answer)).toBe('405 UNSUPPORTED')
  })
})
