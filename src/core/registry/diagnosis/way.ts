import { isLoopback } from '../origin.ts'
import type { ProxyAgent } from '../transport/proxyAnswers.ts'
import { TransportError } from '../transport/transport.ts'
import { connect } from './connect.ts'
import type { Examination } from './examination.ts'
import { lookUpName, type Address } from './name.ts'
import type { Found } from './steps.ts'

/** Where connections for a host begin. */
export interface Way {
  /** The host, or the proxy on the way to it, at an address that answers; `undefined` where the editor alone can reach it. */
  readonly address?: Address
  readonly agent?: ProxyAgent
}

/** Milliseconds that a connection to one address may take. */
const connectLimit = 10_000

/**
 * Looks where connections for a host go and whether somebody is there: the host, or the proxy that is in force for it.
 *
 * @param url of the host, with its scheme
 * @returns `undefined` where nobody is
 */
export async function findWay(examination: Examination, url: URL): Promise<Way | undefined> {
  const { settings, options, steps } = examination
  if (options.editorProxy !== undefined) {
    steps.note('proxy', { summary: options.editorProxy.summary })
    return await straight(examination, url, options.editorProxy.isSet && !isLoopback(url))
  }
  const found = await steps.take('proxy', async (): Promise<Found<Way>> => {
    const agent = await settings.findAgent?.(url)
    if (agent === undefined) return { summary: whyNone(settings.findAgent !== undefined, url), value: {} }
    const { host, protocol } = agent.proxy
    return {
      summary: `through ${host}`,
      facts: { proxy: host, scheme: protocol.slice(0, -1) },
      value: { agent },
    }
  })
  const { agent } = found ?? {}
  return agent === undefined
    ? await straight(examination, url, false)
    : await through(examination, url, agent)
}

function whyNone(isSet: boolean, url: URL): string {
  if (!isSet) return 'none is set'
  return isLoopback(url)
    ? 'none, because the host is on this machine'
    : 'none for this host, as NO_PROXY or the lack of a variable says'
}

/** @param mayFail where a proxy of the editor's may reach what this machine does not */
async function straight(examination: Examination, url: URL, mayFail: boolean): Promise<Way | undefined> {
  const { steps, limit } = examination
  const tolerated = <Value>(found: Found<Value>): Found<Value> => (mayFail ? tolerate(found) : found)
  const addresses = await steps.take('dns', async () => tolerated(await lookUpName(url.hostname)))
  if (addresses === undefined) {
    steps.skip('tcp', 'there is no address to connect to')
    return mayFail ? {} : undefined
  }
  const address = await steps.take('tcp', async (signal) =>
    tolerated(await connect(addresses, portOf(url), Math.min(connectLimit, limit), signal)),
  )
  if (address !== undefined) return { address }
  return mayFail ? {} : undefined
}

/** The proxy looks the name of the host up itself, so that this machine does not know it is no fault. */
async function through(examination: Examination, url: URL, agent: ProxyAgent): Promise<Way | undefined> {
  const { steps, limit } = examination
  const { proxy } = agent
  await steps.take('dns', async () => tolerate(await lookUpName(url.hostname)))
  const address = await steps.take('tcp', async (signal): Promise<Found<Address>> => {
    const { value: addresses, failure } = await lookUpName(proxy.hostname)
    const found =
      addresses === undefined
        ? { summary: '', failure }
        : await connect(addresses, portOf(proxy), Math.min(connectLimit, limit), signal)
    if (found.failure === undefined) return { ...found, summary: `the proxy: ${found.summary}` }
    const code = found.failure instanceof TransportError ? found.failure.code : 'UNKNOWN'
    const reason = `the proxy ${proxy.host} cannot be reached (${code})`
    return { ...found, failure: new TransportError('PROXY_UNREACHABLE', reason) }
  })
  return address === undefined ? undefined : { address, agent }
}

function tolerate<Value>(found: Found<Value>): Found<Value> {
  const { failure, ...others } = found
  if (!(failure instanceof TransportError)) return found
  return {
    ...others,
    summary: `this machine cannot (${failure.code}), which a proxy need not mind`,
    warning: {},
  }
}

/** The port that a URL means. */
export function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port)
  return protocol === 'http:' ? 80 : 443
}
