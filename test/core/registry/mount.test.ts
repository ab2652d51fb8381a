import { describe, expect, it } from 'vitest'
import { describe as descriptorOf } from '../../../src/core/oci/descriptor.ts'
import { answerError, answerJson, bodyOf, registriesAt, startServer } from './scriptedServer.ts'
import { content, moved, uploads } from './uploads.ts'

/** More than goes in one piece. */
const bytes = Buffer.alloc(300 * 1024, 'a chart layer')
const blob = descriptorOf('application/tar+gzip', bytes)

describe('a blob that another repository of the registry has', () => {
  const mount = new URLSearchParams({ mount: blob.digest, from: 'other/chart' }).toString()

  async function pushBeside(server: { readonly host: string }, neighbour = server.host): Promise<void> {
    const registries = registriesAt(server.host)
    const source = registries.registry(neighbour).repository('other/chart')
    const target = registries.registry(server.host).repository('team/chart')
    await target.takingFrom(source).push(blob, content(bytes))
  }

  it('is taken over, and nothing is sent', async () => {
    const server = await startServer((_request, response) => {
      response.writeHead(201, { location: `/v2/team/chart/blobs/${blob.digest}` }).end()
    })

    await pushBeside(server)

    expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `POST /v2/team/chart/blobs/uploads/?${mount}`,
    ])
  })

  it('is sent in the upload that a registry opens instead', async () => {
    const server = await startServer(
      uploads(async (request, response) => {
        await bodyOf(request)
        response.writeHead(request.method === 'PATCH' ? 202 : 201, moved).end()
      }),
    )

    await pushBeside(server)

    expect(server.seen.map(({ method }) => method)).toEqual(['POST', 'PATCH', 'PUT'])
  })

  it.each([
    [401, ''],
    [403, ''],
    [404, ''],
    [405, ''],
    [400, ''],
    [400, 'NAME_INVALID'],
  ])('is sent where the registry answers %i %s to that', async (status, code) => {
    const server = await startServer(async (request, response) => {
      await bodyOf(request)
      if (request.url?.includes('mount=') === true) answerError(response, status, code, 'no')
      else if (request.method === 'POST') response.writeHead(202, { location: '/upload/1' }).end()
      else response.writeHead(request.method === 'PATCH' ? 202 : 201, moved).end()
    })

    await pushBeside(server)

    expect(server.seen.map(({ method }) => method)).toEqual(['POST', 'POST', 'PATCH', 'PUT'])
  })

  it('is asked for with a token for both repositories', async () => {
    const server = await startServer((request, response) => {
      if (request.url?.startsWith('/token') === true) answerJson(response, { token: 't' })
      else if (request.headers.authorization === 'Bearer t') response.writeHead(201).end()
      else {
        const realm = `Bearer realm="http://${request.headers.host ?? ''}/token",service="tests"`
        response.writeHead(401, { 'www-authenticate': realm }).end()
      }
    })

    await pushBeside(server)

    const asked = new URL(server.seen[1]?.url ?? '', 'http://localhost').searchParams.getAll('scope')
    expect(asked).toEqual(['repository:team/chart:pull,push', 'repository:other/chart:pull'])
    expect(server.seen).toHaveLength(3)
  })

  it('is never asked of another registry', async () => {
    const server = await startServer(
      uploads(async (request, response) => {
        await bodyOf(request)
        response.writeHead(request.method === 'PATCH' ? 202 : 201, moved).end()
      }),
    )

    await pushBeside(server, 'elsewhere.example.com')

    expect(server.seen[0]?.url).toBe('/v2/team/chart/blobs/uploads/')
  })
})
