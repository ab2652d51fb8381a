import type { ServerResponse } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fetchTransport } from '../../../../src/core/registry/transport/fetchTransport.ts'
import { Registries } from '../../../../src/core/registry/registries.ts'
import type { RegistryRepository } from '../../../../src/core/registry/repository.ts'
import { defaultTimeouts, type Transport } from '../../../../src/core/registry/transport/transport.ts'
import { Watchdog } from '../../../../src/core/registry/transport/watchdog.ts'
import { failureOf, startServer } from '../scriptedServer.ts'

const timeouts = { ...defaultTimeouts, slow: 60 }

/** The transport that everything uses, with less patience. */
const impatient: Transport = {
  send: async (request, options) => await fetchTransport().send(request, { ...options, timeouts }),
}

describe('an answer that comes in drops', () => {
  it('is given up, though each drop comes in time', async () => {
    const server = await startServer((_request, response) => {
      drip(response.writeHead(200))
    })

    expect(await failureOf(repositoryAt(server.host).tags())).toEqual({
      kind: 'unavailable',
      message: `The connection to ${server.host} was lost (the answer came too slowly, less than 1 KiB a second).`,
    })
    expect(server.seen).toHaveLength(2)
  })

  it('and tells of an error is an error without details', async () => {
    const server = await startServer((_request, response) => {
      drip(response.writeHead(403))
    })

    expect(await failureOf(repositoryAt(server.host).tags())).toEqual({
      kind: 'forbidden',
      message: `${server.host} does not allow this for ${server.host}/team/chart.`,
    })
  })

  it('is given up where it should be a token, too', async () => {
    const server = await startServer((request, response) => {
      if (request.url?.startsWith('/token') === true) drip(response.writeHead(200))
      else {
        const challenge = `Bearer realm="http://${server.host}/token",service="tests"`
        response.writeHead(401, { 'www-authenticate': challenge }).end()
      }
    })

    expect(await failureOf(repositoryAt(server.host).tags())).toMatchObject({ kind: 'unavailable' })
  })
})

describe('an answer that comes slowly but steadily', () => {
  it('is read to its end', async () => {
    const server = await startServer((_request, response) => {
      const tag = 'x'.repeat(100)
      let left = 30
      const timer = setInterval(() => {
        if (left-- > 0) response.write(' '.repeat(200))
        else {
          clearInterval(timer)
          response.end(JSON.stringify({ tags: [tag] }))
        }
      }, 5)
      response.writeHead(200, { 'content-type': 'application/json' })
    })

    expect(await repositoryAt(server.host).tags()).toHaveLength(1)
  })

  it('is not held to the time that its reader takes', async () => {
    let drops = 0
    async function* body(): AsyncGenerator<Uint8Array> {
      for (const drop of '...') yield await Promise.resolve(Buffer.from(drop))
    }
    for await (const drop of new Watchdog({ timeouts: { ...timeouts, slow: 30 } }).received(body())) {
      drops += drop.length
      await new Promise((resolve) => setTimeout(resolve, 40))
    }

    expect(drops).toBe(3)
  })
})

/** Sends a byte every now and then, for ever. */
function drip(response: ServerResponse): void {
  const timer = setInterval(() => {
    response.write(' ')
  }, 4)
  onTestFinished(() => {
    clearInterval(timer)
  })
}

function repositoryAt(host: string): RegistryRepository {
  const registries = new Registries({
    findCredential: () => Promise.resolve(undefined),
    hosts: { [host]: { plainHttp: true } },
    transport: impatient,
    wait: () => Promise.resolve(),
  })
  return registries.registry(host).repository('team/chart')
}
