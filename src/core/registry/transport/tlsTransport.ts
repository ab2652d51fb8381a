import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { unlessAborted } from '../singleFlight.ts'
import { byteStream, headersOf } from './fetchTransport.ts'
import { checkProxy, type FindAgent, type ProxyAgent } from './proxyAnswers.ts'
import type { TlsSettings } from './tlsSettings.ts'
import type { HttpHeaders, HttpRequest, HttpResponse, SendOptions, Transport } from './transport.ts'
import { Watchdog } from './watchdog.ts'

/**
 * The transport for hosts with a certificate authority or a client certificate of their own, or whose certificate is
 * not verified. Their settings go with each request, because inside VS Code an agent, and so everything that node-fetch
 * could be given, is replaced.
 *
 * @param findAgent for proxies; unset inside VS Code, which has its own way
 */
export function tlsTransport(tls: TlsSettings, findAgent?: FindAgent): Transport {
  return {
    async send(request: HttpRequest, options: SendOptions = {}): Promise<HttpResponse> {
      const watchdog = new Watchdog(options)
      try {
        watchdog.expect('answer')
        const agent = await findAgent?.(request.url)
        // While there is no connection, Node does not tell of the end of a request.
        const answer = await unlessAborted(answerTo(request, tls, watchdog, agent), watchdog.signal)
        watchdog.rest()
        checkProxy(agent, answer.statusCode)
        return {
          status: answer.statusCode ?? 0,
          headers: headersFrom(answer.rawHeaders),
          body: watchdog.received(answer),
          close: () => {
            watchdog.close()
          },
        }
      } catch (error) {
        throw watchdog.reasonFor(error)
      }
    },
  }
}

async function answerTo(
  request: HttpRequest,
  tls: TlsSettings,
  watchdog: Watchdog,
  agent: ProxyAgent | undefined,
): Promise<IncomingMessage> {
  // The objects themselves: inside VS Code the proxy support replaces members of them, which named imports would miss. And no
  // import at this place: a bundle leaves it to Node, which then loads an HTTP client of its own for the names in `node:http`.
  const http = process.getBuiltinModule('node:http')
  const https = process.getBuiltinModule('node:https')
  return await new Promise((resolve, reject) => {
    const options = {
      method: request.method,
      headers: headersOf(request),
      signal: watchdog.signal,
      ...(agent === undefined ? {} : { agent }),
    }
    const outgoing =
      request.url.protocol === 'https:'
        ? https.request(request.url, { ...options, ...tls })
        : http.request(request.url, options)
    outgoing.once('socket', (socket) => {
      watchdog.connecting(socket)
    })
    outgoing.on('response', resolve)
    outgoing.on('error', reject)
    if (request.body === undefined) outgoing.end()
    else pipeline(Readable.from(watchdog.sent(request.body), byteStream), outgoing).catch(reject)
  })
}

/** Headers as Node gives them, names and values in turn. */
export function headersFrom(raw: readonly string[]): HttpHeaders {
  const headers = new Map<string, string[]>()
  for (let position = 0; position + 1 < raw.length; position += 2) {
    const name = (raw[position] ?? '').toLowerCase()
    const values = headers.get(name) ?? []
    headers.set(name, [...values, raw[position + 1] ?? ''])
  }
  return headers
}
