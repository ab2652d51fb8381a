import { changed, instead } from './breaking.ts'
import { empty, errorAnswer, operations, text } from './exchange.ts'
import { never, passing, type Fault, type Outcome, type Outcomes } from './fault.ts'

const everywhereButToken = operations.filter((operation) => operation !== 'token')
const writes = ['upload open', 'upload content', 'upload close', 'manifest put'] as const

const limited: Outcomes = ['success', 'rate-limited']

/** Answers that are an error, and logins that are not good enough any more. */
export const statusFaults: readonly Fault[] = [
  ...[408, 499, 500, 503, 504, 522].map((status) => ({
    name: `answers ${status}`,
    at: operations,
    inflict: instead(() => errorAnswer(status, 'UNKNOWN')),
    outcomes: passing,
  })),
  {
    name: 'answers 502 as a web page',
    at: operations,
    inflict: instead(() => text(502, '<html><h1>Bad Gateway</h1></html>', 'text/html')),
    outcomes: passing,
  },
  {
    name: 'answers 503 and says when to come again',
    at: operations,
    inflict: instead(() => errorAnswer(503, 'UNAVAILABLE', 'maintenance', { 'retry-after': '2' })),
    outcomes: passing,
  },
  {
    name: 'answers 503 and says to come again tomorrow',
    at: operations,
    inflict: instead(() => errorAnswer(503, 'UNAVAILABLE', 'maintenance', { 'retry-after': '86400' })),
    outcomes: never('unavailable'),
  },
  { name: 'answers 429', at: operations, inflict: tooMany(() => undefined), outcomes: limited },
  {
    name: 'answers 429 and says in how many seconds to come again',
    at: operations,
    inflict: tooMany(() => '1'),
    outcomes: limited,
  },
  {
    name: 'answers 429 and says at which time to come again',
    at: operations,
    inflict: tooMany(() => new Date(Date.now() + 1000).toUTCString()),
    outcomes: limited,
  },
  {
    name: 'answers 429 and says to come again in another life',
    at: operations,
    inflict: tooMany(() => '99999999999999999999'),
    outcomes: never('rate-limited'),
  },
  {
    name: 'wants a login again and again',
    at: operations,
    inflict: instead(({ refuse }) => refuse()),
    outcomes: ['success', 'unauthorized'],
    // A token that was refused when it was new is not replaced by one that is as good.
    except: { token: never('unauthorized'), ...withNewTokens('unauthorized') },
  },
  {
    name: 'does not know its tokens any more',
    at: everywhereButToken,
    inflict: instead(({ refuse }) => refuse('invalid_token')),
    outcomes: ['success', 'unauthorized'],
  },
  {
    name: 'wants a token with more rights',
    at: everywhereButToken,
    inflict: instead(({ refuse }) => refuse('insufficient_scope')),
    outcomes: ['success', 'forbidden'],
    except: withNewTokens('forbidden'),
  },
  {
    name: 'denies access',
    at: everywhereButToken,
    inflict: instead(() => errorAnswer(403, 'DENIED')),
    outcomes: never('forbidden'),
  },
  {
    name: 'does not know the method',
    at: ['head', 'blob head'],
    inflict: instead(() => empty(405)),
    outcomes: never('success'),
  },
  {
    name: 'says nothing about the digest',
    at: ['head', 'blob head', 'manifest', 'upload close', 'manifest put'],
    inflict: changed(({ headers: { 'docker-content-digest': _, ...headers }, ...good }) => ({
      ...good,
      headers,
    })),
    outcomes: never('success'),
  },
  {
    name: 'is a proxy that wants a login of its own',
    at: everywhereButToken,
    inflict: instead(() => text(407, 'Proxy Authentication Required')),
    outcomes: never('proxy'),
  },
  {
    name: 'has no room',
    at: writes,
    inflict: instead(() => empty(413)),
    outcomes: never('too-large'),
  },
]

/** The first requests of an operation, whose tokens come straight from the token server. */
function withNewTokens(outcome: Outcome): NonNullable<Fault['except']> {
  const first = ['ping', 'catalogue', 'tags', 'head', 'manifest', 'blob head', 'upload open'] as const
  return Object.fromEntries(first.map((operation) => [operation, never(outcome)]))
}

function tooMany(retryAfter: () => string | undefined): Fault['inflict'] {
  return instead(() => {
    const when = retryAfter()
    return errorAnswer(429, 'TOOMANYREQUESTS', 'slow down', when === undefined ? {} : { 'retry-after': when })
  })
}
