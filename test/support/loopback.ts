import type { AddressInfo, Server, Socket } from 'node:net'
import { once } from 'node:events'
import { cleanUp } from './cleanUp.ts'

/**
 * Has a server listen on a free loopback port until the test, or the file, has ended; its connections end with it.
 * @returns the port
 */
export async function listenOnLoopback(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanUp(async () => {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  })
  // An address is a text only for a server on a pipe.
  return (server.address() as AddressInfo).port
}
