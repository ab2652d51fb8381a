import { describe, expect, it } from 'vitest'
import { describe as descriptorOf } from '../../../src/core/oci/descriptor.ts'
import { failureOf, read, repositoryAt, startServer } from './scriptedServer.ts'
import { planted } from '../../support/planted/secrets.ts'

const bytes = Buffer.from('a chart layer')
const blob = descriptorOf('application/tar+gzip', bytes)
const credential = { username: 'alice', password: planted.password }

describe('a redirect', () => {
  it('to another port does not take the login along, nor does the way back', async () => {
    const storage = await startServer((request, response) => {
      if (request.url === '/first')
        response.writeHead(307, { location: `http://${registry.host}/back` }).end()
      else response.end(bytes)
    })
    const registry = await startServer((request, response) => {
      if (request.url === '/back') response.writeHead(302, { location: `http://${storage.host}/last` }).end()
      else if (request.headers.authorization === undefined)
        response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
      else response.writeHead(307, { location: `http://${storage.host}/first` }).end()
    })

    expect(await read(await repositoryAt(registry.host, { credential }).fetch(blob))).toEqual(bytes)

    expect(registry.seen.map(({ authorization }) => authorization !== undefined)).toEqual([
      false,
      true,
      false,
    ])
    expect(storage.seen.map(({ url, authorization }) => [url, authorization])).toEqual([
      ['/first', undefined],
      ['/last', undefined],
    ])
  })

  it('on the registry itself keeps the login', async () => {
    const registry = await startServer((request, response) => {
      if (request.headers.authorization === undefined)
        response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
      else if (request.url === '/moved') response.end(bytes)
      else response.writeHead(301, { location: '/moved' }).end()
    })

    expect(await read(await repositoryAt(registry.host, { credential }).fetch(blob))).toEqual(bytes)
  })

  it.each([401, 403])(
    'to another host that lets nobody in gets no login, nor asks for one: %d',
    async (status) => {
      const storage = await startServer((_request, response) => {
        response.writeHead(status, { 'www-authenticate': 'Basic realm="give it to me"' }).end()
      })
      const registry = await startServer((_request, response) => {
        response.writeHead(307, { location: `http://${storage.host}/` }).end()
      })

      const failure = await failureOf(repositoryAt(registry.host, { credential }).fetch(blob))

      expect(failure.kind).toBe('unavailable')
      expect(failure.message).toContain(`${storage.host}, where ${registry.host} sends its clients for`)
      expect(failure.message).toContain(`does not let them in (status ${status})`)
      expect(storage.seen.map(({ authorization }) => authorization)).toEqual([undefined])
    },
  )

  it('that never ends is given up', async () => {
    const registry = await startServer((request, response) => {
      response.writeHead(307, { location: request.url }).end()
    })

    expect(await failureOf(repositoryAt(registry.host).fetch(blob))).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('more than 5 times') as string,
    })
    expect(registry.seen).toHaveLength(6)
  })

  it('to where nobody answers is an error that names that place, and not the registry', async () => {
    const gone = await startServer((request) => {
      request.socket.destroy()
    })
    const registry = await startServer((_request, response) => {
      response.writeHead(307, { location: `http://${gone.host}/` }).end()
    })

    expect(await failureOf(repositoryAt(registry.host).fetch(blob))).toEqual({
      kind: 'unavailable',
      message: `The connection to ${gone.host} was lost (it was closed before the answer was complete).`,
    })
  })

  it('that leads nowhere is refused', async () => {
    const registry = await startServer((_request, response) => {
      response.writeHead(307, { location: 'http://[' }).end()
    })

    expect((await failureOf(repositoryAt(registry.host).fetch(blob))).kind).toBe('refused')
  })
})
