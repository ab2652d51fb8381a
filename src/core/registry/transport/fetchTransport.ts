import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { openedSockets, type DirectAgent } from './directAgents.ts'
import { checkProxy, type FindAgent } from './proxyAnswers.ts'
import type { HttpRequest, HttpResponse, SendOptions, Transport } from './transport.ts'
import { Watchdog } from './watchdog.ts'
import { wholeBody } from './wholeBody.ts'

/**
 * The transport for every host that needs no TLS settings of its own.
 *
 * It follows no redirect, because node-fetch passes `Authorization` on to other ports and subdomains, and decodes
 * nothing, because a decoded blob has another digest.
 *
 * @param findAgent for proxies; unset inside VS Code, which has its own way
 * @param directAgent where there is no proxy; unset inside VS Code
 */
export function fetchTransport(findAgent?: FindAgent, directAgent?: DirectAgent): Transport {
  return {
    async send(request: HttpRequest, options: SendOptions = {}): Promise<HttpResponse> {
      const watchdog = new Watchdog(options)
      try {
        // What goes to no registry never needs it, and it takes longer to load than all else together.
        const { default: fetch } = await import('node-fetch')
        const proxy = await findAgent?.(request.url)
        const agent = proxy ?? directAgent?.(request.url)
        watchdog.expect('answer')
        const response = await observed(
          async () =>
            await fetch(request.url.href, {
              method: request.method,
              headers: headersOf(request),
              body:
                request.body === undefined ? null : Readable.from(watchdog.sent(request.body), byteStream),
              redirect: 'manual',
              compress: false,
              signal: watchdog.signal,
              ...(agent === undefined ? {} : { agent }),
            }),
          (made) => {
            made.once('socket', (socket) => {
              watchdog.connecting(socket)
            })
          },
          (socket) => {
            watchdog.connecting(socket)
          },
        )
        watchdog.rest()
        checkProxy(proxy, response.status)
        const announced = request.method === 'HEAD' ? null : response.headers.get('content-length')
        return {
          status: response.status,
          headers: new Map(Object.entries(response.headers.raw())),
          body: watchdog.received(wholeBody(response.body ?? Readable.from([]), announced)),
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

/** How request bodies are read from their source. */
export const byteStream = { objectMode: false } as const

/** The headers that every request carries, and its own. */
export function headersOf({ headers, body }: HttpRequest): Record<string, string> {
  return {
    'user-agent': 'chartroom',
    'accept-encoding': 'identity',
    ...(body?.size === undefined ? {} : { 'content-length': String(body.size) }),
    ...headers,
  }
}

/**
 * node-fetch keeps its request to itself, but makes it before it returns, and Node 22.12 and later tell of that; with an
 * older one, the agent tells of the socket.
 */
function observed<Result>(
  work: () => Result,
  onRequest: (request: ClientRequest) => void,
  onSocket: (socket: Socket) => void,
): Result {
  const requests = 'http.client.request.created'
  const requestMade = (message: unknown): void => {
    onRequest((message as { readonly request: ClientRequest }).request)
  }
  const socketOpened = (message: unknown): void => {
    onSocket((message as { readonly socket: Socket }).socket)
  }
  subscribe(requests, requestMade)
  subscribe(openedSockets, socketOpened)
  try {
    return work()
  } finally {
    unsubscribe(requests, requestMade)
    unsubscribe(openedSockets, socketOpened)
  }
}
