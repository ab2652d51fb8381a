import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { digestOf } from '../../src/core/oci/digest.ts'
import type { LocalRegistry } from '../../src/localRegistry/index.ts'
import { localRegistry, outcome, pushBlob } from '../support/localRegistry.ts'

const bytes = Buffer.from('a layer of a chart')
const digest = digestOf(bytes)

describe('pushing a blob to the embedded registry', () => {
  let registry: LocalRegistry
  let uploads: string
  beforeEach(async () => {
    registry = await localRegistry()
    uploads = `${registry.url}/v2/team/chart/blobs/uploads/`
  })

  it('works with a whole blob in one POST', async () => {
    const answer = await fetch(`${uploads}?digest=${digest}`, { method: 'POST', body: bytes })

    expect([answer.status, answer.headers.get('location')]).toEqual([201, `/v2/team/chart/blobs/${digest}`])
    expect(await stored()).toBe(bytes.toString())
  })

  it('works with POST, then the whole in a PUT', async () => {
    await pushBlob(registry.url, 'team/chart', bytes)

    expect(await stored()).toBe(bytes.toString())
    expect(await filesIn('uploads')).toEqual([])
  })

  it('works in chunks, and says how far it is', async () => {
    const upload = await begin()
    const first = await chunk(upload, '0-6', 'a layer')
    const second = await chunk(upload, '7-17', ' of a chart')
    const status = await fetch(upload)
    const end = await fetch(`${upload}?digest=${digest}`, { method: 'PUT' })

    expect([first, second, status].map((answer) => [answer.status, answer.headers.get('range')])).toEqual([
      [202, '0-6'],
      [202, '0-17'],
      [204, '0-17'],
    ])
    expect([end.status, await stored()]).toEqual([201, bytes.toString()])
  })

  it('takes the last chunk with the PUT', async () => {
    const upload = await begin()
    await chunk(upload, '0-6', 'a layer')
    const end = await fetch(`${upload}?digest=${digest}`, { method: 'PUT', body: ' of a chart' })

    expect([end.status, await stored()]).toEqual([201, bytes.toString()])
  })

  it('works with the empty blob', async () => {
    const empty = await pushBlob(registry.url, 'team/chart', Buffer.alloc(0))

    expect((await fetch(`${registry.url}/v2/team/chart/blobs/${empty}`)).headers.get('content-length')).toBe(
      '0',
    )
  })

  it('works with sha512', async () => {
    const sha512 = digestOf(bytes, 'sha512')
    const answer = await fetch(`${uploads}?digest=${sha512}`, { method: 'POST', body: bytes })

    expect([answer.status, await filesIn('blobs', 'sha512')]).toEqual([201, [sha512.slice('sha512:'.length)]])
  })

  it('refuses a chunk that does not follow the last one, and tells where to go on', async () => {
    const upload = await begin()
    await chunk(upload, '0-6', 'a layer')
    const answer = await chunk(upload, '9-19', ' of a chart')

    expect([answer.status, answer.headers.get('range')]).toEqual([416, '0-6'])
    expect((await chunk(upload, '7-17', ' of a chart')).status).toBe(202)
  })

  it('refuses a chunk whose range and length differ', async () => {
    expect(await outcome(chunk(await begin(), '0-99', 'short'))).toBe('400 SIZE_INVALID')
  })

  it('stores nothing where the bytes hash to something else, and ends the upload', async () => {
    const upload = await begin()
    const answer = fetch(`${upload}?digest=${digest}`, { method: 'PUT', body: 'other bytes' })

    expect(await outcome(answer)).toBe('400 DIGEST_INVALID')
    expect(await outcome(fetch(upload))).toBe('404 BLOB_UPLOAD_UNKNOWN')
    expect([await filesIn('blobs', 'sha256'), await filesIn('uploads')]).toEqual([[], []])
  })

  it.each(['', '?digest=', '?digest=sha256:abc', '?digest=md5:d41d8cd98f00b204e9800998ecf8427e'])(
    'refuses to end with the query "%s", and lets the client try again',
    async (query) => {
      const upload = await begin()

      expect(await outcome(fetch(`${upload}${query}`, { method: 'PUT', body: bytes }))).toBe(
        '400 DIGEST_INVALID',
      )
      expect((await fetch(`${upload}?digest=${digest}`, { method: 'PUT', body: bytes })).status).toBe(201)
    },
  )

  it('can be cancelled, and leaves nothing', async () => {
    const upload = await begin()
    await chunk(upload, '0-6', 'a layer')

    expect((await fetch(upload, { method: 'DELETE' })).status).toBe(204)
    expect(await outcome(fetch(upload))).toBe('404 BLOB_UPLOAD_UNKNOWN')
    expect(await filesIn('uploads')).toEqual([])
  })

  it('keeps the chunks before one that broke off', async () => {
    const upload = await begin()
    await chunk(upload, '0-6', 'a layer')
    const socket = await sendHalf(upload, ' of a', 11)
    socket.destroy()
    await expect.poll(async () => await filesIn('uploads')).toHaveLength(1)

    expect((await chunk(upload, '7-17', ' of a chart')).headers.get('range')).toBe('0-17')
    expect((await fetch(`${upload}?digest=${digest}`, { method: 'PUT' })).status).toBe(201)
  })

  it('takes one chunk at a time', async () => {
    const upload = await begin()
    await sendHalf(upload, 'a la', 7)

    expect(await outcome(chunk(upload, '0-6', 'a layer'))).toBe('409 BLOB_UPLOAD_INVALID')
  })

  it('leaves nothing where it is cancelled while a chunk arrives', async () => {
    const upload = await begin()
    const socket = await sendHalf(upload, 'a la', 7)
    await fetch(upload, { method: 'DELETE' })
    socket.write('yer')

    await expect.poll(async () => await filesIn('uploads')).toEqual([])
    expect(await outcome(fetch(upload))).toBe('404 BLOB_UPLOAD_UNKNOWN')
    socket.destroy()
  })

  it('belongs to the repository in which it began', async () => {
    const elsewhere = (await begin()).replace('/team/chart/', '/team/other/')

    expect(await outcome(fetch(elsewhere))).toBe('404 BLOB_UPLOAD_UNKNOWN')
  })

  it('uses a blob of another repository again instead of an upload', async () => {
    await pushBlob(registry.url, 'team/source', bytes)
    const answer = await fetch(`${uploads}?mount=${digest}&from=team/source`, { method: 'POST' })

    expect([answer.status, answer.headers.get('location')]).toEqual([201, `/v2/team/chart/blobs/${digest}`])
  })

  it.each([`mount=${digest}&from=team/source`, 'mount=nonsense&from=team/source', `mount=${digest}`])(
    'begins an upload where there is nothing to use again (%s)',
    async (query) => {
      const answer = await fetch(`${uploads}?${query}`, { method: 'POST' })

      expect([answer.status, answer.headers.get('range')]).toEqual([202, '0-0'])
    },
  )

  it.each(['Team/chart', 'team//chart', 'a/../b', '-team', 'team/_layout', 'x'.repeat(256)])(
    'refuses the repository %s',
    async (name) => {
      const path = `/v2/${name.replaceAll('..', '%252e')}/blobs/uploads/`

      expect(await outcome(fetch(`${registry.url}${path}`, { method: 'POST' }))).toBe('400 NAME_INVALID')
    },
  )

  async function begin(): Promise<string> {
    const answer = await fetch(uploads, { method: 'POST' })
    expect(answer.status).toBe(202)
    return new URL(answer.headers.get('location') ?? '', registry.url).href
  }

  async function chunk(upload: string, range: string, body: string): Promise<Response> {
    return await fetch(upload, { method: 'PATCH', headers: { 'content-range': range }, body })
  }

  /** Sends fewer bytes than announced and waits until they are being written. */
  async function sendHalf(upload: string, body: string, length: number): Promise<Socket> {
    const { hostname, port, pathname } = new URL(upload)
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    const before = await filesIn('uploads')
    socket.write(
      `PATCH ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\nContent-Length: ${length}\r\n\r\n${body}`,
    )
    await expect.poll(async () => await filesIn('uploads')).toHaveLength(before.length + 1)
    return socket
  }

  async function stored(): Promise<string> {
    return await (await fetch(`${registry.url}/v2/team/chart/blobs/${digest}`)).text()
  }

  async function filesIn(...path: string[]): Promise<string[]> {
    return await readdir(join(registry.storage, ...path)).catch(() => [])
  }
})
