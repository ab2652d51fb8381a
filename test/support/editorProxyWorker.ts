/**
 * Does to Node's network what VS Code does in its extension host, and then lists tags through the transports of the core.
 * Reads an `EditorProxyJob` from standard input and prints an array of outcomes.
 */
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import { text } from 'node:stream/consumers'
import tls from 'node:tls'
import * as proxyAgent from '@vscode/proxy-agent'
import type { ProxyAgentParams, ProxySupportSetting } from '@vscode/proxy-agent'
import { kindOf, messageOf, Registries, type HostOptions } from '../../src/core/index.ts'

export interface EditorProxyJob {
  /** The setting `http.proxySupport`. */
  readonly support: ProxySupportSetting
  /** The setting `http.proxy`; unset: none. */
  readonly proxy?: string
  /** What somebody answers whom the editor asks for the login of the proxy, `user:password`. */
  readonly login?: string
  readonly hosts: Readonly<Record<string, HostOptions>>
}

/** By host: the tags that came, or the kind of the failure. */
export type EditorProxyOutcomes = Readonly<Record<string, readonly string[] | string>>

const { support, proxy, login, hosts } = JSON.parse(await text(process.stdin)) as EditorProxyJob

const ignore = (): void => undefined
const params: ProxyAgentParams = {
  resolveProxy: () => Promise.resolve(undefined),
  getProxyURL: () => proxy,
  getProxySupport: () => support,
  getNoProxyConfig: () => [],
  isAdditionalFetchSupportEnabled: () => true,
  addCertificatesV1: () => false,
  addCertificatesV2: () => true,
  loadAdditionalCertificates: () => Promise.resolve([]),
  lookupProxyAuthorization: (_proxy, _authenticate, state) => {
    if (login === undefined || state['asked'] === true) return Promise.resolve(undefined)
    state['asked'] = true
    return Promise.resolve(`Basic ${Buffer.from(login).toString('base64')}`)
  },
  log: { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore },
  getLogLevel: () => proxyAgent.LogLevel.Off,
  proxyResolveTelemetry: ignore,
  isUseHostProxyEnabled: () => true,
  env: {},
}

// As VS Code's `connectProxyResolver` does, in place.
const { resolveProxyWithRequest } = proxyAgent.createProxyResolver(params)
replaceMembers(http, proxyAgent.createHttpPatch(params, { ...http }, resolveProxyWithRequest))
replaceMembers(https, proxyAgent.createHttpPatch(params, { ...https }, resolveProxyWithRequest))
replaceMembers(net, proxyAgent.createNetPatch(params, { ...net }))
replaceMembers(tls, proxyAgent.createTlsPatch(params, { ...tls }))

function replaceMembers(module: object, members: object): void {
  for (const [name, member] of Object.entries(members)) Reflect.set(module, name, member)
}

const registries = new Registries({
  findCredential: () => Promise.resolve(undefined),
  hosts,
  wait: () => Promise.resolve(),
})
const outcomes: Record<string, readonly string[] | string> = {}
for (const host of Object.keys(hosts)) {
  try {
    outcomes[host] = await registries.registry(host).repository('team/chart').tags()
  } catch (error) {
    outcomes[host] = kindOf(error) ?? messageOf(error)
  }
}
process.stdout.write(JSON.stringify(outcomes))
process.exit(0)
