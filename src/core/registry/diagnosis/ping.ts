import { ChartroomError } from '../../base/errors.ts'
import { parseChallenges, type Challenge } from '../login/challenge.ts'
import { resolveUrl } from '../origin.ts'
import type { Redactor } from '../login/redactor.ts'
import { readStart } from '../transport/readBody.ts'
import { statusError } from '../statusError.ts'
import { header, type HttpHeaders, type HttpResponse, type Transport } from '../transport/transport.ts'
import type { Facts } from './diagnosis.ts'
import type { Found } from './steps.ts'

/** The beginning of every conversation with a registry, and what it said. */
export interface Pinged {
  readonly status: number
  readonly headers: HttpHeaders
  readonly challenges: readonly Challenge[]
}

/** Asks a registry for `/v2/`, as nobody or as somebody. */
export async function sendPing(
  transport: Transport,
  origin: URL,
  authorization: string | undefined,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const headers = authorization === undefined ? {} : { authorization }
  return await transport.send({ method: 'GET', url: new URL('/v2/', origin), headers }, { signal })
}

/**
 * Says what an answer to `/v2/` means: 200 and 401 are those of a registry.
 * @see https://distribution.github.io/distribution/spec/api/#api-version-check
 */
export async function judgePing(
  response: HttpResponse,
  host: string,
  origin: URL,
  redactor: Redactor,
): Promise<Found<Pinged>> {
  const { status, headers } = response
  const facts = pingFacts(response, origin)
  const summary = `GET /v2/ gives ${status}`
  const isPage = /^text\/html\b/i.test(header(response, 'content-type') ?? '')
  try {
    if ((status === 200 && !isPage) || (status === 401 && headers.has('www-authenticate'))) {
      await readStart(response, 64 * 1024)
      return { summary, facts, value: pinged(response) }
    }
    if (status === 200 || status === 404 || status === 405 || (status >= 300 && status < 400)) {
      return { summary, facts, failure: noRegistry(response, host, origin) }
    }
    return { summary, facts, failure: await statusError(response, { host, what: host, redactor }) }
  } finally {
    response.close()
  }
}

export function pingFacts(answer: Pick<HttpResponse, 'status' | 'headers'>, origin: URL): Facts {
  const apiVersion = header(answer, 'docker-distribution-api-version')
  const server = header(answer, 'server')
  const location = redirection(answer, origin)
  return {
    status: answer.status,
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(server === undefined ? {} : { server }),
    ...(location === undefined ? {} : { redirectsTo: location }),
  }
}

export function pinged({ status, headers }: Pick<HttpResponse, 'status' | 'headers'>): Pinged {
  return { status, headers, challenges: parseChallenges(headers.get('www-authenticate') ?? []) }
}

/** Scheme and host alone: paths and queries can hold what is secret. */
function redirection(answer: Pick<HttpResponse, 'headers'>, origin: URL): string | undefined {
  const location = header(answer, 'location')
  return location === undefined ? undefined : resolveUrl(location, origin)?.origin
}

function noRegistry(response: HttpResponse, host: string, origin: URL): ChartroomError {
  const { status } = response
  const location = redirection(response, origin)
  const what =
    status === 200
      ? 'with a web page'
      : location === undefined
        ? `GET /v2/ gives ${status}`
        : `GET /v2/ leads to ${location}`
  return new ChartroomError('unsupported', {
    message: `${host} answers, but not as a registry does (${what}).`,
    advice: 'Check host and port: what is there is a web server, or a registry under another path.',
    host,
    status,
  })
}
