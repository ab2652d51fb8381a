import { createPrivateKey, randomUUID, sign, X509Certificate } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { listenOnLoopback } from './loopback.ts'
import { mark } from './planted/secrets.ts'
import { tokenCertificate } from './tokenCertificate.ts'

export interface TokenServerOptions {
  /** Passwords by user. */
  readonly users: Readonly<Record<string, string>>
  /** Users by refresh token. Without them the server answers POST with `postStatus`. */
  readonly refreshTokens?: Readonly<Record<string, string>>
  /** What a server without the POST way answers; 405 by default. */
  readonly postStatus?: number
  /** Seconds that a token is good for; 300 by default. */
  readonly lifetime?: number
  /** The actions that a user has of those that are asked for; all for users, none for strangers by default. */
  readonly rights?: (user: string | undefined, access: Access) => readonly string[]
  /** Spoils the n-th good answer, counted from 1: what it gives is sent in its place. */
  readonly spoil?: (count: number) => { readonly status: number; readonly body: string } | undefined
}

export interface Access {
  readonly type: string
  readonly name: string
  readonly actions: readonly string[]
}

/** What a token server was asked. */
export interface TokenAsked {
  readonly method: string
  readonly user: string | undefined
  readonly scopes: readonly string[]
  readonly status: number
}

export interface TokenServer {
  readonly realm: string
  readonly service: string
  readonly issuer: string
  /** PEM of the certificate that its tokens are signed with. */
  readonly certificate: string
  readonly seen: readonly TokenAsked[]
  /** Every token that it has given away. */
  readonly tokens: readonly string[]
}

/**
 * Starts a token server as docker-registry wants one, by GET with Basic and by POST with a refresh token, which signs
 * what it gives with RS256. It stops with the running test, or with the file where a hook starts it.
 *
 * @see https://distribution.github.io/distribution/spec/auth/jwt/
 */
export async function startTokenServer(options: TokenServerOptions): Promise<TokenServer> {
  const seen: TokenAsked[] = []
  const tokens: string[] = []
  let count = 0
  const server = createServer((request, response) => {
    void answer(request, response)
  })
  const port = await listenOnLoopback(server)
  const facts = { service: 'chartroom tests', issuer: 'token server of the tests' }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = await read(request)
    const user = userOf(asked, options)
    const send = (status: number, body: string): void => {
      seen.push({ method: asked.method, user: user ?? undefined, scopes: asked.scopes, status })
      response.writeHead(status, { 'content-type': 'application/json' }).end(body)
    }
    if (asked.method === 'POST' && options.refreshTokens === undefined) {
      send(options.postStatus ?? 405, '')
      return
    }
    if (user === null) {
      send(401, '{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}')
      return
    }
    count += 1
    const spoilt = options.spoil?.(count)
    if (spoilt !== undefined) {
      send(spoilt.status, spoilt.body)
      return
    }
    const lifetime = options.lifetime ?? 300
    const token = signed(
      { ...claims(user, asked.scopes, options), iss: facts.issuer, aud: facts.service },
      lifetime,
    )
    tokens.push(token)
    // A refreshed token has the name that OAuth2 gives it.
    const name = asked.method === 'POST' ? 'access_token' : 'token'
    send(200, JSON.stringify({ [name]: token, expires_in: lifetime, issued_at: new Date().toISOString() }))
  }

  return {
    ...facts,
    realm: `http://localhost:${port}/token`,
    certificate: tokenCertificate.cert,
    seen,
    tokens,
  }
}

interface Asked {
  readonly method: string
  readonly scopes: readonly string[]
  readonly basic: string | undefined
  readonly refreshToken: string | undefined
}

async function read(request: IncomingMessage): Promise<Asked> {
  const { method = '', url = '', headers } = request
  const form = new URLSearchParams(method === 'POST' ? await text(request) : '')
  const query = method === 'POST' ? form : new URL(url, 'http://any').searchParams
  return {
    method,
    scopes: query
      .getAll('scope')
      .flatMap((list) => list.split(' '))
      .filter((scope) => scope !== ''),
    basic: /^Basic (.+)$/.exec(headers.authorization ?? '')?.[1],
    refreshToken: form.get('refresh_token') ?? undefined,
  }
}

/** `undefined` for a stranger, `null` for a login that is wrong. */
function userOf({ basic, refreshToken }: Asked, options: TokenServerOptions): string | undefined | null {
  if (refreshToken !== undefined) return options.refreshTokens?.[refreshToken] ?? null
  if (basic === undefined) return undefined
  const [user = '', password] = Buffer.from(basic, 'base64').toString().split(/:(.*)/s)
  return password !== undefined && options.users[user] === password ? user : null
}

function claims(
  user: string | undefined,
  scopes: readonly string[],
  { rights = everything }: TokenServerOptions,
): { sub: string; access: Access[] } {
  const access = scopes.map((scope) => {
    const [first, last] = [scope.indexOf(':'), scope.lastIndexOf(':')]
    const asked = {
      type: scope.slice(0, first),
      name: scope.slice(first + 1, last),
      actions: scope.slice(last + 1).split(','),
    }
    return { ...asked, actions: rights(user, asked) }
  })
  return { sub: user ?? '', access }
}

function everything(user: string | undefined, { actions }: Access): readonly string[] {
  return user === undefined ? [] : actions
}

/** A JSON Web Token with the certificate that proves its signature. */
function signed(payload: Readonly<Record<string, unknown>>, lifetime: number): string {
  const now = Math.floor(Date.now() / 1000)
  const certificate = new X509Certificate(tokenCertificate.cert).raw.toString('base64')
  const parts = [
    { typ: 'JWT', alg: 'RS256', x5c: [certificate] },
    { ...payload, iat: now, nbf: now - 10, exp: now + lifetime, jti: `${mark} ${randomUUID()}` },
  ]
  const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  const signature = sign('RSA-SHA256', Buffer.from(text), createPrivateKey(tokenCertificate.key))
  return `${text}.${signature.toString('base64url')}`
}
