import { channel } from 'node:diagnostics_channel'
import type { Agent as HttpAgent } from 'node:http'
import type { Socket } from 'node:net'

/** The channel where agents tell of the sockets that they open: `{ socket: Socket }`. */
export const openedSockets = 'chartroom.socket'

/** The agent for a request that goes straight to its host; `undefined` where Node's own will do. */
export type DirectAgent = (url: URL) => HttpAgent | undefined

/**
 * Agents that tell of the sockets they open. Before 22.12, Node tells nobody of the requests that it makes, so that nobody
 * could say how long connecting takes. For a process of our own only: inside VS Code an agent keeps its proxies from working.
 */
export function directAgents(): DirectAgent {
  let http: HttpAgent | undefined
  let https: HttpAgent | undefined
  return ({ protocol }) => {
    if (tellsOfRequests(process.versions.node)) return undefined
    const options = { keepAlive: true, timeout: 5000 }
    if (protocol === 'https:')
      return (https ??= telling(new (process.getBuiltinModule('node:https').Agent)(options)))
    return (http ??= telling(new (process.getBuiltinModule('node:http').Agent)(options)))
  }
}

function tellsOfRequests(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 12)
}

interface Connecting {
  createConnection: (...call: readonly unknown[]) => Socket
}

function telling(agent: HttpAgent): HttpAgent {
  const connecting = agent as unknown as Connecting
  const opened = channel(openedSockets)
  const connect = connecting.createConnection.bind(agent)
  connecting.createConnection = (...call) => {
    const socket = connect(...call)
    opened.publish({ socket })
    return socket
  }
  return agent
}
