import { helm38, type Home } from '../core/credentials/home.ts'
import { makeCertificates } from '../support/certificates.ts'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { startNamingProxy, type NamingProxy } from '../support/namingProxy.ts'
import { startTinyproxy, type Tinyproxy } from '../support/tinyproxy.ts'
import { startTokenServer, type TokenServer, type TokenServerOptions } from '../support/tokenServer.ts'
import { planted } from '../support/planted/secrets.ts'

export const user = 'myuser'
export const password = planted.password
const htpasswd: Login = { user, password }

export interface Login {
  readonly user: string
  readonly password: string
}

/** How a person who has an identity token is called. */
const withToken: Login = { user: '<token>', password: planted.refreshToken }

/** A registry, and how a person gets into it. */
export interface SetUp {
  readonly host: string
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Who keeps the login: a file of Helm's or a credential helper. */
  readonly keptBy: 'file' | 'helper'
  /** The login, where it is not `user` with `password`. */
  readonly login?: Login
  /** Looks at what the registry, or what stands before it, was asked. */
  readonly check?: () => Promise<void> | void
}

/** Looks at something and says what is wrong with it. */
export function require(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(what)
}

/** The ways to get in. Each gets the home of a person who has nothing yet. */
export const setUps: Readonly<Record<string, (home: Home) => Promise<SetUp>>> = {
  htpasswd: async () => ({ ...(await startDockerRegistry({ htpasswd })), keptBy: 'file' }),

  'token, GET': async () => {
    const { host, tokens } = await tokenRegistry()
    return {
      host,
      keptBy: 'file',
      check: () => {
        require(tokens.seen.every(({ method }) => method === 'GET'), 'a token was asked for by POST')
        require(tokens.tokens.length > 3, 'there were too few tokens')
      },
    }
  },

  'token, POST refresh': async () => {
    const { host, tokens } = await tokenRegistry({ refreshTokens: { [planted.refreshToken]: user } })
    return {
      host,
      keptBy: 'file',
      login: withToken,
      check: () => {
        byPost(tokens)
      },
    }
  },

  '<token> helper': async (home) => {
    const { host, tokens } = await tokenRegistry({ refreshTokens: { [planted.refreshToken]: user } })
    await home.installHelper('cloud')
    await home.write(helm38, JSON.stringify({ auths: {}, credsStore: 'cloud' }))
    return {
      host,
      keptBy: 'helper',
      login: withToken,
      check: () => {
        byPost(tokens)
      },
    }
  },

  credHelpers: async (home) => {
    const { host } = await startDockerRegistry({ htpasswd })
    await home.installHelper('own')
    await home.write(helm38, JSON.stringify({ auths: {}, credHelpers: { [host]: 'own' } }))
    return { host, keptBy: 'helper' }
  },

  credsStore: async (home) => {
    const { host } = await startDockerRegistry({ htpasswd })
    await home.installHelper('all')
    await home.write(helm38, JSON.stringify({ auths: {}, credsStore: 'all' }))
    return { host, keptBy: 'helper' }
  },

  mTLS: async () => {
    const { authority, server, client } = await makeCertificates(['localhost'])
    const tls = { ...server, clientAuthority: authority }
    const flags = ['--ca-file', authority, '--cert-file', client.certificate, '--key-file', client.key]
    return { ...(await startDockerRegistry({ htpasswd, tls })), flags, keptBy: 'file' }
  },

  insecure: async () => {
    const { server } = await makeCertificates(['somebody.else.example.com'])
    return {
      ...(await startDockerRegistry({ htpasswd, tls: server })),
      flags: ['--insecure'],
      keptBy: 'file',
    }
  },

  'custom CA': async () => {
    const { authority, server } = await makeCertificates(['localhost'])
    return {
      ...(await startDockerRegistry({ htpasswd, tls: server })),
      flags: ['--ca-file', authority],
      keptBy: 'file',
    }
  },

  'plain HTTP, loopback': async () => {
    const { host } = await startDockerRegistry({ htpasswd })
    return { host: host.replace('localhost', '127.0.0.1'), keptBy: 'file' }
  },

  'CONNECT proxy': async () => await behindProxy(),

  'CONNECT proxy, login': async () =>
    await behindProxy({ user: 'proxyuser', password: planted.proxyPassword }),

  NO_PROXY: async () => {
    const { host } = await startDockerRegistry({ htpasswd })
    const proxy = await startNamingProxy({})
    const everywhere = host.replace('localhost', '0.0.0.0')
    return {
      host: everywhere,
      keptBy: 'file',
      flags: ['--plain-http'],
      env: { HTTP_PROXY: proxy.url, http_proxy: proxy.url, NO_PROXY: '0.0.0.0', no_proxy: '0.0.0.0' },
      check: () => {
        require(!proxy.requests.some(({ host }) => host.startsWith('0.0.0.0')), 'the proxy was asked')
      },
    }
  },
}

/** A registry called registry.example.com, with HTTPS, that nobody reaches but through tinyproxy. */
async function behindProxy(login?: Login): Promise<SetUp> {
  const name = 'registry.example.com'
  const { authority, server } = await makeCertificates([name])
  const { host } = await startDockerRegistry({ htpasswd, tls: server })
  const names = await startNamingProxy({ [name]: host })
  const proxy = await startTinyproxy({
    upstream: new URL(names.url).host,
    ...(login === undefined ? {} : { login }),
  })
  const who = login === undefined ? '' : `${login.user}:${login.password}@`
  return {
    host: name,
    keptBy: 'file',
    flags: ['--ca-file', authority],
    env: { HTTPS_PROXY: `http://${who}${proxy.host}` },
    check: async () => {
      await onlyTunnels(proxy, names, name)
    },
  }
}

async function onlyTunnels(proxy: Tinyproxy, names: NamingProxy, name: string): Promise<void> {
  const asked = await proxy.asked()
  require(asked.length > 0 &&
    asked.every((line) => line === `CONNECT ${name}:443`), `asked: ${asked.join(', ')}`)
  require(names.requests.every(({ method }) => method === 'CONNECT'), 'something went without a tunnel')
}

function byPost({ seen }: TokenServer): void {
  require(seen.length > 0 &&
    seen.every(({ method }) => method === 'POST'), 'a token was not asked for by POST')
}

async function tokenRegistry(
  options: Partial<TokenServerOptions> = {},
): Promise<{ host: string; tokens: TokenServer }> {
  const tokens = await startTokenServer({ users: { [user]: password }, ...options })
  return { ...(await startDockerRegistry({ token: tokens })), tokens }
}
