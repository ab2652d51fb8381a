import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Registries } from '../../../../src/core/registry/registries.ts'
import { fetchTransport } from '../../../../src/core/registry/transport/fetchTransport.ts'
import { environmentProxies } from '../../../../src/core/registry/transport/proxies.ts'
import type { FindAgent } from '../../../../src/core/registry/transport/proxyAnswers.ts'
import { tlsTransport } from '../../../../src/core/registry/transport/tlsTransport.ts'
import type { Transport } from '../../../../src/core/registry/transport/transport.ts'
import { clientSocketsTo } from '../../../support/clientSockets.ts'
import { listenOnLoopback } from '../../../support/loopback.ts'
import { farCertificate } from '../certificate.ts'
import { failureOf } from '../scriptedServer.ts'
import { behindProxy, far, pem, withVariables } from './behindProxy.ts'

describe('tunnels through a proxy', () => {
  it('are kept for the next request, as many as are asked at a time, and ended in the end', async () => {
    const { proxy } = await behindProxy({ HTTPS_PROXY: 'http://PROXY' }, farCertificate)
    const proxies = environmentProxies()
    const registries = new Registries({
      findCredential: () => Promise.resolve(undefined),
      hosts: { [far]: { caFile: await pem(farCertificate), maxParallel: 3 } },
      findAgent: proxies?.findAgent,
    })
    const repository = registries.registry(far).repository('team/chart')
    const tags = async (): Promise<string[]> => await repository.tags()

    for (let n = 0; n < 3; n++) await tags()
    expect(proxy.connections()).toBe(1)
    await Promise.all(Array.from({ length: 12 }, tags))
    expect(proxy.connections()).toBeLessThanOrEqual(3)

    const ours = clientSocketsTo(Number(proxy.host.split(':')[1]))
    expect(ours).toHaveLength(proxy.connections())
    proxies?.close()
    await Promise.all(ours.map(async ({ closed }) => await closed))
  })

  it('are not shared by hosts with other TLS settings, nor by what is set for one host and then another', async () => {
    const { proxy } = await behindProxy({ HTTPS_PROXY: 'http://PROXY' }, farCertificate)
    const proxies = environmentProxies()
    onTestFinished(() => {
      proxies?.close()
    })
    const registries = new Registries({
      findCredential: () => Promise.resolve(undefined),
      hosts: { [far]: { insecureSkipVerify: true } },
      findAgent: proxies?.findAgent,
      wait: () => Promise.resolve(),
    })
    const tags = async (): Promise<string[]> => await registries.registry(far).repository('team/chart').tags()

    expect(await tags()).toEqual([])
    registries.configure({ [far]: {} })
    expect(await failureOf(tags())).toMatchObject({ kind: 'tls' })

    expect(proxy.asked).toEqual(proxy.asked.map(() => `CONNECT ${far}:443`))
    expect(proxy.connections()).toBeGreaterThan(1)
  })
})

describe('a proxy that does not answer', () => {
  const short = { connect: 50, answer: 50, idle: 50, commit: 50, slow: 50 }
  const transports: [string, (findAgent: FindAgent | undefined) => Transport][] = [
    ['node-fetch', fetchTransport],
    ['https.request', (findAgent) => tlsTransport({ rejectUnauthorized: false }, findAgent)],
  ]
  const cells = transports.flatMap(([name, make]) =>
    ['http', 'https'].map((scheme) => [name, scheme, make] as const),
  )

  it.each(cells)(
    'is waited for no longer than a host, and nothing stays open, with %s over %s',
    async (_name, scheme, make) => {
      const { port, transport } = await behindSilence(make)
      const url = new URL(`${scheme}://${far}/`)

      const failure = await failureOf(
        transport.send({ method: 'GET', url, headers: {} }, { timeouts: short }),
      )

      expect(failure.message).toBe('nothing came for 0.05 s')
      await Promise.all(clientSocketsTo(port).map(async ({ closed }) => await closed))
    },
  )

  it.each(cells)('is not waited for by who gives up, with %s over %s', async (_name, scheme, make) => {
    const { transport, connected } = await behindSilence(make)
    const controller = new AbortController()
    const url = new URL(`${scheme}://${far}/`)
    const sending = failureOf(
      transport.send({ method: 'GET', url, headers: {} }, { signal: controller.signal }),
    )
    await connected

    controller.abort()

    expect((await sending).kind).toBe('AbortError')
  })

  async function behindSilence(make: (findAgent: FindAgent | undefined) => Transport) {
    const server = createServer((socket) => {
      socket.resume()
    })
    const port = await listenOnLoopback(server)
    withVariables({ ALL_PROXY: `http://127.0.0.1:${port}` })
    return { port, transport: make(environmentProxies()?.findAgent), connected: once(server, 'connection') }
  }
})
