import { ChartroomError } from '../../base/errors.ts'
import { usableChallenge } from '../login/authenticator.ts'
import type { Challenge } from '../login/challenge.ts'
import { bare, isSameHost, resolveUrl } from '../origin.ts'
import { checkRealm, checkTrust, type RealmAsked } from '../login/realm.ts'
import type { Facts } from './diagnosis.ts'
import type { Pinged } from './ping.ts'
import type { Found } from './steps.ts'

/** How a registry wants to be told who somebody is. */
export interface Offer {
  readonly challenge: Challenge
  /** Where tokens come from; `undefined` where the registry takes user name and password itself. */
  readonly realm?: URL
  /** Whether the registry lets in everybody, too. */
  readonly isOptional: boolean
}

/** Who asks for a login, and where it may go. */
export type OfferTerms = Omit<RealmAsked, 'realm'>

/** Says which ways to log in a registry offers, and which one is taken; none, where nobody has to. */
export function judgeChallenge({ status, challenges }: Pinged, terms: OfferTerms): Found<Offer | 'none'> {
  const challenge = usableChallenge(challenges)
  const offers = challenges.map(({ scheme }) => scheme)
  if (challenge === undefined) {
    if (status !== 401) return { summary: 'none: everybody is let in', value: 'none' }
    return { summary: '', facts: { offers }, failure: unknownWays(terms.host, offers) }
  }
  const isOptional = status !== 401
  if (challenge.scheme === 'basic') {
    const realm = challenge.parameters.get('realm')
    const facts = { offers, chosen: 'basic', ...(realm === undefined ? {} : { realm }) }
    return { summary: `Basic${optionalText(isOptional)}`, facts, value: { challenge, isOptional } }
  }
  return judgeBearer(challenge, offers, isOptional, terms)
}

function judgeBearer(
  challenge: Challenge,
  offers: readonly string[],
  isOptional: boolean,
  terms: OfferTerms,
): Found<Offer> {
  const { host, registry } = terms
  const { parameters } = challenge
  const realm = resolveUrl(parameters.get('realm') ?? '//', registry)
  const service = parameters.get('service')
  const scope = parameters.get('scope')
  const facts: Facts = {
    offers,
    chosen: 'bearer',
    ...(realm === undefined ? {} : { realm: realm.origin }),
    ...(service === undefined ? {} : { service }),
    ...(scope === undefined ? {} : { scope }),
  }
  if (realm === undefined) {
    const message = `${host} wants a token but does not say where to get one.`
    return { summary: '', facts, failure: new ChartroomError('unsupported', { message, host }) }
  }
  const problem = refusalOf(() => {
    checkRealm({ ...terms, realm })
  })
  if (problem !== undefined) return { summary: '', facts, failure: problem }
  const distrust = refusalOf(() => {
    checkTrust({ ...terms, realm })
  })
  const found = {
    facts: { ...facts, trusted: distrust === undefined ? trustOf(registry, realm) : 'no' },
    value: { challenge, realm: bare(realm), isOptional },
  }
  if (distrust === undefined)
    return { summary: `Bearer, tokens from ${realm.host}${optionalText(isOptional)}`, ...found }
  return {
    summary: `Bearer, tokens from ${realm.host}, which is not known to belong to ${host}`,
    ...found,
    warning: distrust.advice === undefined ? {} : { advice: distrust.advice },
  }
}

function optionalText(isOptional: boolean): string {
  return isOptional ? ', although everybody is let in' : ''
}

function trustOf(registry: URL, realm: URL): string {
  return isSameHost(registry, realm) ? 'yes, the same host' : 'yes, known or set for this host'
}

function refusalOf(check: () => void): ChartroomError | undefined {
  try {
    check()
    return undefined
  } catch (error) {
    if (error instanceof ChartroomError) return error
    throw error
  }
}

function unknownWays(host: string, offers: readonly string[]): ChartroomError {
  const what = offers.length === 0 ? 'does not say how' : `offers ${offers.join(', ')} alone`
  return new ChartroomError('unsupported', {
    message: `${host} wants a login but ${what}; Chartroom knows Basic and Bearer.`,
    host,
    status: 401,
  })
}
