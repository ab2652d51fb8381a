import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { listenOnLoopback } from './loopback.ts'

/** A request as the proxy saw it. */
export interface ProxiedRequest {
  readonly method: string
  /** The host that was asked for, with its port where that is not the usual one. */
  readonly host: string
  /** Path and query; empty for a tunnel, of which nothing more can be seen. */
  readonly path: string
  readonly authorization: string | undefined
}

export interface NamingProxy {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /** Everything that was asked, oldest first. */
  readonly requests: readonly ProxiedRequest[]
}

/**
 * A proxy behind which a few host names are servers of this machine, so that a test can have a registry called
 * `registry.example.com`. Whatever else is asked for is not found, and written down all the same.
 *
 * @param places `localhost:PORT` by host as it is asked for
 */
export async function startNamingProxy(places: Readonly<Record<string, string>>): Promise<NamingProxy> {
  const requests: ProxiedRequest[] = []
  const portOf = (host: string): number | undefined => {
    const place = places[host.replace(/:(?:80|443)$/, '')]
    return place === undefined ? undefined : Number(place.slice(place.lastIndexOf(':') + 1))
  }
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request
    const asked = URL.canParse(url) ? new URL(url) : new URL(url, `http://${headers.host ?? 'nowhere'}`)
    const path = asked.pathname + asked.search
    requests.push({ method, host: asked.host, path, authorization: headers.authorization })
    const port = portOf(asked.host)
    if (port === undefined) response.writeHead(502).end()
    else passOn({ port, path }, request, response)
  })
  server.on('connect', ({ url = '' }: IncomingMessage, client) => {
    requests.push({ method: 'CONNECT', host: url.replace(/:443$/, ''), path: '', authorization: undefined })
    const port = portOf(url)
    client.on('error', () => undefined)
    if (port === undefined) {
      client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
      return
    }
    const tunnel = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      client.pipe(tunnel).pipe(client)
    })
    tunnel.on('error', () => client.destroy())
  })
  return { url: `http://127.0.0.1:${await listenOnLoopback(server)}`, requests }
}

function passOn(
  to: { port: number; path: string },
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const passed = send(
    { host: '127.0.0.1', ...to, method: request.method, headers: request.headers },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
      answer.pipe(response)
    },
  )
  passed.on('error', () => response.destroy())
  // Whoever asked may not wait for the end.
  response.on('close', () => passed.destroy())
  request.pipe(passed)
}
