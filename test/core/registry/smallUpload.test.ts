import { describe, expect, it } from 'vitest'
import { describe as descriptorOf } from '../../../src/core/oci/descriptor.ts'
import { bodyOf, failureOf, repositoryAt, startServer } from './scriptedServer.ts'
import { content, uploads } from './uploads.ts'
import { planted } from '../../support/planted/secrets.ts'

describe('a small blob that is pushed', () => {
  const small = Buffer.from('a small chart layer')
  const descriptor = descriptorOf('application/tar+gzip', small)

  it('goes in one piece with the request that closes its upload', async () => {
    const received: string[] = []
    const server = await startServer(
      uploads(async (request, response) => {
        received.push(
          `${(await bodyOf(request)).toString()}, ${request.headers['content-length'] ?? 'chunked'}`,
        )
        response.writeHead(201).end()
      }),
    )

    await repositoryAt(server.host).push(descriptor, content(small))

    expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /v2/team/chart/blobs/uploads/',
      `PUT /upload/1?_state=a%3D%3D~b&digest=${encodeURIComponent(descriptor.digest)}`,
    ])
    expect(received).toEqual([`a small chart layer, ${small.length}`])
  })

  it('is sent again where the registry fails or asks for the login', async () => {
    const received: string[] = []
    const server = await startServer(
      uploads(async (request, response) => {
        received.push((await bodyOf(request)).toString())
        if (request.headers.authorization === undefined)
          response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
        else response.writeHead(received.length === 2 ? 503 : 201).end()
      }),
    )
    const credential = { username: 'alice', password: planted.password }

    await repositoryAt(server.host, { credential }).push(descriptor, content(small))

    expect(received).toEqual(Array.from({ length: 3 }, () => small.toString()))
    expect(server.seen.map(({ method }) => method)).toEqual(['POST', 'PUT', 'PUT', 'DELETE', 'POST', 'PUT'])
  })

  it('is not sent where it is not what it should be, and the upload is cancelled', async () => {
    const server = await startServer(
      uploads((_request, response) => {
        response.writeHead(201).end()
      }),
    )

    const failure = await failureOf(repositoryAt(server.host).push(descriptor, content(Buffer.from('other'))))

    expect(failure.kind).toBe('integrity')
    expect(server.seen.map(({ method }) => method)).toEqual(['POST', 'DELETE'])
  })

  it('is sent to its end when the caller gives up in the middle, so that no half of it stays at the registry', async () => {
    const controller = new AbortController()
    const received: string[] = []
    const server = await startServer(
      uploads(async (request, response) => {
        controller.abort()
        received.push((await bodyOf(request)).toString())
        response.writeHead(201).end()
      }),
    )
    const options = { signal: controller.signal }

    await repositoryAt(server.host).push(descriptor, content(small), options)

    expect(received).toEqual([small.toString()])
  })
})
