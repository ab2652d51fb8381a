import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { describe as descriptorOf } from '../../../src/core/oci/descriptor.ts'
import { Registries } from '../../../src/core/registry/registries.ts'
import type { HttpRequest, HttpResponse, Transport } from '../../../src/core/registry/transport/transport.ts'
import { failureOf, read } from './scriptedServer.ts'
import { planted } from '../../support/planted/secrets.ts'

/** More than goes in one piece. */
const bytes = Buffer.alloc(300 * 1024, 'a chart layer')
const blob = descriptorOf('application/tar+gzip', bytes)
const digest = encodeURIComponent(blob.digest)

describe('the place that a registry names for an upload', () => {
  it.each([
    {
      how: 'as a whole address',
      location: 'https://registry.example.com/v2/team/chart/blobs/uploads/1',
      to: 'https://registry.example.com/v2/team/chart/blobs/uploads/1',
    },
    {
      how: 'with the port that HTTPS has anyway',
      location: 'https://registry.example.com:443/v2/team/chart/blobs/uploads/1',
      to: 'https://registry.example.com/v2/team/chart/blobs/uploads/1',
    },
    {
      how: 'as a path',
      location: '/v2/team/chart/blobs/uploads/1',
      to: 'https://registry.example.com/v2/team/chart/blobs/uploads/1',
    },
    {
      how: 'beside where it was asked for',
      location: '../uploads/x',
      to: 'https://registry.example.com/v2/team/chart/blobs/uploads/x',
    },
  ])('$how gets the content with the login', async ({ location, to }) => {
    const { sent, push } = visit('registry.example.com', location)

    await push()

    expect(sent()).toEqual([`PATCH ${to} with the login`, `PUT ${to}?digest=${digest} with the login`])
  })

  it('keeps its query to the letter, and the digest comes behind it', async () => {
    const { sent, push } = visit('registry.example.com', '/upload/1?_state=a%3D%3D&b=c~d')

    await push()

    const to = 'https://registry.example.com/upload/1?_state=a%3D%3D&b=c~d'
    expect(sent()).toEqual([`PATCH ${to} with the login`, `PUT ${to}&digest=${digest} with the login`])
  })

  it('without a port is the registry that was written with the one of HTTPS', async () => {
    const { sent, push } = visit('registry.example.com:443', 'https://registry.example.com/upload/1')

    await push()

    const to = 'https://registry.example.com/upload/1'
    expect(sent()).toEqual([`PATCH ${to} with the login`, `PUT ${to}?digest=${digest} with the login`])
  })

  it.each(['//h2.example.net/x', 'https://h2.example.net/x', 'https://registry.example.com:8443/x'])(
    'elsewhere, as %s, gets the content without the login',
    async (location) => {
      const { sent, push } = visit('registry.example.com', location)

      await push()

      const { href } = new URL(location, 'https://registry.example.com')
      expect(sent()).toEqual([`PATCH ${href}`, `PUT ${href}?digest=${digest}`])
    },
  )

  it.each([
    {
      location: 'http://registry.example.com/v2/team/chart/blobs/uploads/1',
      because: 'the location of the upload leads from HTTPS to plain HTTP at registry.example.com',
    },
    {
      location: 'https://10.0.0.1/x',
      because:
        'the location of the upload leads to 10.0.0.1, an address of this machine or of a private network',
    },
    {
      location: 'https://[::1]/x',
      because:
        'the location of the upload leads to [::1], an address of this machine or of a private network',
    },
    { location: 'ftp://registry.example.com/x', because: 'the location of the upload leads to ftp:' },
  ])('at $location is refused, and nothing is sent', async ({ location, because }) => {
    const { sent, push } = visit('registry.example.com', location)

    const failure = await failureOf(push())

    expect(failure.kind).toBe('refused')
    expect(failure.message).toContain(because)
    expect(sent()).toEqual([])
  })

  it('names the proxy as the likely cause of plain HTTP', async () => {
    const { push } = visit('registry.example.com', 'http://registry.example.com/x')

    await expect(push()).rejects.toMatchObject({
      advice: 'If the registry is behind a proxy, the proxy has to pass X-Forwarded-Proto on.',
    })
  })

  it.each([undefined, 'https://'])(
    'that is no address (%s) is an error, and nothing is sent',
    async (location) => {
      const { sent, push } = visit('registry.example.com', location)

      expect(await failureOf(push())).toEqual({
        kind: 'unavailable',
        message: `registry.example.com does not say where to send Blob ${blob.digest.slice(7, 14)} of registry.example.com/team/chart.`,
      })
      expect(sent()).toEqual([])
    },
  )
})

/** Pushes a blob to a registry that names this place, without a network. */
function visit(host: string, location: string | undefined) {
  const requests: HttpRequest[] = []
  const transport: Transport = {
    send: async (request) => {
      requests.push(request)
      if (request.body !== undefined) await read(await request.body.open())
      if (request.method === 'POST' && request.headers['authorization'] === undefined) {
        return answer(401, { 'www-authenticate': 'Basic realm="x"' })
      }
      if (request.method === 'POST') return answer(202, location === undefined ? {} : { location })
      return answer(request.method === 'PATCH' ? 202 : 201, {})
    },
  }
  const registries = new Registries({
    findCredential: () =>
      Promise.resolve({ username: 'alice', password: planted.password, origin: 'this test' }),
    transport,
  })
  return {
    sent: () =>
      requests
        .filter(({ method }) => method === 'PATCH' || method === 'PUT')
        .map(({ method, url, headers }) => {
          return `${method} ${url.href}${headers['authorization'] === undefined ? '' : ' with the login'}`
        }),
    push: async () => {
      await registries
        .registry(host)
        .repository('team/chart')
        .push(blob, () => Readable.from([bytes]))
    },
  }
}

function answer(status: number, headers: Readonly<Record<string, string>>): HttpResponse {
  return {
    status,
    headers: new Map(Object.entries(headers).map(([name, value]) => [name, [value]])),
    body: Readable.from([]),
    close: () => undefined,
  }
}
