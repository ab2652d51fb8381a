import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

export interface ClientSocket {
  readonly port: number | undefined
  /** Resolves when the connection has ended. */
  readonly closed: Promise<unknown>
}

const open = new Map<Socket, ClientSocket>()

// Node announces every connection that this process makes.
subscribe('net.client.socket', (message) => {
  const { socket } = message as { socket: Socket }
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.once('connect', () => {
    open.set(socket, { port: socket.remotePort, closed })
  })
  socket.once('close', () => {
    open.delete(socket)
  })
})

/** The connections of this process to a port that have not ended. */
export function clientSocketsTo(port: number): ClientSocket[] {
  return [...open.values()].filter((socket) => socket.port === port)
}
