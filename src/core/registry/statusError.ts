import { ChartroomError, printable, type ErrorDetails, type ErrorKind } from '../base/errors.ts'
import { inSentence } from './inSentence.ts'
import type { Redactor } from './login/redactor.ts'
import { formatAge } from '../base/humanize.ts'
import { memberOf, parseJson, readStart } from './transport/readBody.ts'
import { TransientError } from './transport/retry.ts'
import { parseRetryAfter } from './transport/retryAfter.ts'
import { header, TransportError, type HttpResponse } from './transport/transport.ts'

export interface Asked {
  /** As the person wrote it, for example `localhost:5000`. */
  readonly host: string
  /** The registry that sends its clients to the host, which gets no login. */
  readonly sentBy?: string
  /** What was asked for or sent, to begin a sentence with: "localhost:5000/a/b:1.0.0". */
  readonly what: string
  /** Whether something was sent to be stored. */
  readonly isWrite?: boolean
  /** Takes secrets out of what the other side says. */
  readonly redactor?: Redactor
}

/**
 * An answer that is not what was asked for, as an error.
 *
 * @returns with what the registry says about it, where it says something
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes
 */
export async function statusError(
  response: HttpResponse,
  { host, sentBy, what, isWrite, redactor }: Asked,
): Promise<ChartroomError> {
  const { status } = response
  const { code, message, wantsTls } = await readRegistryError(response, redactor)
  const said = message === '' ? '' : `: ${message}`
  const fail = (kind: ErrorKind, text: string, more: Partial<ErrorDetails> = {}): ChartroomError =>
    new ChartroomError(kind, {
      message: text,
      host,
      status,
      // A word, as the specification has it; anything else may be anything.
      ...(/^[A-Z0-9_]{1,64}$/.test(code) ? { code } : {}),
      ...more,
    })

  const about = inSentence(what)
  if (status === 429 || code === 'TOOMANYREQUESTS') return rateLimited(response, host)
  if (status === 408 || status === 499 || (status >= 500 && status !== 501)) {
    const { when, ...retry } = askedWait(response)
    return new TransientError(
      'unavailable',
      {
        message: `${host} cannot answer at the moment (status ${status}${said}).`,
        ...(when === undefined ? {} : { advice: `Try again ${when}.` }),
        host,
        status,
      },
      { tries: 5, isBusy: status === 503, ...retry },
    )
  }
  if (status === 400 && wantsTls) {
    return fail('tls', `${host} wants HTTPS but is set to plain HTTP.`, {
      advice: 'Remove the plain HTTP setting of this host.',
    })
  }
  if (sentBy !== undefined && (status === 401 || status === 403)) {
    const message = `${host}, where ${sentBy} sends its clients for ${about}, does not let them in (status ${status}${said}).`
    return fail('unavailable', message, {
      advice: `If ${host} is the registry itself, use that name; else ask whoever runs ${sentBy}.`,
    })
  }
  switch (status) {
    case 401:
      return fail('unauthorized', `${host} wants a login for ${about}${said}.`, {
        advice: `Log in to ${host}.`,
      })
    case 403:
      return fail('forbidden', `${host} does not allow this for ${about}${said}.`, {
        advice: 'Ask whoever runs the registry for the right, or log in as somebody who has it.',
      })
    case 404:
      return fail('not-found', notFound(code, host, what), {
        // ECR, for one, makes no repository for what is pushed.
        ...(code === 'NAME_UNKNOWN' && isWrite === true
          ? { advice: `Create the repository at ${host} first.` }
          : {}),
      })
    case 405:
    case 501:
      return fail('unsupported', `${host} does not support this for ${about}${said}.`)
    case 407:
      return fail('proxy', `The proxy on the way to ${host} wants a login.`)
    case 413:
      return fail('too-large', `${what} is larger than ${host} accepts${said}.`)
  }
  // So distribution says it.
  if (status === 400 && message.includes('request body too large')) {
    return fail('too-large', `${what} is larger than ${host} accepts.`)
  }
  switch (code) {
    case 'UNSUPPORTED':
      return fail('unsupported', `${host} does not support this for ${about}${said}.`)
    case 'DIGEST_INVALID':
    case 'SIZE_INVALID':
    case 'MANIFEST_BLOB_UNKNOWN':
      return fail('integrity', `${host} did not take ${about}${said}.`)
    case 'NAME_INVALID':
    case 'TAG_INVALID':
      return fail('invalid-reference', `${host} does not accept the name of ${about}${said}.`)
  }
  return fail('refused', `${host} did not accept the request for ${about} (status ${status}${said}).`)
}

function notFound(code: string, host: string, what: string): string {
  if (code === 'NAME_UNKNOWN') return `${what} was not found: ${host} does not have this repository.`
  return `${what} was not found at the registry.`
}

function rateLimited(response: HttpResponse, host: string): TransientError {
  const { when = 'later', ...retry } = { ...spentQuota(response), ...askedWait(response) }
  return new TransientError(
    'rate-limited',
    {
      message: `${host} has had too many requests from here.`,
      advice: `Try again ${when}; a login often raises the limit.`,
      host,
      status: response.status,
    },
    { tries: 5, isBusy: true, ...retry },
  )
}

interface Wait {
  /** Milliseconds. */
  readonly retryAfter?: number
  /** For people. */
  readonly when?: string
}

/**
 * Docker Hub says of a quota that is used up how long it is for, as `ratelimit-remaining: 0;w=21600`, and not when the next
 * request is free: asking again at once is in vain.
 */
function spentQuota(response: HttpResponse): Wait {
  const seconds = /^0;w=(\d{1,9})$/.exec(header(response, 'ratelimit-remaining') ?? '')?.[1]
  if (seconds === undefined) return {}
  const retryAfter = Number(seconds) * 1000
  return { retryAfter, when: fromNow(retryAfter).replace(/^in /, 'within ') }
}

/** How long the registry asks to wait. */
function askedWait(response: HttpResponse): Wait {
  const retryAfter = parseRetryAfter(header(response, 'retry-after'), Date.now())
  return retryAfter === undefined ? {} : { retryAfter, when: fromNow(retryAfter) }
}

function fromNow(milliseconds: number): string {
  if (milliseconds <= 120_000) return `in ${Math.ceil(milliseconds / 1000)} s`
  return milliseconds > year ? 'later' : `in ${formatAge(milliseconds).toLowerCase()}`
}

/** In milliseconds; whoever names a longer time says nothing. */
const year = 365 * 24 * 60 * 60 * 1000

interface RegistryError {
  /** Such as `MANIFEST_UNKNOWN`; empty where there is none. */
  readonly code: string
  readonly message: string
  /** Whether a server for HTTPS says that it was asked in plain HTTP. */
  readonly wantsTls: boolean
}

/** As Go's servers, nginx and Apache say it. */
const plainHttpToTls =
  /HTTP request to an HTTPS server|plain HTTP request was sent to HTTPS port|speaking plain HTTP to an SSL-enabled server port/

/** Reads the error body of the specification, zot's, which has no list around it, or plain text. */
async function readRegistryError(response: HttpResponse, redactor?: Redactor): Promise<RegistryError> {
  const bytes = await errorBody(response)
  const body = parseJson(bytes)
  const list = memberOf(body, 'errors')
  const first: unknown = Array.isArray(list) ? list[0] : body
  const code = memberOf(first, 'code')
  const message = memberOf(first, 'message')
  const said = (text: string): string => short(redactor?.clean(text) ?? text)
  const wantsTls = plainHttpToTls.test(bytes.toString('utf8'))
  if (typeof code === 'string') {
    return { code, message: said(typeof message === 'string' ? message : code), wantsTls }
  }
  // Go's servers do not say what it is when they are asked for plain HTTP where they have TLS.
  const isPlainText = (header(response, 'content-type') ?? 'text/plain').startsWith('text/plain')
  return { code: '', message: isPlainText ? said(bytes.toString('utf8')) : '', wantsTls }
}

/** The status says enough where the body does not come whole. */
async function errorBody(response: HttpResponse): Promise<Buffer> {
  try {
    return await readStart(response, 64 * 1024)
  } catch (error) {
    if (error instanceof TransportError) return Buffer.alloc(0)
    throw error
  }
}

function short(text: string): string {
  return printable(text).trim().replace(/\.$/, '').slice(0, 300)
}
