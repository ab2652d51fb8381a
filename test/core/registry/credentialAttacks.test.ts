import { describe, expect, it } from 'vitest'
import { Credentials } from '../../../src/core/credentials/credentials.ts'
import { describe as descriptorOf } from '../../../src/core/oci/descriptor.ts'
import { aHome, configWith, docker } from '../credentials/home.ts'
import { alice, startInternet, type Answer, type Arrival, type Internet } from './internet.ts'
import { failureOf, read } from './scriptedServer.ts'
import { holdsSecret } from '../../support/planted/search.ts'

const registry = 'registry.example.com'
const bytes = Buffer.from('a chart layer')
const blob = descriptorOf('application/tar+gzip', bytes)
const wantsBasic: Answer = { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }

/** Whatever says who somebody is, in any form. */
function secretsIn(arrivals: readonly Arrival[], isHome: (url: URL) => boolean): string[] {
  return arrivals
    .filter(({ url }) => !isHome(new URL(url)))
    .flatMap(({ url, authorization, cookie }) =>
      authorization !== undefined || cookie !== undefined || url.includes('alice') || holdsSecret(url)
        ? [url]
        : [],
    )
}

describe('a redirect of a registry', () => {
  const home = `https://${registry}`

  /** The registry lets alice in and sends her on; the end of the way asks for a login, in vain, or gives the blob. */
  async function follow(hops: readonly string[]): Promise<{ internet: Internet; outcome: string }> {
    const internet = await startInternet((url, authorization) => {
      const position = hops.indexOf(url.href)
      if (url.origin === home && position < 0 && authorization === undefined) return wantsBasic
      const next = position + 1
      if (next < hops.length) return { status: 307, headers: { location: hops[next] ?? '' } }
      return { status: 200, body: bytes.toString() }
    })
    const repository = internet
      .registries(() => Promise.resolve(alice))
      .registry(registry)
      .repository('team/chart')
    try {
      await read(await repository.fetch(blob))
      return { internet, outcome: 'followed' }
    } catch (error) {
      return { internet, outcome: (error as { kind?: string }).kind ?? String(error) }
    }
  }

  it.each([
    ['another host', ['https://storage.example.net/x'], 'followed'],
    ['another port of the same host', [`${home}:8443/x`], 'followed'],
    ['a subdomain', [`https://cdn.${registry}/x`], 'followed'],
    ['the domain above', ['https://example.com/x'], 'followed'],
    ['a name that begins like its own', [`https://${registry}.evil.com/x`], 'followed'],
    ['another host and back again', ['https://storage.example.net/x', `${home}/v2/back`], 'followed'],
    [
      'another host, back again and on',
      ['https://storage.example.net/x', `${home}/v2/back`, 'https://evil.com/y'],
      'followed',
    ],
    ['its own name with a dot at the end', [`https://${registry}./x`], 'followed'],
    ['plain HTTP of its own', [`http://${registry}/x`], 'refused'],
    ['this machine', ['https://127.0.0.1/x'], 'refused'],
    ['an address that gives keys to whoever asks', ['https://169.254.169.254/latest/meta-data'], 'refused'],
  ])('to %s takes no login along', async (_, hops, expected) => {
    const { internet, outcome } = await follow(hops)

    expect(outcome).toBe(expected)
    // The first request after the login is the registry's own; nothing on the way has one.
    expect(secretsIn(internet.arrivals, (url) => url.href.startsWith(`${home}/v2/team/`))).toEqual([])
    expect(internet.arrivals.some(({ authorization }) => authorization !== undefined)).toBe(true)
  })

  it('to another host that wants a login answers it with none', async () => {
    const internet = await startInternet((url, authorization) => {
      if (url.hostname !== registry) return wantsBasic
      if (authorization === undefined) return wantsBasic
      return { status: 302, headers: { location: 'https://evil.com/' } }
    })
    const repository = internet
      .registries(() => Promise.resolve(alice))
      .registry(registry)
      .repository('team/chart')

    expect((await failureOf(repository.fetch(blob))).kind).toBe('unavailable')
    expect(secretsIn(internet.arrivals, (url) => url.hostname === registry)).toEqual([])
  })
})

describe('a registry that names a token server', () => {
  it.each([
    ['on another host', 'https://evil.com/token'],
    ['on a host that begins like its own', `https://${registry}.evil.com/token`],
    ['on its own subdomain', `https://auth.${registry}/token`],
    ['on the domain above it', 'https://example.com/token'],
    ['without HTTPS', `http://${registry}/token`],
    ['on this machine', 'https://localhost/token'],
    ['at the address that gives keys to whoever asks', 'http://169.254.169.254/token'],
    ['in a private network', 'https://10.0.0.1/token'],
    ['that looks like its own to a person', `https://${registry}@evil.com/token`],
    ['of another kind', 'ftp://evil.com/token'],
  ])('%s does not get the login there', async (_, realm) => {
    const internet = await startInternet((url, authorization) =>
      authorization?.startsWith('Bearer') === true || url.pathname === '/token'
        ? { status: 200, body: '{"token":"t"}' }
        : { status: 401, headers: { 'www-authenticate': `Bearer realm="${realm}",service="s"` } },
    )
    const repository = internet
      .registries(() => Promise.resolve(alice))
      .registry(registry)
      .repository('team/chart')

    expect((await failureOf(repository.tags())).kind).toBe('refused')
    expect(secretsIn(internet.arrivals, () => false)).toEqual([])
    expect(internet.arrivals.map(({ url }) => url)).toEqual([`https://${registry}/v2/team/chart/tags/list`])
  })
})

describe('a login for azurecr.io', () => {
  it.each([
    'azurecr.io.evil.com',
    'evil-azurecr.io',
    'my.azurecr.io',
    'azurecr.io:5000',
    'azurecr.i0',
    'xn--azurecr-9za.io',
  ])('does not go to %s, however alike they look', async (lookAlike) => {
    const home = await aHome()
    await home.write(docker, configWith('azurecr.io', 'alice'))
    const credentials = new Credentials({ around: home.around })
    const internet = await startInternet(() => wantsBasic)
    const registries = internet.registries(async (host) => await credentials.find(host))

    expect((await failureOf(registries.registry(lookAlike).repository('team/chart').tags())).kind).toBe(
      'unauthorized',
    )
    expect(secretsIn(internet.arrivals, () => false)).toEqual([])
    await failureOf(registries.registry('azurecr.io').repository('team/chart').tags())
    expect(internet.arrivals.at(-1)?.authorization).toMatch(/^Basic /)
  })
})
