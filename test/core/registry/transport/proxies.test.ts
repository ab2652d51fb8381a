import { describe, expect, it } from 'vitest'
import { environmentProxies } from '../../../../src/core/registry/transport/proxies.ts'
import { anyPort } from '../../../support/ports.ts'
import { certificate, farCertificate, nameCertificate } from '../certificate.ts'
import { failureOf } from '../scriptedServer.ts'
import { behindProxy, far, pem, tagsOf, withVariables } from './behindProxy.ts'

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

  it.each([
    ['192.0.2.1', '192.0.2.0/24', false],
    ['192.0.2.1:5000', 'example.com, 192.0.2.1/32', false],
    ['192.0.2.1', '198.51.100.0/24,192.0.2.1/33,192.0.2.1/x,/8', true],
    ['[2001:db8::1]:5000', '2001:db8::/32', false],
    ['[2001:db8::1]', '2001:db9::/32 192.0.2.0/24', true],
    ['registry.example.test', '0.0.0.0/0', true],
  ])('is asked for %s where NO_PROXY has the networks %s: %s', async (host, NO_PROXY, isAsked) => {
    const { findAgent } = await behindProxy({ HTTPS_PROXY: 'http://PROXY', NO_PROXY })

    expect((await findAgent?.(new URL(`https://${host}/`))) !== undefined).toBe(isAsked)
  })

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
