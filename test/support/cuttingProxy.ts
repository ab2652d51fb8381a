import { createServer, connect } from 'node:net'
import { listenOnLoopback } from './loopback.ts'

export interface CuttingProxy {
  /** `localhost:PORT` */
  readonly host: string
  /** How many connections have been cut. */
  cuts(): number
  /** Bytes that have gone to clients, and those that have come from them. */
  passed(): { readonly toClients: number; readonly fromClients: number }
}

/** Bytes after which a connection is cut, in either direction; by default never. */
export interface CuttingOptions {
  readonly toClient?: number
  readonly fromClient?: number
  /** How many connections are cut; by default all that reach the limit. */
  readonly times?: number
}

/**
 * Stands in front of a registry and cuts connections, as a network does that is left and found again.
 * @param registry `localhost:PORT`
 */
export async function startCuttingProxy(
  registry: string,
  { toClient = Infinity, fromClient = Infinity, times = Infinity }: CuttingOptions,
): Promise<CuttingProxy> {
  const port = Number(registry.slice(registry.lastIndexOf(':') + 1))
  const passed = { toClients: 0, fromClients: 0 }
  let cuts = 0
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1')
    const counted = { to: 0, from: 0 }
    const cut = (): boolean => {
      const isReached = counted.to >= toClient || counted.from >= fromClient
      if (!isReached || cuts >= times) return false
      cuts += 1
      client.destroySoon()
      upstream.destroy()
      return true
    }
    upstream.on('data', (bytes: Buffer) => {
      const shown = cuts < times ? bytes.subarray(0, toClient - counted.to) : bytes
      counted.to += shown.length
      passed.toClients += shown.length
      const isFree = client.write(shown)
      if (!cut() && !isFree) upstream.pause()
    })
    client.on('drain', () => upstream.resume())
    client.on('data', (bytes: Buffer) => {
      counted.from += bytes.length
      passed.fromClients += bytes.length
      if (!cut() && !upstream.write(bytes)) client.pause()
    })
    upstream.on('drain', () => client.resume())
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        other.destroySoon()
      })
    }
  })
  return {
    host: `localhost:${await listenOnLoopback(server)}`,
    cuts: () => cuts,
    passed: () => ({ ...passed }),
  }
}
