import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { HostOptions } from '../../../../src/core/registry/hosts/hostOptions.ts'
import { fetchTransport } from '../../../../src/core/registry/transport/fetchTransport.ts'
import { environmentProxies } from '../../../../src/core/registry/transport/proxies.ts'
import type { FindAgent } from '../../../../src/core/registry/transport/proxyAnswers.ts'
import { tlsTransport } from '../../../../src/core/registry/transport/tlsTransport.ts'
import type { Transport } from '../../../../src/core/registry/transport/transport.ts'
import { Registries } from '../../../../src/core/registry/registries.ts'
import { clientSocketsTo } from '../../../support/clientSockets.ts'
import { listenOnLoopback } from '../../../support/loopback.ts'
import { startMappingProxy, type MappingProxyOptions } from '../../../support/mappingProxy.ts'
import { anyPort } from '../../../support/ports.ts'
import { temporaryDirectory } from '../../../support/temporary.ts'
import { certificate, farCertificate, nameCertificate } from '../certificate.ts'
import { answerJson, failureOf, startServer, type Script } from '../scriptedServer.ts'

const far = 'registry.example.test'
const empty: Script = (_request, response) => {
  answerJson(response, { tags: [] })
}

describe('a proxy that the environment names', () => {
  it('connects to registries with HTTPS', async () => {
    const { proxy, seen, tags } = await behindProxy({ HTTPS_PROXY: 'http://PROXY' }, farCertificate)

    expect(await tags(far, { caFile: await pem(farCertificate) })).toEqual([])

    expect(proxy.asked).toEqual([`CONNECT ${far}:443`])
    expect(seen).toHaveLength(1)
  })

  it('is sent the requests to registries with plain HTTP', async () => {
    const { proxy, tags } = await behindProxy({ HTTP_PROXY: 'PROXY' })

    expect(await tags(far, { plainHttp: true })).toEqual([])

    expect(proxy.asked).toEqual([`GET http://${far}/v2/team/chart/tags/list`])
  })

  it.each([
    ['a name without a scheme', { HTTPS_PROXY: 'PROXY' }],
    ['one for everything', { ALL_PROXY: 'http://PROXY' }],
    ['a variable in lower case', { https_proxy: 'http://PROXY' }],
    ['exceptions that are others', { https_proxy: 'http://PROXY', NO_PROXY: 'example.com, .test:80' }],
  ])('may be %s', async (_name, variables) => {
    const { tags } = await behindProxy(variables, farCertificate)

    expect(await tags(far, { caFile: await pem(farCertificate) })).toEqual([])
  })

  it.each(['registry.example.test', '.example.test', '*.example.test', '*', 'registry.example.test:443'])(
    'is not asked for what NO_PROXY has: %s',
    async (NO_PROXY) => {
      const { findAgent } = await behindProxy({ HTTPS_PROXY: 'http://PROXY', NO_PROXY })

      expect(await findAgent?.(new URL(`https://${far}/`))).toBeUndefined()
    },
  )

  it.each(['localhost:5000', '127.0.0.1:5000', '127.0.0.2', '[::1]:5000', 'registry.localhost'])(
    'is never asked for %s',
    async (host) => {
      const { findAgent } = await behindProxy({ ALL_PROXY: 'http://PROXY' })

      expect(await findAgent?.(new URL(`https://${host}/`))).toBeUndefined()
    },
  )

  it('is nothing to load anything for where there is none', () => {
    withVariables({})

    expect(environmentProxies()).toBeUndefined()
  })
})

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

describe('a proxy that wants a login', () => {
  const login = 'me:se%c/ret'

  it.each([
    ['HTTPS', farCertificate, {}],
    ['plain HTTP', undefined, { plainHttp: true }],
  ])('gets the one of its address, over %s', async (_name, tls, options) => {
    const { tags } = await behindProxy({ ALL_PROXY: 'http://me:se%25c%2Fret@PROXY' }, tls, { login })

    expect(await tags(far, { caFile: await pem(farCertificate), ...options })).toEqual([])
  })

  it.each([
    ['HTTPS', farCertificate, {}],
    ['plain HTTP', undefined, { plainHttp: true }],
  ])('is named where it refuses that, and nothing is told of it, over %s', async (_name, tls, options) => {
    const { proxy, tags, lines } = await behindProxy({ ALL_PROXY: 'http://me:wrong%20secret@PROXY' }, tls, {
      login,
    })

    const failure = await failureOf(tags(far, { caFile: await pem(farCertificate), ...options }))

    expect(failure).toEqual({
      kind: 'proxy',
      message: `${far} could not be reached: the proxy ${proxy.host} wants a login, or another one.`,
    })
    expect(lines.join('\n')).not.toMatch(/wrong|secret|bWU6/)
  })
})

describe('a proxy that does not connect', () => {
  it.each([403, 502, 503])('is named with its status: %s', async (refuse) => {
    const { proxy, seen, tags } = await behindProxy({ HTTPS_PROXY: 'http://PROXY' }, farCertificate, {
      refuse,
    })

    expect(await failureOf(tags(far, {}))).toEqual({
      kind: 'proxy',
      message: `${far} could not be reached: the proxy ${proxy.host} does not connect to it (status ${refuse}).`,
    })
    expect(seen).toEqual([])
  })

  it.each([
    ['https', {}],
    ['http', { plainHttp: true }],
  ])('because it is not there is named, for %s', async (_name, options) => {
    const proxy = `127.0.0.1:${await anyPort()}`
    withVariables({ ALL_PROXY: `http://me:secret@${proxy}` })

    expect(await failureOf(tagsOf(far, options, []))).toEqual({
      kind: 'proxy',
      message: `${far} could not be reached: the proxy ${proxy} cannot be reached (ECONNREFUSED).`,
    })
  })

  it.each([
    ['socks5://me:secret@127.0.0.1:1080', 'the proxy 127.0.0.1:1080 is of a kind that is not known (socks5)'],
    ['http://me:secret@:x', 'the address of the proxy cannot be read'],
  ])('because nobody knows how to ask it is named without its login: %s', async (proxy, because) => {
    withVariables({ ALL_PROXY: proxy })

    expect(await failureOf(tagsOf(far, {}, []))).toEqual({
      kind: 'proxy',
      message: `${far} could not be reached: ${because}.`,
    })
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

describe('a registry behind a proxy that is named by its address', () => {
  it('is believed where its certificate is for that address', async () => {
    const { tags } = await behindProxy({ HTTPS_PROXY: 'http://PROXY' }, farCertificate)

    expect(await tags('192.0.2.1', { caFile: await pem(farCertificate) })).toEqual([])
  })

  it('is not believed where its certificate is for localhost', async () => {
    const { seen, tags } = await behindProxy({ HTTPS_PROXY: 'http://PROXY' }, nameCertificate)

    expect(await failureOf(tags('192.0.2.1', { caFile: await pem(nameCertificate) }))).toEqual({
      kind: 'tls',
      message: 'No secure connection to 192.0.2.1: its certificate is for another host name.',
    })
    expect(seen).toEqual([])
  })
})

describe('settings of a registry behind a proxy', () => {
  it('that its certificate is not verified count', async () => {
    const { tags } = await behindProxy({ HTTPS_PROXY: 'http://PROXY' }, certificate)

    expect(await failureOf(tags(far, {}))).toMatchObject({ kind: 'tls' })
    expect(await tags(far, { insecureSkipVerify: true })).toEqual([])
  })

  it('of a client certificate count', async () => {
    const tls = { ...farCertificate, ca: certificate.cert, requestCert: true, rejectUnauthorized: true }
    const { tags } = await behindProxy({ HTTPS_PROXY: 'http://PROXY' }, tls)
    const caFile = await pem(farCertificate)
    const [clientCert, clientKey] = [await pem(certificate), await pem({ cert: certificate.key })]

    expect(await failureOf(tags(far, { caFile }))).toEqual({
      kind: 'tls',
      message: `No secure connection to ${far}: it wants a client certificate.`,
    })
    expect(await tags(far, { caFile, clientCert, clientKey })).toEqual([])
  })
})

/** A server, and a proxy in front of it that `PROXY` in the variables stands for. */
async function behindProxy(
  variables: Readonly<Record<string, string>>,
  tls?: Parameters<typeof startServer>[1],
  how: Omit<MappingProxyOptions, 'port'> = {},
) {
  const server = await startServer(empty, tls)
  const proxy = await startMappingProxy({ ...how, port: Number(server.host.split(':')[1]) })
  withVariables(
    Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, value.replace('PROXY', proxy.host)]),
    ),
  )
  const lines: string[] = []
  const tags = async (host: string, options: HostOptions): Promise<string[]> =>
    await tagsOf(host, options, lines)
  return { proxy, seen: server.seen, lines, tags, findAgent: environmentProxies()?.findAgent }
}

async function tagsOf(host: string, options: HostOptions, lines: string[]): Promise<string[]> {
  const proxies = environmentProxies()
  onTestFinished(() => {
    proxies?.close()
  })
  const registries = new Registries({
    findCredential: () => Promise.resolve(undefined),
    hosts: { [host]: options },
    findAgent: proxies?.findAgent,
    wait: () => Promise.resolve(),
  })
  const note = (line: string): void => void lines.push(line)
  return await registries
    .registry(host)
    .repository('team/chart')
    .tags({ log: { debug: note, info: note, warn: note } })
}

function withVariables(variables: Readonly<Record<string, string>>): void {
  for (const name of ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY']) {
    for (const spelling of [name, name.toLowerCase()]) vi.stubEnv(spelling, variables[spelling])
  }
  onTestFinished(() => {
    vi.unstubAllEnvs()
  })
}

async function pem({ cert }: { readonly cert: string }): Promise<string> {
  const path = join(await temporaryDirectory(), 'certificate.pem')
  await writeFile(path, cert)
  return path
}
