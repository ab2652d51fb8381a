import type { Credential } from '../../base/credential.ts'
import { judgeCatalogue } from './catalogue.ts'
import { compareClocks } from './clock.ts'
import type { Examination } from './examination.ts'
import { judgeChallenge, type Offer, type OfferTerms } from './offers.ts'
import { judgePing, pinged, pingFacts, sendPing, type Pinged } from './ping.ts'
import type { Reached } from './reach.ts'
import type { Found } from './steps.ts'
import { tryLogin } from './token.ts'

/** Talks to the registry as far as it was reached: ping, challenge, login, token, catalogue; and compares the clocks. */
export async function converse(examination: Examination, reached: Reached): Promise<void> {
  const { settings, steps } = examination
  const answer = await ping(examination, reached)
  const received = Date.now()
  const terms = {
    host: settings.host,
    registry: reached.origin ?? reached.https,
    trusted: settings.options.trustedRealms ?? [],
  }
  const offer = await readOffer(examination, answer, terms)
  const credential = await findLogin(examination, offer !== undefined && offer !== 'none')
  if (reached.origin === undefined || offer === undefined) {
    steps.skip('token', 'nothing is sent before there is a connection that can be trusted')
    steps.skip('catalogue', 'the registry was not reached')
  } else if (await logIn(examination, offer, credential, terms)) {
    await steps.take('catalogue', async (signal) => {
      const pages = settings.repositories({ ...examination.options, signal })
      return await judgeCatalogue(pages, settings.host, signal)
    })
  } else {
    steps.skip('catalogue', 'the registry did not let us in')
  }
  const clocks = answer === undefined ? undefined : compareClocks(answer.headers, received)
  if (clocks === undefined) steps.skip('clock', 'nobody said what time it is')
  else steps.note('clock', clocks)
}

async function ping(
  { settings, steps, redactor }: Examination,
  { origin, unverified, https }: Reached,
): Promise<Pinged | undefined> {
  if (origin !== undefined) {
    return await steps.take('ping', async (signal) => {
      const response = await sendPing(settings.transport, origin, undefined, signal)
      return await judgePing(response, settings.host, origin, redactor)
    })
  }
  if (unverified === undefined) {
    steps.skip('ping', 'there is no connection')
    return undefined
  }
  return steps.note('ping', {
    summary: `GET /v2/ gives ${unverified.status}, from a peer that nobody vouches for`,
    facts: pingFacts(unverified, https),
    value: pinged(unverified),
    warning: {},
  })
}

async function readOffer(
  { steps }: Examination,
  answer: Pinged | undefined,
  terms: OfferTerms,
): Promise<Offer | 'none' | undefined> {
  if (answer !== undefined)
    return await steps.take('challenge', () => Promise.resolve(judgeChallenge(answer, terms)))
  steps.skip('challenge', 'the registry was not reached')
  return undefined
}

/** Looks for the login even where there is no connection: a credential helper that fails is worth knowing. */
async function findLogin(
  { settings, options, steps, redactor }: Examination,
  isOffered: boolean,
): Promise<Credential | undefined> {
  if (options.anonymous === true) {
    steps.skip('login', 'it is not looked for in a workspace that is not trusted')
    return undefined
  }
  return await steps.take('login', async (signal): Promise<Found<Credential>> => {
    const credential = await settings.findCredential(settings.host, { ...options, signal })
    if (credential === undefined) {
      return { summary: isOffered ? 'none was found, so the rest is asked as nobody' : 'none was found' }
    }
    redactor.learn(credential)
    const { username, origin, identityToken } = credential
    const user = identityToken === undefined ? username : 'an identity token'
    return { summary: `${user}, from ${origin}`, facts: { user, from: origin }, value: credential }
  })
}

/** @returns whether the registry can be asked for more */
async function logIn(
  { settings, steps, redactor }: Examination,
  offer: Offer | 'none',
  credential: Credential | undefined,
  terms: OfferTerms,
): Promise<boolean> {
  if (offer === 'none' || (offer.isOptional && credential === undefined)) {
    steps.skip('token', 'nobody asks for one')
    return true
  }
  const { transport, elsewhere, checkElsewhere } = settings
  const parts = { ...terms, offer, credential, redactor, transport, elsewhere, checkElsewhere }
  return (await steps.take('token', async (signal) => await tryLogin(parts, signal))) === true
}
