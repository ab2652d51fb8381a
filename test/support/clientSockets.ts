import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

export interface ClientSocket {
  readonly port: number | undefined
  /** Resolves when the connection has ended. */
  readonly closed: Promise<unknown>
}

const open = new Map<Socket, ClientSocket>()
/** Bytes by port, from connections that have ended. */
const received = new Map<number, number>()

// Node announces every connection that this process makes.
subscribe('net.client.socket', (message) => {
  const { socket } = message as { socket: Socket }
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.once('connect', () => {
    const port = socket.remotePort
    open.set(socket, { port, closed })
    socket.once('close', () => {
      open.delete(socket)
      if (port !== undefined) received.set(port, (received.get(port) ?? 0) + socket.bytesRead)
    })
  })
})

/** The connections of this process to a port that have not ended. */
export function clientSocketsTo(port: number): ClientSocket[] {
  return [...open.values()].filter((socket) => socket.port === port)
}

/** How many bytes this process has taken from a port, when the connections to it have ended. */
export async function bytesReceivedFrom(port: number): Promise<number> {
  await Promise.all(clientSocketsTo(port).map(async ({ closed }) => await closed))
  return received.get(port) ?? 0
}
