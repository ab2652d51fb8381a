import { messageOf } from '../../base/errors.ts'
import { isNotTls } from './tlsFailures.ts'
import {
  header,
  TransportError,
  type HttpRequest,
  type HttpResponse,
  type SendOptions,
  type Transport,
} from './transport.ts'

/** A transport that writes one debug line for every request: method, URL, status, milliseconds, bytes. */
export function logged(transport: Transport): Transport {
  return {
    async send(request: HttpRequest, options: SendOptions = {}): Promise<HttpResponse> {
      const start = Date.now()
      const write = (outcome: string, bytes: string | number): void => {
        const { method, url } = request
        options.log?.debug(`${method} ${redactedUrl(url)} ${outcome} ${Date.now() - start} ms ${bytes} bytes`)
      }
      try {
        const response = await transport.send(request, options)
        write(String(response.status), request.body?.size ?? header(response, 'content-length') ?? 0)
        return response
      } catch (error) {
        write(`failed: ${reasonOf(error)}`, 0)
        throw error
      }
    },
  }
}

function reasonOf(error: unknown): string {
  return error instanceof TransportError && isNotTls(error) ? 'the answer is not TLS' : messageOf(error)
}

/** What a query may show. Everything else can be a signature or a token. */
const harmless = new Set(['scope', 'service', 'mount', 'from', 'digest', 'n', 'last'])

/** A URL as it may be logged and shown: without user name and password, unknown values of its query replaced. */
function redactedUrl(url: URL): string {
  const shown = new URL(`${url.origin}${url.pathname}`)
  for (const [name, value] of url.searchParams) {
    shown.searchParams.append(name, harmless.has(name) ? value : 'REDACTED')
  }
  return shown.href
}
