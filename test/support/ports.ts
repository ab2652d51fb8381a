import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { cleanUp } from './cleanUp.ts'

/** A loopback port that nothing listens on. */
export async function anyPort(): Promise<number> {
  const server = await listening()
  const port = portOf(server)
  await closed(server)
  return port
}

/** A loopback port that another program has: it takes connections and says nothing, until the test has ended. */
export async function takenPort(
  wanted = 0,
): Promise<{ readonly port: number; readonly free: () => Promise<void> }> {
  const server = await listening(wanted)
  server.on('connection', (socket) => {
    socket.destroy()
  })
  const free = async (): Promise<void> => {
    if (server.listening) await closed(server)
  }
  cleanUp(free)
  return { port: portOf(server), free }
}

async function listening(wanted = 0): Promise<Server> {
  const server = createServer().listen(wanted, '127.0.0.1')
  await once(server, 'listening')
  return server
}

async function closed(server: Server): Promise<void> {
  server.close()
  await once(server, 'close')
}

function portOf(server: Server): number {
  // An address is a text only for a server on a pipe.
  return (server.address() as AddressInfo).port
}
