import type { ClientRequest, IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { checkServerIdentity } from 'node:tls'
import { HttpProxyAgent } from 'http-proxy-agent'
import { HttpsProxyAgent } from 'https-proxy-agent'
import { wantsLogin, type ProxyAgent } from './proxyAnswers.ts'
import { TransportError } from './transport.ts'

/** The agent that takes requests with the scheme of a URL through a proxy, and keeps tunnels open for the next ones. */
export function proxyAgent(proxy: URL, url: URL): ProxyAgent {
  const headers = authorization(proxy)
  // The libraries write the address into their debug output.
  const address = new URL(proxy)
  address.username = ''
  address.password = ''
  return url.protocol === 'https:'
    ? new TunnelAgent(address, { headers, keepAlive: true })
    : new ForwardAgent(address, { headers })
}

type Connect = HttpsProxyAgent<string>['connect']
type Forward = HttpProxyAgent<string>['connect']

/** For HTTPS: the proxy connects to the host and passes bytes on. */
class TunnelAgent extends HttpsProxyAgent<string> {
  override async connect(request: ClientRequest, options: Parameters<Connect>[1]): ReturnType<Connect> {
    let answered: Pick<IncomingMessage, 'statusCode'> = {}
    request.once('proxyConnect', (answer: typeof answered) => {
      answered = answer
    })
    const { signal, release } = ends(request)
    // Taken up before this call returns.
    this.connectOpts = { ...this.connectOpts, signal }
    const socket = await super
      .connect(request, withAddress(options))
      .catch((error: unknown) => {
        throw unreachable(this.proxy, error)
      })
      .finally(release)
    const { statusCode } = answered
    if (statusCode === 200) return socket
    socket.destroy()
    // tinyproxy says 401 where there was a login and it was wrong.
    if (statusCode === 407 || statusCode === 401) throw wantsLogin(this.proxy)
    const status = statusCode ?? 0
    throw new TransportError(
      `PROXY_${status}`,
      `the proxy ${this.proxy.host} does not connect to it (status ${status})`,
    )
  }
}

/**
 * For plain HTTP: the proxy is sent the request itself. Its connection is not kept: tinyproxy, for one, closes it after the
 * answer without having said so, and the next request would be lost.
 */
class ForwardAgent extends HttpProxyAgent<string> {
  override async connect(request: ClientRequest, options: Parameters<Forward>[1]): ReturnType<Forward> {
    const { signal, release } = ends(request)
    this.connectOpts = { ...this.connectOpts, signal }
    return await super
      .connect(request as Parameters<Forward>[0], options)
      .catch((error: unknown) => {
        throw unreachable(this.proxy, error)
      })
      .finally(release)
  }
}

/**
 * When a request ends that has no connection yet: Node tells nobody, and the one that is being made would stay open.
 * @returns a signal, and how to leave it alone, because others use the connection later
 */
function ends(request: ClientRequest): { readonly signal: AbortSignal; readonly release: () => void } {
  const ended = new AbortController()
  if (request.destroyed) ended.abort()
  const destroy = request.destroy.bind(request)
  request.destroy = (error) => {
    ended.abort()
    return destroy(error)
  }
  const release = (): void => {
    request.destroy = destroy
  }
  return { signal: ended.signal, release }
}

/**
 * Through a tunnel the library has the certificate checked against the name that it sends, which an address is not:
 * against `localhost` then. The address is what it has to be for.
 */
function withAddress(options: Parameters<Connect>[1]): Parameters<Connect>[1] {
  const { host } = options
  if (!options.secureEndpoint || host === undefined || isIP(host) === 0) return options
  return { ...options, checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate) }
}

function unreachable(proxy: URL, error: unknown): TransportError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'it gave no answer'
  return new TransportError('PROXY_UNREACHABLE', `the proxy ${proxy.host} cannot be reached (${code})`)
}

function authorization({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {}
  const login = Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64')
  return { 'Proxy-Authorization': `Basic ${login}` }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A percent sign that stands for itself.
    return text
  }
}
