import { ChartroomError } from '../base/errors.ts'
import type { OperationOptions } from '../base/progress.ts'
import { unauthorized, usableChallenge, type Authenticator } from './login/authenticator.ts'
import { parseChallenges, type Challenge } from './login/challenge.ts'
import { connectionError } from './connectionError.ts'
import type { HostOptions } from './hosts/hostOptions.ts'
import { Notices } from './transport/notices.ts'
import { inSentence } from './inSentence.ts'
import { checkedHop, isSameOrigin, resolveUrl } from './origin.ts'
import type { Pace } from './transport/pace.ts'
import { readBody, readStart } from './transport/readBody.ts'
import type { Redactor } from './login/redactor.ts'
import { retrying, Tries } from './transport/retry.ts'
import { findOrigin } from './scheme.ts'
import { asksForMore } from './login/scope.ts'
import { SingleFlight } from './singleFlight.ts'
import { statusError } from './statusError.ts'
import { defaultTimeouts, header } from './transport/transport.ts'
import type { HttpRequest, HttpResponse, RequestBody, Timeouts, Transport } from './transport/transport.ts'
import type { Wait } from './transport/wait.ts'

export interface RegistryRequest {
  readonly method: HttpRequest['method']
  /** A path on the registry such as `/v2/a/b/tags/list`, or a whole URL that the registry gave. */
  readonly to: string | URL
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: RequestBody
  /** What a token has to allow. */
  readonly scope?: string
  /** Told what the registry wants before it is given; what this throws ends the request. */
  readonly onChallenge?: (challenge: Challenge, from: URL) => void
  /** The statuses that are an answer; every other one is an error. */
  readonly expect: readonly number[]
  /** What is asked for or sent, to begin an error's sentence with: "localhost:5000/a/b:1.0.0". */
  readonly what: string
}

export interface RegistryResponse extends HttpResponse {
  /** Where the answer came from, after redirects. */
  readonly url: URL
  /** Whether the registry had sent us away before, so that nobody was told who we are. */
  readonly isElsewhere: boolean
}

export interface ReadResponse extends RegistryResponse {
  /** The whole body, within the limit for metadata. */
  readonly bytes: Buffer
}

export interface ClientSettings {
  /** As the person wrote it. */
  readonly host: string
  /** Where its API is; another host for Docker Hub only. */
  readonly apiHost: string
  readonly options: HostOptions
  readonly authenticator: Authenticator
  readonly redactor: Redactor
  /** For the registry itself. */
  readonly transport: Transport
  /** For where the registry redirects its clients: who they are is not used to change anything there. */
  readonly elsewhere: Transport
  readonly wait: Wait
  readonly pace: Pace
}

const maxHops = 5
const followed: Readonly<Record<string, readonly number[]>> = {
  GET: [301, 302, 303, 307, 308],
  HEAD: [301, 302, 303, 307, 308],
}

/** Requests to one registry: finds its scheme, logs in when asked to, follows redirects, tries again. */
export class RegistryClient {
  readonly settings: ClientSettings
  readonly #timeouts: Timeouts
  readonly #finding = new SingleFlight<URL>()
  readonly #notices: Notices
  #origin: URL | undefined

  constructor(settings: ClientSettings) {
    this.settings = settings
    this.#notices = new Notices((text) => settings.redactor.clean(text))
    this.#timeouts = {
      connect: defaultTimeouts.connect,
      answer: settings.options.requestTimeoutMs ?? defaultTimeouts.answer,
      idle: settings.options.idleTimeoutMs ?? defaultTimeouts.idle,
      commit: Math.max(settings.options.requestTimeoutMs ?? 0, defaultTimeouts.commit),
      slow: Math.max(settings.options.idleTimeoutMs ?? 0, defaultTimeouts.slow),
    }
  }

  /** Sends a request whose answer is small, again where that may help, and gives the answer with its bytes. */
  async read(request: RegistryRequest, options: OperationOptions): Promise<ReadResponse> {
    return await this.retrying(() => this.readOnce(request, options), options)
  }

  /** Does something made of several requests, again where that may help; inside, use `readOnce`. */
  async retrying<Result>(work: () => Promise<Result>, options: OperationOptions): Promise<Result> {
    return await retrying(work, this.tries(options))
  }

  /** The tries of an operation that says itself where it goes on. */
  tries(options: OperationOptions): Tries {
    return new Tries(this.settings.wait, this.settings.pace, options)
  }

  /** As `read`, with one try. */
  async readOnce(request: RegistryRequest, options: OperationOptions): Promise<ReadResponse> {
    const response = await this.sendOnce(request, options)
    try {
      return { ...response, bytes: await readBody(response, `The answer for ${inSentence(request.what)}`) }
    } catch (error) {
      throw connectionError(error, this.settings.host)
    }
  }

  /**
   * Sends a request once, and gives the answer with its body unread.
   * @throws ChartroomError for every status that the request does not expect, and where there is no answer
   */
  async sendOnce(request: RegistryRequest, options: OperationOptions): Promise<RegistryResponse> {
    const { host, redactor } = this.settings
    try {
      const response = await this.#follow(request, options)
      this.#notices.heed(response, host, options.log)
      if (request.expect.includes(response.status)) return response
      const error = await statusError(response, {
        ...(response.isElsewhere ? { host: response.url.host, sentBy: host } : { host }),
        what: request.what,
        isWrite: request.body !== undefined,
        redactor,
      })
      response.close()
      throw error
    } catch (error) {
      throw connectionError(error, host)
    }
  }

  /** Follows redirects by hand. Once a redirect has left the registry, nothing says who we are any more. */
  async #follow(request: RegistryRequest, options: OperationOptions): Promise<RegistryResponse> {
    const origin = await this.#findOrigin(options)
    let url = new URL(request.to, origin)
    let isHome = isSameOrigin(url, origin)
    for (let hops = 0; ; hops++) {
      const response = isHome
        ? await this.#authorized(request, url, options)
        : await this.#elsewhere(request, url, options)
      const location = redirectOf(request, response)
      if (location === undefined) return { ...response, url, isElsewhere: !isHome }
      await readStart(response, 64 * 1024)
      const target = resolveUrl(location, url)
      if (hops === maxHops || target === undefined) throw this.#lost(request, hops)
      const next = checkedHop(url, target, 'a redirect')
      isHome &&= isSameOrigin(url, next)
      url = next
    }
  }

  /** Sends a request to the registry itself and answers its challenges. */
  async #authorized(request: RegistryRequest, url: URL, options: OperationOptions): Promise<HttpResponse> {
    const { authenticator, transport, host, redactor } = this.settings
    // A request that brings a login of its own is sent with that.
    let authorization =
      request.headers?.['authorization'] === undefined ? authenticator.known(request.scope) : undefined
    const answered: Challenge[] = []
    for (;;) {
      const response = await this.#transmit(transport, request, url, authorization?.header, options)
      if (response.status !== 401) return response
      const challenge = usableChallenge(parseChallenges(response.headers.get('www-authenticate') ?? []))
      await readStart(response, 64 * 1024)
      response.close()
      if (authorization !== undefined) authenticator.forget(authorization)
      if (challenge === undefined) throw unauthorized(host, undefined, authorization?.origin)
      request.onChallenge?.(challenge, url)
      if (!isWorthAnswering(challenge, request.scope, answered))
        throw rejected(request, this.settings, challenge, authorization?.origin)
      const answer = await authenticator.answer(challenge, url, request.scope, options)
      if (answer === undefined) throw unauthorized(host, challenge, undefined, redactor)
      if (answer.isFresh) answered.push(challenge)
      authorization = answer.authorization
    }
  }

  /** Sends a request to where the registry has redirected it; what goes wrong there is not the registry's. */
  async #elsewhere(request: RegistryRequest, url: URL, options: OperationOptions): Promise<HttpResponse> {
    try {
      return await this.#transmit(this.settings.elsewhere, withoutLogin(request), url, undefined, options)
    } catch (error) {
      throw connectionError(error, url.host)
    }
  }

  async #transmit(
    transport: Transport,
    { method, headers, body }: RegistryRequest,
    url: URL,
    authorization: string | undefined,
    options: OperationOptions,
  ): Promise<HttpResponse> {
    return await transport.send(
      {
        method,
        url,
        headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
        ...(body === undefined ? {} : { body }),
      },
      { ...options, timeouts: this.#timeouts },
    )
  }

  /** The registry's scheme, host and port; found out once. */
  async #findOrigin({ signal, ...options }: OperationOptions): Promise<URL> {
    const { apiHost, transport } = this.settings
    const find = async (untilAbandoned: AbortSignal): Promise<URL> =>
      await findOrigin(apiHost, this.settings.options, transport, { ...options, signal: untilAbandoned })
    this.#origin ??= await this.#finding.run(apiHost, find, signal)
    return this.#origin
  }

  #lost({ what }: RegistryRequest, hops: number): ChartroomError {
    const { host } = this.settings
    return new ChartroomError('refused', {
      message:
        hops === maxHops
          ? `${host} redirects the request for ${inSentence(what)} more than ${maxHops} times.`
          : `${host} redirects the request for ${inSentence(what)} to what is no web address.`,
      host,
    })
  }
}

/** What leaves the registry carries no login, not even one that the request brought. */
function withoutLogin({ headers = {}, ...request }: RegistryRequest): RegistryRequest {
  const { authorization, ...others } = headers
  return authorization === undefined ? { ...request, headers } : { ...request, headers: others }
}

/** Where an answer redirects to; requests with a body are repeated only where the status says that they may be. */
function redirectOf({ method }: RegistryRequest, response: HttpResponse): string | undefined {
  return (followed[method] ?? [307, 308]).includes(response.status) ? header(response, 'location') : undefined
}

/** A registry that knows who we are but wants a token with more rights says so with 401 too. */
function rejected(
  { what, scope }: RegistryRequest,
  { host, redactor }: Pick<ClientSettings, 'host' | 'redactor'>,
  challenge: Challenge,
  origin: string | undefined,
): ChartroomError {
  if (origin === undefined || challenge.parameters.get('error') !== 'insufficient_scope') {
    return unauthorized(host, challenge, origin, redactor)
  }
  const action =
    scope
      ?.slice(scope.lastIndexOf(':') + 1)
      .split(',')
      .at(-1) ?? 'do'
  return new ChartroomError('forbidden', {
    message: `The login from ${origin} may not ${action === '*' ? 'list' : action} ${inSentence(what)}.`,
    advice: `Ask whoever runs ${host} for the right, or log in as somebody who has it.`,
    host,
    status: 401,
  })
}

/**
 * Whether a challenge may be answered, once or again: a fresh token that is not taken is worth one more only where the
 * registry says that it wants another scope or that this token is no good.
 *
 * @param answered the challenges of this request that something fresh was fetched for
 * @see containerd's `invalidAuthorization` in core/remotes/docker/authorizer.go
 */
function isWorthAnswering(
  { scheme, parameters }: Challenge,
  scope: string | undefined,
  answered: readonly Challenge[],
): boolean {
  if (answered.length === 0) return true
  if (answered.length > 1 || scheme !== 'bearer') return false
  const before = answered.map((challenge) => challenge.parameters.get('scope'))
  return parameters.get('error') === 'invalid_token' || asksForMore(parameters.get('scope'), scope, ...before)
}
