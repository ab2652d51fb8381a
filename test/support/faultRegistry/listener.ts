import { once } from 'node:events'
import { createServer, STATUS_CODES, type IncomingMessage } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Answer, Asked } from './exchange.ts'

/** Gets a whole request and the bare connection to answer it on, which ends with the answer. */
export type Listener = (asked: Asked, socket: Socket) => void

/** A server on the loopback interface that leaves to its listener every byte that goes back. */
export class ListeningServer {
  readonly #server = createServer((request) => {
    void this.#hear(request)
  })
  readonly #sockets = new Set<Socket>()
  readonly #listener: Listener

  constructor(listener: Listener) {
    this.#listener = listener
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      // Clients that go away are what it is about.
      socket.on('error', () => undefined)
      socket.on('close', () => this.#sockets.delete(socket))
    })
  }

  /** @returns the port */
  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    // An address is a text only for a server on a pipe.
    return (this.#server.address() as AddressInfo).port
  }

  /** How many connections are open. */
  get open(): number {
    return this.#sockets.size
  }

  /** Waits until every connection has ended. */
  async idle(): Promise<void> {
    const closed = (socket: Socket): Promise<void> =>
      new Promise((resolve) => {
        socket.once('close', () => {
          resolve()
        })
      })
    await Promise.all([...this.#sockets].map(closed))
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  async #hear(request: IncomingMessage): Promise<void> {
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer)
    } catch {
      // It was given up in the middle; nobody waits for an answer.
      return
    }
    const { method = '', url = '', headers } = request
    const single = Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')])
    this.#listener(
      {
        method,
        url: new URL(url, `http://${headers.host ?? 'localhost'}`),
        headers: Object.fromEntries(single) as Asked['headers'],
        body: Buffer.concat(chunks),
      },
      request.socket,
    )
  }
}

/** Everything of an answer that stands before its body, as HTTP writes it. */
export function headOf({ status, headers, body }: Answer, length: number | 'unsaid' = body.length): string {
  const lines = Object.entries({
    ...headers,
    ...(length === 'unsaid' ? {} : { 'content-length': String(length) }),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n${lines.join('')}\r\n`
}

/** Gives an answer as it should be given. */
export function give(answer: Answer, method: string, socket: Socket): void {
  socket.write(headOf(answer))
  socket.end(method === 'HEAD' ? '' : answer.body)
}
