import type { Credential, FindOptions } from '../../base/credential.ts'
import { ChartroomError } from '../../base/errors.ts'
import type { OperationOptions } from '../../base/progress.ts'
import type { Challenge } from './challenge.ts'
import { bare, isSameHost, resolveUrl } from '../origin.ts'
import { checkReceiver, checkRealm } from './realm.ts'
import type { Redactor } from './redactor.ts'
import { mergeScopes, repositoryIn } from './scope.ts'
import { SingleFlight } from '../singleFlight.ts'
import { basic, requestToken, type Token } from './tokenRequest.ts'
import type { Transport } from '../transport/transport.ts'
import type { CheckVerified } from './verified.ts'

/** Looks up who somebody is at a host; `undefined` means anonymous. */
export type FindCredential = (host: string, options: FindOptions) => Promise<Credential | undefined>

/** What answers a challenge. */
export interface Authorization {
  /** The value of the `Authorization` header. */
  readonly header: string
  /** Where the login behind it came from; `undefined` where it is anonymous. */
  readonly origin: string | undefined
}

/** What answers a challenge, and whether it was fetched just now: what was known before may be too old. */
export interface Answer {
  readonly authorization: Authorization
  readonly isFresh: boolean
}

export interface AuthenticatorSettings {
  /** As the person wrote it; what credentials are kept under. */
  readonly host: string
  readonly findCredential: FindCredential
  /** For a token server under the registry's own name: it has the registry's certificates, too. */
  readonly transport: Transport
  /** For any other token server. */
  readonly elsewhere: Transport
  readonly checkElsewhere: CheckVerified
  /** Hosts besides the registry's own that may be sent the login. */
  readonly trustedRealms: readonly string[]
  /** Learns every secret that is used. */
  readonly redactor: Redactor
}

interface BearerTerms {
  readonly realm: URL
  readonly service: string | undefined
}

/**
 * Answers the challenges of one registry, and remembers what it answered for as long as it is good: tokens by token
 * server, service and scopes.
 */
export class Authenticator {
  readonly #settings: AuthenticatorSettings
  readonly #tokens = new Map<string, { readonly token: Token; readonly authorization: Authorization }>()
  readonly #asking = new SingleFlight<Authorization | undefined>()
  /** By repository, where not all have the same. */
  readonly #basic = new Map<string, Authorization>()
  #bearer: BearerTerms | undefined

  constructor(settings: AuthenticatorSettings) {
    this.#settings = settings
  }

  /** What the registry is likely to accept for a scope, without asking anybody. */
  known(scope: string | undefined): Authorization | undefined {
    if (this.#bearer === undefined) return this.#basicFor(repositoryIn(scope))
    return this.#cached(keyOf(this.#bearer, mergeScopes(scope)))
  }

  /** Forgets what the registry has rejected. */
  forget(rejected: Authorization): void {
    for (const [repository, { header }] of this.#basic) {
      if (header === rejected.header) this.#basic.delete(repository)
    }
    for (const [key, { authorization }] of this.#tokens) {
      if (authorization.header === rejected.header) this.#tokens.delete(key)
    }
  }

  /**
   * Answers a challenge: Bearer rather than Basic where both are offered, so that the password travels less.
   *
   * @param registry the URL that was asked
   * @param scope what the request needs, besides the scope that the challenge names
   * @returns `undefined` where it takes a login and there is none
   * @throws ChartroomError `unauthorized` where the token server rejects the login, `refused` where the token server may
   *   not be asked, `unsupported` where no way to log in is known
   */
  async answer(
    challenge: Challenge,
    registry: URL,
    scope: string | undefined,
    { signal, ...options }: OperationOptions,
  ): Promise<Answer | undefined> {
    const repository = repositoryIn(scope)
    const finding = repository === undefined ? options : { ...options, repository }
    if (challenge.scheme === 'basic') {
      const found = this.#basicFor(repository)
      if (found !== undefined) return { authorization: found, isFresh: false }
      return fresh(await this.#findBasic(finding, signal))
    }
    const terms = this.#termsOf(challenge, registry)
    const scopes = mergeScopes(scope, challenge.parameters.get('scope'))
    const key = keyOf(terms, scopes)
    this.#bearer = terms
    const ask = (untilAbandoned: AbortSignal): Promise<Authorization> =>
      this.#answerBearer(challenge, registry, terms, scopes, { ...finding, signal: untilAbandoned })
    const known = this.#cached(key)
    if (known !== undefined) return { authorization: known, isFresh: false }
    const answer = fresh(await this.#asking.run(key, ask, signal))
    // The next request for the same finds it, even where the registry asks for more than the request needs.
    const token = this.#tokens.get(key)
    if (token !== undefined) this.#tokens.set(keyOf(terms, mergeScopes(scope)), token)
    return answer
  }

  /** Many may want it at the same time; who asked for another repository may have found the login of all. */
  async #findBasic(
    options: FindOptions,
    signal: AbortSignal | undefined,
  ): Promise<Authorization | undefined> {
    const own = { isAsked: false }
    const ask = (untilAbandoned: AbortSignal): Promise<Authorization | undefined> => {
      own.isAsked = true
      return this.#answerBasic({ ...options, signal: untilAbandoned })
    }
    const found = await this.#asking.run('basic', ask, signal)
    if (own.isAsked) return found
    const { repository = '' } = options
    return this.#basicFor(repository) ?? (await this.#asking.run(`basic ${repository}`, ask, signal))
  }

  #basicFor(repository = ''): Authorization | undefined {
    return this.#basic.get(repository) ?? this.#basic.get(everywhere)
  }

  async #answerBasic(options: FindOptions): Promise<Authorization | undefined> {
    const { host, findCredential } = this.#settings
    const credential = await findCredential(host, options)
    if (credential === undefined) return undefined
    this.#settings.redactor.learn(credential)
    const authorization = { header: basic(credential), origin: credential.origin }
    this.#basic.set(credential.isPartial === true ? (options.repository ?? '') : everywhere, authorization)
    return authorization
  }

  async #answerBearer(
    challenge: Challenge,
    registry: URL,
    terms: BearerTerms,
    scopes: readonly string[],
    options: FindOptions,
  ): Promise<Authorization> {
    const { host, findCredential, trustedRealms, checkElsewhere, redactor } = this.#settings
    const asked = { host, registry, realm: terms.realm, trusted: trustedRealms }
    checkRealm(asked)
    const credential = await findCredential(host, options)
    if (credential !== undefined) {
      await checkReceiver(asked, credential, checkElsewhere)
      redactor.learn(credential)
    }
    const transport = isSameHost(registry, terms.realm) ? this.#settings.transport : this.#settings.elsewhere
    const token = await requestToken(transport, { ...terms, scopes, credential, redactor }, options)
    if (token === undefined) throw unauthorized(host, challenge, credential?.origin, redactor)
    redactor.learnToken(token.token)
    const authorization = { header: `Bearer ${token.token}`, origin: credential?.origin }
    this.#tokens.set(keyOf(terms, scopes), { token, authorization })
    return authorization
  }

  #termsOf({ parameters }: Challenge, registry: URL): BearerTerms {
    const realm = resolveUrl(parameters.get('realm') ?? '//', registry)
    if (realm !== undefined) return { realm: bare(realm), service: parameters.get('service') }
    const { host } = this.#settings
    throw new ChartroomError('unsupported', {
      message: `${host} wants a token but does not say where to get one.`,
      host,
    })
  }

  #cached(key: string): Authorization | undefined {
    const cached = this.#tokens.get(key)
    return cached !== undefined && cached.token.expires > Date.now() ? cached.authorization : undefined
  }
}

/** Stands for every repository. */
const everywhere = '*'

function fresh(authorization: Authorization | undefined): Answer | undefined {
  return authorization === undefined ? undefined : { authorization, isFresh: true }
}

/** The challenge to answer: Bearer, else Basic; others are not known. */
export function usableChallenge(challenges: readonly Challenge[]): Challenge | undefined {
  return (
    challenges.find(({ scheme }) => scheme === 'bearer') ??
    challenges.find(({ scheme }) => scheme === 'basic')
  )
}

/**
 * The error of a login that is missing or rejected. It names the host, what it offers, and where the login came from.
 * @param origin of the login that was sent; `undefined` where none was
 * @param redactor knows what must not come up in what the registry says
 */
export function unauthorized(
  host: string,
  challenge: Challenge | undefined,
  origin: string | undefined,
  redactor?: Redactor,
): ChartroomError {
  const offer = challenge === undefined ? '' : ` (it offers ${offerOf(challenge)})`
  const offers = redactor?.clean(offer) ?? offer
  return new ChartroomError('unauthorized', {
    message:
      origin === undefined
        ? `${host} wants a login${offers}.`
        : `${host} rejected the login from ${origin}${offers}.`,
    advice: origin === undefined ? `Log in to ${host}.` : `Log in to ${host} again.`,
    host,
    ...(origin === undefined ? {} : { origin }),
    status: 401,
  })
}

/** `Basic, realm "localhost"` */
function offerOf({ scheme, parameters }: Challenge): string {
  const name = scheme.charAt(0).toUpperCase() + scheme.slice(1)
  const realm = parameters.get('realm')
  return realm === undefined ? name : `${name}, realm "${realm.slice(0, 200)}"`
}

function keyOf({ realm, service }: BearerTerms, scopes: readonly string[]): string {
  return JSON.stringify([realm.href, service, [...scopes].sort()])
}
