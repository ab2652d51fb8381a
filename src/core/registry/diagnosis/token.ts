import type { Credential } from '../../base/credential.ts'
import { ChartroomError } from '../../base/errors.ts'
import { unauthorized } from '../login/authenticator.ts'
import { isSameHost } from '../origin.ts'
import { memberOf, parseJson } from '../transport/readBody.ts'
import type { Redactor } from '../login/redactor.ts'
import { checkReceiver } from '../login/realm.ts'
import { catalogueScope, mergeScopes } from '../login/scope.ts'
import { basic, requestToken, type Token } from '../login/tokenRequest.ts'
import type { Transport } from '../transport/transport.ts'
import type { CheckVerified } from '../login/verified.ts'
import type { Facts } from './diagnosis.ts'
import type { Offer, OfferTerms } from './offers.ts'
import { sendPing } from './ping.ts'
import type { Found } from './steps.ts'

export interface TokenTerms extends OfferTerms {
  readonly offer: Offer
  readonly credential: Credential | undefined
  readonly redactor: Redactor
  /** For the registry itself, and for where it sends its clients. */
  readonly transport: Transport
  readonly elsewhere: Transport
  readonly checkElsewhere: CheckVerified
}

/** Answers the challenge as every request would, and asks the registry whether it takes the answer. */
export async function tryLogin(terms: TokenTerms, signal: AbortSignal): Promise<Found<true>> {
  const { host, offer, credential } = terms
  if (offer.realm === undefined) {
    if (credential === undefined) throw unauthorized(host, offer.challenge, undefined)
    return await tryHeader(terms, basic(credential), {}, signal)
  }
  const token = await tokenOf(terms, offer.realm, signal)
  return await tryHeader(terms, `Bearer ${token.token}`, tokenFacts(token), signal)
}

async function tokenOf(terms: TokenTerms, realm: URL, signal: AbortSignal): Promise<Token> {
  const { host, registry, offer, credential, redactor } = terms
  if (credential !== undefined) await checkReceiver({ ...terms, realm }, credential, terms.checkElsewhere)
  const { parameters } = offer.challenge
  const scopes = mergeScopes(parameters.get('scope'), catalogueScope)
  const request = { realm, service: parameters.get('service'), scopes, credential, redactor }
  const transport = isSameHost(registry, realm) ? terms.transport : terms.elsewhere
  const token = await requestToken(transport, request, { signal })
  if (token === undefined) throw unauthorized(host, offer.challenge, credential?.origin, redactor)
  redactor.learnToken(token.token)
  return token
}

async function tryHeader(
  { host, registry, offer, credential, transport, redactor }: TokenTerms,
  authorization: string,
  facts: Facts,
  signal: AbortSignal,
): Promise<Found<true>> {
  const response = await sendPing(transport, registry, authorization, signal)
  response.close()
  if (response.status === 401) {
    return { summary: '', facts, failure: unauthorized(host, offer.challenge, credential?.origin, redactor) }
  }
  if (response.status >= 400) {
    const message = `${host} takes the login from ${credential?.origin ?? 'nobody'}, but answers ${response.status}.`
    return {
      summary: '',
      facts,
      failure: new ChartroomError('forbidden', { message, host, status: response.status }),
    }
  }
  const what = offer.realm === undefined ? 'the login' : 'a token'
  const whose = credential === undefined ? ' for anybody' : ''
  return { summary: `the registry takes ${what}${whose}`, facts, value: true }
}

/**
 * What a token allows and how long, where it says so: only names, and nothing of it is checked.
 * @see https://distribution.github.io/distribution/spec/auth/jwt/
 */
function tokenFacts({ token, expires }: Token): Facts {
  const claims = claimsIn(token)
  const access = memberOf(claims, 'access')
  return {
    lifetimeSeconds: Math.round((expires - Date.now()) / 1000),
    ...(claims === undefined ? { kind: 'it cannot be read' } : { kind: 'JWT' }),
    ...(Array.isArray(access) ? { grants: access.map(scopeText) } : {}),
  }
}

function claimsIn(token: string): unknown {
  const [, payload, signature] = token.split('.')
  if (payload === undefined || signature === undefined) return undefined
  return parseJson(Buffer.from(payload, 'base64url'))
}

/** `repository:team/app:pull` */
function scopeText(access: unknown): string {
  const actions = memberOf(access, 'actions')
  const names = Array.isArray(actions) ? actions.filter((action) => typeof action === 'string').join(',') : ''
  const [type, name] = [memberOf(access, 'type'), memberOf(access, 'name')]
  return [type, name].map((part) => (typeof part === 'string' ? part : '?')).join(':') + `:${names}`
}
