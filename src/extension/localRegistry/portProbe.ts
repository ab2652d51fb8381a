import { once } from 'node:events'
import { connect } from 'node:net'

/** Milliseconds until a port that does not answer counts as free. */
const patience = 1000

/** Whether some program of this machine answers at a port. */
export async function isTaken(port: number): Promise<boolean> {
  const socket = connect({ port, host: 'localhost' })
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(patience) })
    return true
  } catch {
    // Refused, or nobody answers: either way the port is there to be tried.
    return false
  } finally {
    socket.destroy()
  }
}
