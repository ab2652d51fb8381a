import { createServer, connect } from 'node:net'
import { listenOnLoopback } from './loopback.ts'

export interface HoldingProxy {
  /** `localhost:PORT` */
  readonly host: string
  /** Resolves once a connection is held. */
  readonly held: Promise<void>
  /** Lets everything pass from now on. */
  release(): void
}

export interface HoldingOptions {
  /** Bytes that every connection may send; by default as many as it likes. */
  readonly after?: number
  /** Requests reach the registry, but no answer comes back. */
  readonly answers?: boolean
}

/**
 * Stands in front of a registry and holds every connection until it is released, as a network that stalls for a while:
 * with `after` an upload stops half-way, while small requests on other connections still pass; with `answers` the
 * registry is a slow one.
 *
 * @param registry `localhost:PORT`
 */
export async function startHoldingProxy(
  registry: string,
  { after = Infinity, answers = false }: HoldingOptions,
): Promise<HoldingProxy> {
  const port = Number(registry.slice(registry.lastIndexOf(':') + 1))
  const waiting = new Set<() => void>()
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
      waiting.add(() => client.resume())
      tellHeld()
    })
    if (answers && !isReleased) {
      waiting.add(() => upstream.pipe(client))
      client.once('data', tellHeld)
    } else upstream.pipe(client)
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      // A connection that breaks on one side breaks on the other, too.
      socket.on('error', () => other.destroy())
      socket.on('close', () => other.destroy())
    }
  })
  return {
    host: `localhost:${await listenOnLoopback(server)}`,
    held,
    release: () => {
      isReleased = true
      for (const goOn of waiting) goOn()
    },
  }
}
