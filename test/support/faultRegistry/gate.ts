import { randomUUID } from 'node:crypto'
import { mark } from '../planted/secrets.ts'
import { errorAnswer, json, text, type Answer, type Asked } from './exchange.ts'
import type { Manners } from './manners.ts'

/** Who may in, and how. With `readers`, everybody may read, but a wrong password is wrong there too. */
export type Admission = 'everybody' | 'readers' | 'password' | 'token'

export interface Account {
  readonly username: string
  readonly password: string
}

/** Wants a login before the registry answers, and gives tokens to those who have one. */
export class Gate {
  readonly #admission: Admission
  readonly #account: Account
  readonly #manners: Manners
  readonly #tokens = new Set<string>()
  readonly #revoked = new Set<string>()

  constructor(admission: Admission, account: Account, manners: Manners) {
    this.#admission = admission
    this.#account = account
    this.#manners = manners
  }

  /** Everything that is a secret here, in each of its spellings. */
  get secrets(): string[] {
    return [
      this.#account.password,
      this.#basic,
      encodeURIComponent(this.#basic),
      ...this.#tokens,
      ...this.#revoked,
    ]
  }

  /** `undefined` lets the request pass. */
  refuse(asked: Asked): Answer | undefined {
    if (asked.url.pathname === '/token') return undefined
    const { authorization } = asked.headers
    if (this.#admission === 'everybody') return undefined
    const isRead = asked.method === 'GET' || asked.method === 'HEAD'
    if (this.#admission === 'readers' && isRead && authorization === undefined) return undefined
    const isKnown =
      this.#admission === 'token'
        ? this.#tokens.has(authorization?.replace(/^Bearer /, '') ?? '')
        : authorization === `Basic ${this.#basic}`
    if (isKnown) return undefined
    return this.unauthorized(
      asked,
      authorization?.startsWith('Bearer ') === true ? 'invalid_token' : undefined,
    )
  }

  /** The answer to somebody whose login is missing or wrong. */
  unauthorized(asked: Asked, error?: string): Answer {
    const headers = { 'www-authenticate': this.challenge(asked, error) }
    return this.#manners.bareErrors
      ? json(401, { code: 'UNAUTHORIZED', message: 'authentication required' }, headers)
      : errorAnswer(401, 'UNAUTHORIZED', 'authentication required', headers)
  }

  challenge({ method, url }: Asked, error?: string): string {
    if (this.#admission !== 'token') {
      return this.#manners.alwaysOffers ? 'basic realm=zot' : 'Basic realm="registry"'
    }
    const repository = /^\/v2\/(.+)\/(?:tags|manifests|blobs)\//.exec(url.pathname)?.[1]
    const actions = method === 'GET' || method === 'HEAD' ? 'pull' : 'push,pull'
    const scope = repository === undefined ? '' : `,scope="repository:${repository}:${actions}"`
    const reason = error === undefined ? '' : `,error="${error}"`
    return `Bearer realm="${url.origin}/token",service="tests"${scope}${reason}`
  }

  /** Lets nobody in any more with a token that was given until now. */
  revoke(): void {
    for (const token of this.#tokens) this.#revoked.add(token)
    this.#tokens.clear()
  }

  token({ headers }: Asked): Answer {
    if (headers['authorization'] !== `Basic ${this.#basic}`) return text(401, 'no')
    const token = `${mark}-${randomUUID()}`
    this.#tokens.add(token)
    return json(200, { token, expires_in: 300 })
  }

  get #basic(): string {
    const { username, password } = this.#account
    return Buffer.from(`${username}:${password}`).toString('base64')
  }
}
