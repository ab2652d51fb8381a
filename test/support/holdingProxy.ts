import { createServer, connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { cleanUp } from './cleanUp.ts'

export interface HoldingProxy {
  /** `localhost:PORT` */
  readonly host: string
  /** Resolves once a connection has sent so much that it is held. */
  readonly held: Promise<void>
  /** Lets everything pass from now on. */
  release(): void
}

/**
 * Stands in front of a registry and lets every connection send so many bytes and no more until it is released, as a
 * network that stalls for a while: an upload stops half-way, while small requests on other connections still pass.
 *
 * @param registry `localhost:PORT`
 */
export async function startHoldingProxy(
  registry: string,
  { after }: { after: number },
): Promise<HoldingProxy> {
  const port = Number(registry.slice(registry.lastIndexOf(':') + 1))
  const sockets = new Set<Socket>()
  const waiting = new Set<Socket>()
  let isReleased = false
  let tellHeld: () => void = () => undefined
  const held = new Promise<void>((resolve) => {
    tellHeld = resolve
  })
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1')
    let passed = 0
    client.on('data', (bytes: Buffer) => {
      passed += bytes.length
      upstream.write(bytes)
      if (passed <= after || isReleased) return
      client.pause()
      waiting.add(client)
      tellHeld()
    })
    upstream.pipe(client)
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      // A connection that breaks on one side breaks on the other, too.
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanUp(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.')
  return {
    host: `localhost:${address.port}`,
    held,
    release: () => {
      isReleased = true
      for (const client of waiting) client.resume()
    },
  }
}
