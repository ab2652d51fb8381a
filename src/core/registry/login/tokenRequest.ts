import type { Credential } from '../../base/credential.ts'
import { ChartroomError } from '../../base/errors.ts'
import type { OperationOptions } from '../../base/progress.ts'
import { connectionError } from '../connectionError.ts'
import { memberOf, parseJson, readBody, readStart } from '../transport/readBody.ts'
import type { Redactor } from './redactor.ts'
import { statusError } from '../statusError.ts'
import {
  bodyOf,
  defaultTimeouts,
  type HttpRequest,
  type HttpResponse,
  type Transport,
} from '../transport/transport.ts'

export interface TokenRequest {
  readonly realm: URL
  readonly service?: string | undefined
  readonly scopes: readonly string[]
  readonly credential?: Credential | undefined
  readonly redactor: Redactor
}

/** How servers without the POST way answer it. */
const postUnknown: readonly number[] = [400, 401, 404, 405]

export interface Token {
  readonly token: string
  /** Milliseconds since 1970, by this machine's clock. */
  readonly expires: number
}

/**
 * Asks a token server for a token. That the token allows what was asked is not sure: servers leave out what the login
 * has no right to.
 *
 * A token lives from the moment that it is received, by this machine's clock: the server's may be wrong.
 *
 * @returns `undefined` where the server refuses the login, or wants one and there is none
 * @throws ChartroomError `unsupported` where the server takes no identity token and there is no password beside it
 * @see https://distribution.github.io/distribution/spec/auth/token/
 * @see https://distribution.github.io/distribution/spec/auth/oauth/
 */
export async function requestToken(
  transport: Transport,
  request: TokenRequest,
  options: Pick<OperationOptions, 'log' | 'signal'>,
): Promise<Token | undefined> {
  const { host } = request.realm
  const send = async (way: HttpRequest): Promise<HttpResponse> =>
    await transport.send(way, { ...options, timeouts: { ...defaultTimeouts, answer: 20_000 } })
  try {
    let response = await send(
      request.credential?.identityToken === undefined ? byGet(request) : byPost(request),
    )
    const isByPost = request.credential?.identityToken !== undefined
    if (isByPost && postUnknown.includes(response.status)) {
      await readStart(response, 64 * 1024)
      if (hasPassword(request.credential)) response = await send(byGet(request))
      else if (response.status === 404 || response.status === 405) throw noPost(request, response.status)
      // 400 is also how OAuth2 says that a refresh token is not good (any more).
      else return undefined
    }
    if (response.status === 401 || response.status === 403) {
      await readStart(response, 64 * 1024)
      return undefined
    }
    const what = `A token from ${host}`
    if (response.status !== 200) throw await statusError(response, { host, what, redactor: request.redactor })
    return parseToken(await readBody(response, what, 128 * 1024), host)
  } catch (error) {
    throw connectionError(error, host)
  }
}

function hasPassword(credential: Credential | undefined): boolean {
  return credential !== undefined && credential.username !== '' && credential.password !== ''
}

function noPost({ realm: { host }, credential }: TokenRequest, status: number): ChartroomError {
  return new ChartroomError('unsupported', {
    message: `The token server ${host} takes no identity tokens (it answers with ${status}), and the login from ${credential?.origin ?? 'nowhere'} is one.`,
    advice: 'Log in with a user name and a password or token.',
    host,
    status,
  })
}

function byGet({ realm, service, scopes, credential }: TokenRequest): HttpRequest {
  const url = new URL(realm)
  if (service !== undefined) url.searchParams.set('service', service)
  for (const scope of scopes) url.searchParams.append('scope', scope)
  url.searchParams.set('client_id', 'chartroom')
  return { method: 'GET', url, headers: credential === undefined ? {} : { authorization: basic(credential) } }
}

function byPost({ realm, service, scopes, credential }: TokenRequest): HttpRequest {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: credential?.identityToken ?? '',
    client_id: 'chartroom',
    ...(service === undefined ? {} : { service }),
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
  })
  const bytes = Buffer.from(form.toString())
  return {
    method: 'POST',
    url: realm,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: bodyOf(bytes),
  }
}

/** `Authorization` for user name and password. */
export function basic({ username, password }: Credential): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

function parseToken(bytes: Buffer, host: string): Token {
  const body = parseJson(bytes)
  const value = [memberOf(body, 'token'), memberOf(body, 'access_token')].find(
    (each) => typeof each === 'string' && each !== '',
  )
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) {
    throw new ChartroomError('unavailable', {
      message: `The token server ${host} gave an answer without a token.`,
      host,
    })
  }
  // The specification's shortest life is 60 s, which is also what a missing number means. Five seconds are for the way.
  const seconds = Math.max(60, Number(memberOf(body, 'expires_in')) || 60)
  return { token: value, expires: Date.now() + (seconds - 5) * 1000 }
}
