import type { Agent } from 'node:http'
import { TransportError } from './transport.ts'

/** Takes requests through a proxy. */
export interface ProxyAgent extends Agent {
  /** Its address, without a login. */
  readonly proxy: URL
}

/** The agent that takes a request through a proxy; `undefined` where it goes the direct way. */
export type FindAgent = (url: URL) => Promise<ProxyAgent | undefined>

/** @throws TransportError where an answer is the proxy's own, because it wants a login */
export function checkProxy(agent: ProxyAgent | undefined, status: number | undefined): void {
  if (agent !== undefined && status === 407) throw wantsLogin(agent.proxy)
}

export function wantsLogin({ host }: URL): TransportError {
  return new TransportError('PROXY_407', `the proxy ${host} wants a login, or another one`)
}
