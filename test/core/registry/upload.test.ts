import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { describe as descriptorOf } from '../../../src/core/oci/descriptor.ts'
import { Registries } from '../../../src/core/registry/registries.ts'
import type { Content } from '../../../src/core/oci/target.ts'
import { bodyOf, failureOf, repositoryAt, startServer } from './scriptedServer.ts'
import { content, moved, uploads } from './uploads.ts'
import { planted } from '../../support/planted/secrets.ts'

/** More than goes in one piece. */
const bytes = Buffer.alloc(300 * 1024, 'a chart layer')
const blob = descriptorOf('application/tar+gzip', bytes)

describe('a blob that is pushed', () => {
  it('is streamed to where the registry says, and closed with its digest, the query of the registry kept', async () => {
    let received: Buffer | undefined
    let type: string | undefined
    const server = await startServer(
      uploads(async (request, response) => {
        if (request.method === 'PATCH') {
          received = await bodyOf(request)
          type = request.headers['content-type']
          response.writeHead(202, moved).end()
        } else response.writeHead(201).end()
      }),
    )

    await repositoryAt(server.host).push(blob, content(bytes))

    expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /v2/team/chart/blobs/uploads/',
      'PATCH /upload/1?_state=a%3D%3D~b',
      `PUT /upload/2?_state=c%3D~d&digest=${encodeURIComponent(blob.digest)}`,
    ])
    expect(received).toEqual(bytes)
    expect(type).toBe('application/octet-stream')
  })

  it('is read again from its beginning for a second try, in an upload of its own', async () => {
    const received: string[] = []
    const server = await startServer(
      uploads(async (request, response) => {
        const body = (await bodyOf(request)).toString()
        if (request.method === 'PATCH') received.push(body)
        response.writeHead(received.length === 1 ? 503 : 201).end()
      }),
    )

    await repositoryAt(server.host).push(blob, content(bytes))

    expect(received).toEqual([bytes.toString(), bytes.toString()])
    expect(server.seen.map(({ method }) => method)).toEqual([
      ...['POST', 'PATCH', 'DELETE'],
      ...['POST', 'PATCH', 'PUT'],
    ])
  })

  it('is read again where the registry asks for the login in the middle', async () => {
    const received: string[] = []
    const server = await startServer(
      uploads(async (request, response) => {
        received.push((await bodyOf(request)).toString())
        if (request.headers.authorization === undefined)
          response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
        else response.writeHead(201).end()
      }),
    )
    const credential = { username: 'alice', password: planted.password }

    await repositoryAt(server.host, { credential }).push(blob, content(bytes))

    expect(server.seen.map(({ method }) => method)).toEqual(['POST', 'PATCH', 'PATCH', 'PUT'])
    expect(received).toEqual([bytes.toString(), bytes.toString(), ''])
  })

  it('leaves no upload open at the registry when the caller gives up', async () => {
    const controller = new AbortController()
    const server = await startServer(
      uploads(async (request, response) => {
        request.once('data', () => {
          controller.abort()
        })
        await bodyOf(request)
        response.writeHead(202, moved).end()
      }),
    )
    const large = descriptorOf('x', Buffer.alloc(64 * 1024 * 1024))
    const pushing = repositoryAt(server.host).push(large, content(Buffer.alloc(large.size)), {
      signal: controller.signal,
    })

    expect((await failureOf(pushing)).kind).toBe('AbortError')
    expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /v2/team/chart/blobs/uploads/',
      'PATCH /upload/1?_state=a%3D%3D~b',
      'DELETE /upload/2?_state=c%3D~d',
    ])
  })

  it('leaves none open when the caller gives up before the registry has opened it', async () => {
    const controller = new AbortController()
    const server = await startServer((request, response) => {
      if (request.method !== 'POST') response.writeHead(204).end()
      else {
        controller.abort()
        response.writeHead(202, { location: '/upload/1' }).end()
      }
    })
    const pushing = repositoryAt(server.host).push(blob, content(bytes), { signal: controller.signal })

    expect((await failureOf(pushing)).kind).toBe('AbortError')
    expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /v2/team/chart/blobs/uploads/',
      'DELETE /upload/1',
    ])
  })

  it.each([
    ['does not answer to that any more', false],
    ['wants to be left alone', true],
  ])('is given up at once where the registry %s', async (_name, isBusy) => {
    const controller = new AbortController()
    const server = await startServer(async (request, response) => {
      if (request.method === 'GET') response.writeHead(429, { 'retry-after': '100' }).end()
      else if (request.method === 'POST') response.writeHead(202, { location: '/upload/1' }).end()
      else if (request.method === 'PATCH') {
        if (isBusy) await failureOf(repository.tags({ signal: AbortSignal.timeout(100) }))
        controller.abort()
        await bodyOf(request)
        response.writeHead(202, moved).end()
      }
    })
    const registries = new Registries({
      findCredential: () => Promise.resolve(undefined),
      hosts: { [server.host]: { plainHttp: true } },
    })
    const repository = registries.registry(server.host).repository('team/chart')
    const start = performance.now()

    const failure = await failureOf(repository.push(blob, content(bytes), { signal: controller.signal }))

    expect(failure.kind).toBe('AbortError')
    expect(performance.now() - start).toBeLessThan(3000)
    expect(server.seen.some(({ method }) => method === 'DELETE')).toBe(!isBusy)
  })

  it('is given up at once where the registry wanted to be left alone before', async () => {
    const server = await startServer((_request, response) => {
      response.writeHead(429, { 'retry-after': '100' }).end()
    })
    const registries = new Registries({
      findCredential: () => Promise.resolve(undefined),
      hosts: { [server.host]: { plainHttp: true } },
    })
    const repository = registries.registry(server.host).repository('team/chart')
    await failureOf(repository.tags({ signal: AbortSignal.timeout(100) }))
    const start = performance.now()

    const pushing = repository.push(blob, content(bytes), { signal: AbortSignal.timeout(10) })

    expect((await failureOf(pushing)).kind).toBe('TimeoutError')
    expect(performance.now() - start).toBeLessThan(1000)
  })

  it('is given up for good where the registry does not answer any more', async () => {
    const controller = new AbortController()
    const server = await startServer((request) => {
      if (request.method === 'POST') controller.abort()
    })
    const pushing = repositoryAt(server.host).push(blob, content(bytes), { signal: controller.signal })

    expect((await failureOf(pushing)).kind).toBe('AbortError')
    expect(server.seen).toHaveLength(1)
  })

  it.each([
    ['longer', Buffer.concat([bytes, bytes])],
    ['shorter', bytes.subarray(1)],
    ['other', Buffer.alloc(bytes.length, 'a chart_layer')],
  ])('is an error where the content is %s than said, and the upload is cancelled', async (_how, actual) => {
    const server = await startServer(
      uploads(async (request, response) => {
        await bodyOf(request)
        response.writeHead(202, moved).end()
      }),
    )

    expect((await failureOf(repositoryAt(server.host).push(blob, content(actual)))).kind).toBe('integrity')
    expect(server.seen.map(({ method }) => method)).toEqual(['POST', 'PATCH', 'DELETE'])
  })

  it('fails with what reading it fails with', async () => {
    const server = await startServer(
      uploads(async (request, response) => {
        await bodyOf(request)
        response.writeHead(202, moved).end()
      }),
    )
    const unreadable: Content = async function* () {
      yield await Promise.resolve(bytes.subarray(0, 3))
      throw new Error('the disk is gone')
    }

    expect((await failureOf(repositoryAt(server.host).push(blob, unreadable))).message).toBe(
      'the disk is gone',
    )
    expect(server.seen.at(-1)?.method).toBe('DELETE')
  })

  it('is not hurried: what counts is how long the registry takes, not where the content comes from', async () => {
    const server = await startServer(
      uploads(async (request, response) => {
        await bodyOf(request)
        response.writeHead(request.method === 'PATCH' ? 202 : 201, moved).end()
      }),
    )
    const hesitant: Content = async function* () {
      yield bytes.subarray(0, 3)
      await delay(200)
      yield bytes.subarray(3)
    }
    const options = { plainHttp: true, idleTimeoutMs: 50 }

    await repositoryAt(server.host, { options }).push(blob, hesitant)

    expect(server.seen.map(({ method }) => method)).toEqual(['POST', 'PATCH', 'PUT'])
  })

  it('is not tried again where its content comes from a registry that has been tried often enough', async () => {
    const source = await startServer((_request, response) => {
      response.writeHead(503).end()
    })
    const server = await startServer(
      uploads(async (request, response) => {
        await bodyOf(request)
        response.writeHead(202, moved).end()
      }),
    )
    const content = async (): Promise<AsyncIterable<Uint8Array>> =>
      await repositoryAt(source.host).fetch(blob)

    const failure = await failureOf(repositoryAt(server.host).push(blob, content))

    expect(failure.message).toContain(source.host)
    expect(source.seen).toHaveLength(5)
    expect(server.seen.map(({ method }) => method)).toEqual(['POST', 'PATCH', 'DELETE'])
  })

  it('goes to another host without the login', async () => {
    const storage = await startServer(async (request, response) => {
      await bodyOf(request)
      response.writeHead(201).end()
    })
    const server = await startServer((request, response) => {
      if (request.headers.authorization === undefined)
        response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
      else response.writeHead(202, { location: `http://${storage.host}/upload` }).end()
    })
    const credential = { username: 'alice', password: planted.password }

    await repositoryAt(server.host, { credential }).push(blob, content(bytes))

    expect(storage.seen.map(({ method, authorization }) => [method, authorization])).toEqual([
      ['PATCH', undefined],
      ['PUT', undefined],
    ])
  })

  it('is an error where the registry says that it stored something else', async () => {
    const server = await startServer(
      uploads(async (request, response) => {
        await bodyOf(request)
        const stored = { ...moved, 'docker-content-digest': `sha256:${'0'.repeat(64)}` }
        response.writeHead(request.method === 'PATCH' ? 202 : 201, stored).end()
      }),
    )

    expect((await failureOf(repositoryAt(server.host).push(blob, content(bytes)))).kind).toBe('integrity')
  })

  it('goes nowhere where the registry does not say where', async () => {
    const server = await startServer((_request, response) => {
      response.writeHead(202).end()
    })

    expect((await failureOf(repositoryAt(server.host).push(blob, content(bytes)))).kind).toBe('unavailable')
  })
})
