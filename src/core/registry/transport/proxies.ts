import { BlockList, isIPv4, isIPv6 } from 'node:net'
import { isLoopback } from '../origin.ts'
import type { FindAgent, ProxyAgent } from './proxyAnswers.ts'
import { TransportError } from './transport.ts'

/** The ways through proxies, whose tunnels are kept open for the next request. */
export interface Proxies {
  readonly findAgent: FindAgent
  /** Ends every tunnel. */
  close(): void
}

/**
 * The proxies that the variables of this process name: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in either
 * case. A loopback host has none. For the command line only: an editor has proxy settings, and a way, of its own.
 *
 * @returns `undefined` where no variable names one, so that nothing has to be loaded for it
 */
export function environmentProxies(): Proxies | undefined {
  if (variables.every((name) => valueOf(name) === '')) return undefined
  // One for each proxy and scheme. It keeps the connections of each host apart, and those with other TLS settings.
  const agents = new Map<string, ProxyAgent>()
  return {
    findAgent: async (url) => {
      if (isLoopback(url) || isInExceptedNetwork(url)) return undefined
      const { getProxyForUrl } = await import('proxy-from-env')
      const named = getProxyForUrl(url)
      if (named === '') return undefined
      const { proxyAgent } = await import('./proxyAgent.ts')
      const proxy = proxyNamed(named)
      const key = `${url.protocol} ${proxy.href}`
      const agent = agents.get(key) ?? proxyAgent(proxy, url)
      agents.set(key, agent)
      return agent
    },
    close: () => {
      for (const agent of agents.values()) agent.destroy()
    },
  }
}

const variables = ['https_proxy', 'http_proxy', 'all_proxy'] as const

function valueOf(name: string): string {
  return process.env[name] ?? process.env[name.toUpperCase()] ?? ''
}

/** Go's programs, and so Helm, know networks in `NO_PROXY`, such as `10.0.0.0/8`, for hosts that are addresses. */
function isInExceptedNetwork({ hostname }: URL): boolean {
  const address = hostname.replace(/^\[|\]$/g, '')
  const family = familyOf(address)
  if (family === undefined) return false
  const networks = new BlockList()
  for (const entry of valueOf('no_proxy').split(/[\s,]+/)) {
    const [network = '', bits = ''] = entry.split('/')
    const most = family === 'ipv4' ? 32 : 128
    if (familyOf(network) !== family || !/^\d{1,3}$/.test(bits) || Number(bits) > most) continue
    networks.addSubnet(network, Number(bits), family)
  }
  return networks.check(address, family)
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  if (isIPv4(address)) return 'ipv4'
  return isIPv6(address) ? 'ipv6' : undefined
}

/** @throws TransportError whose text repeats nothing of what could be a password */
function proxyNamed(named: string): URL {
  // Without a scheme it is one of plain HTTP, as for curl and Go, whatever goes through it.
  const isBare = named.startsWith('https://') && variables.some((name) => valueOf(name) === named.slice(8))
  const text = isBare ? named.replace('https:', 'http:') : named
  const proxy = URL.canParse(text) ? new URL(text) : undefined
  if (proxy?.protocol === 'http:' || proxy?.protocol === 'https:') return proxy
  throw new TransportError(
    'PROXY_INVALID',
    proxy === undefined
      ? 'the address of the proxy cannot be read'
      : `the proxy ${proxy.host} is of a kind that is not known (${proxy.protocol.slice(0, -1)})`,
  )
}
