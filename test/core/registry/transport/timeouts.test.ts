import { Readable } from 'node:stream'
import { createServer, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { directAgents } from '../../../../src/core/registry/transport/directAgents.ts'
import { fetchTransport } from '../../../../src/core/registry/transport/fetchTransport.ts'
import { Redactor } from '../../../../src/core/registry/login/redactor.ts'
import { tlsTransport } from '../../../../src/core/registry/transport/tlsTransport.ts'
import {
  defaultTimeouts,
  type Timeouts,
  type Transport,
} from '../../../../src/core/registry/transport/transport.ts'
import { requestToken } from '../../../../src/core/registry/login/tokenRequest.ts'
import { crowdedHost } from '../../../support/crowdedHost.ts'
import { listenOnLoopback } from '../../../support/loopback.ts'
import { failureOf, read, startServer } from '../scriptedServer.ts'

const never = 60_000
const patient: Timeouts = { connect: never, answer: never, idle: never, commit: never, slow: never }
const transports: readonly [string, Transport][] = [
  ['node-fetch', fetchTransport(undefined, directAgents())],
  ['https.request', tlsTransport({})],
]

describe('an exchange', () => {
  it('has the times that people can wait for', () => {
    expect(defaultTimeouts).toEqual({
      connect: 10_000,
      answer: 30_000,
      idle: 30_000,
      commit: 120_000,
      slow: 60_000,
    })
  })

  it.each(
    transports.flatMap(([name, transport]) => [
      [
        name,
        'a host that takes no connection',
        transport,
        async () => `http://${await crowdedHost()}/`,
      ] as const,
      [name, 'a host that begins no TLS', transport, async () => `https://${await silentHost()}/`] as const,
    ]),
  )('has a time of its own for connecting, with %s and %s', async (_name, _host, transport, start) => {
    const sending = transport.send(
      { method: 'GET', url: new URL(await start()), headers: {} },
      { timeouts: { ...patient, connect: 30 } },
    )

    expect((await failureOf(sending)).message).toBe('nothing came for 0.03 s')
  })

  it.each(transports)(
    'that has connected has another time for the answer, with %s',
    async (_name, transport) => {
      const url = new URL(`http://${await silentHost()}/`)
      const timeouts = { ...patient, connect: 30, answer: 90 }

      expect(await failureOf(transport.send({ method: 'GET', url, headers: {} }, { timeouts }))).toEqual({
        kind: 'TransportError',
        message: 'nothing came for 0.09 s',
      })
    },
  )

  it.each(transports)('ends where its answer stops, with %s', async (_name, transport) => {
    const server = await startServer((_request, response) => {
      response.writeHead(200, { 'content-length': 10 }).write('12345')
    })
    const url = new URL(`http://${server.host}/`)
    const response = await transport.send(
      { method: 'GET', url, headers: {} },
      { timeouts: { ...patient, idle: 30 } },
    )

    expect((await failureOf(read(response.body))).message).toBe('nothing came for 0.03 s')
  })

  it.each(transports)('ends where what is sent is not taken, with %s', async (_name, transport) => {
    const url = new URL(`http://${await silentHost()}/`)
    const body = { open: () => Readable.from([Buffer.alloc(1024)]) }
    const sending = transport.send(
      { method: 'PUT', url, headers: {}, body },
      { timeouts: { ...patient, commit: 30 } },
    )

    expect((await failureOf(sending)).message).toBe('nothing came for 0.03 s')
  })

  it('with a token server may take 20 seconds', async () => {
    const given: (Timeouts | undefined)[] = []
    const transport: Transport = {
      send: async (request, options) => {
        given.push(options?.timeouts)
        return await fetchTransport().send(request, options)
      },
    }
    const server = await startServer((_request, response) => {
      response.end('{"token":"abc"}')
    })

    await requestToken(
      transport,
      { realm: new URL(`http://${server.host}/token`), scopes: [], redactor: new Redactor() },
      {},
    )

    expect(given.map((timeouts) => timeouts?.answer)).toEqual([20_000])
  })
})

/** A host that takes connections and what is sent, and never answers. */
async function silentHost(): Promise<string> {
  const server = createServer((socket: Socket) => {
    socket.resume()
  })
  return `127.0.0.1:${await listenOnLoopback(server)}`
}
