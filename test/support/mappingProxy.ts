import { createServer, request as send } from 'node:http'
import { connect, type Socket } from 'node:net'
import { listenOnLoopback } from './loopback.ts'

export interface MappingProxyOptions {
  /** The port on this machine that a host, `HOST:PORT`, or every host is. */
  readonly port: number | ((host: string) => number | undefined)
  /** `user:password`; whoever does not send it gets 407. */
  readonly login?: string
  /** What is answered in place of a connection. */
  readonly refuse?: number
}

export interface MappingProxy {
  /** `127.0.0.1:PORT` */
  readonly host: string
  /** What was asked, for example `CONNECT registry.example.test:443` or `GET http://registry.example.test/v2/`. */
  readonly asked: readonly string[]
  /** How many connections it has taken so far. */
  readonly connections: () => number
}

/** A proxy that takes whoever asks for any host to one server of this machine, so that tests can speak to hosts that are nowhere. */
export async function startMappingProxy({ port, login, refuse }: MappingProxyOptions): Promise<MappingProxy> {
  const asked: string[] = []
  const portOf = (host: string): number | undefined => (typeof port === 'number' ? port : port(host))
  const expected = login === undefined ? undefined : `Basic ${Buffer.from(login).toString('base64')}`
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request
    asked.push(`${method} ${url}`)
    if (expected !== undefined && headers['proxy-authorization'] !== expected) {
      response.writeHead(407, { 'proxy-authenticate': 'Basic realm="proxy"' }).end()
      return
    }
    const [, host = '', path = ''] = /^http:\/\/([^/]+)(.*)$/.exec(url) ?? []
    const upstream = send({ host: '127.0.0.1', port: portOf(host), method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
      answer.pipe(response)
    })
    upstream.on('error', () => response.destroy())
    request.pipe(upstream)
  })
  server.on('connect', ({ url, headers }, client: Socket) => {
    asked.push(`CONNECT ${url ?? ''}`)
    client.on('error', () => client.destroy())
    if (expected !== undefined && headers['proxy-authorization'] !== expected) {
      client.end(
        'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="proxy"\r\n\r\n',
      )
      return
    }
    if (refuse !== undefined) {
      client.end(`HTTP/1.1 ${refuse} No\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    const upstream = connect(portOf(url ?? '') ?? 1, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connected\r\n\r\n')
      upstream.pipe(client)
      client.pipe(upstream)
    })
    upstream.on('error', () => client.destroy())
    upstream.on('close', () => client.destroy())
    client.on('close', () => upstream.destroy())
  })
  let connections = 0
  server.on('connection', () => {
    connections++
  })
  return { host: `127.0.0.1:${await listenOnLoopback(server)}`, asked, connections: () => connections }
}
