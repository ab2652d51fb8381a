import { isDeepStrictEqual } from 'node:util'
import { ChartroomError } from '../base/errors.ts'
import { formatReference, type Reference } from '../oci/reference.ts'
import type { FindCredential } from './login/authenticator.ts'
import type { HostOptions } from './hosts/hostOptions.ts'
import type { DirectAgent } from './transport/directAgents.ts'
import { hostTransport } from './transport/hostTransport.ts'
import { limitedTransport } from './transport/limitedTransport.ts'
import { Pace } from './transport/pace.ts'
import type { FindAgent } from './transport/proxyAnswers.ts'
import { Registry } from './registry.ts'
import type { RegistryRepository } from './repository.ts'
import { logged } from './transport/requestLog.ts'
import { Slots } from './transport/slots.ts'
import { wait, type Wait } from './transport/wait.ts'
import type { CertificatePlaces } from './transport/tlsSettings.ts'
import type { Transport } from './transport/transport.ts'
import { checkVerified } from './login/verified.ts'

export interface RegistriesSettings {
  readonly findCredential: FindCredential
  /** By host as references write it, for example `localhost:5000`. */
  readonly hosts?: Readonly<Record<string, HostOptions>>
  /** Where certificates come from besides the options of hosts; unset: from nowhere. */
  readonly certificates?: CertificatePlaces
  /** The way through proxies; unset inside VS Code, which has its own. */
  readonly findAgent?: FindAgent | undefined
  /** For what needs no proxy; unset inside VS Code. */
  readonly directAgent?: DirectAgent
  /**
   * Asked before a login goes to a host whose certificate is not verified; `false`, or nobody to ask: it does not go.
   * @param registry whose login it is, in lower case; another one than the host where that is its token server
   */
  readonly mayLogInUnverified?: (host: string, registry: string) => Promise<boolean>
  /** In place of node-fetch, for hosts without TLS settings of their own. */
  readonly transport?: Transport
  /** How to wait between tries. */
  readonly wait?: Wait
}

/** How many requests are under way at one host, where nobody says otherwise. */
const parallelRequests = 4

/** The door to all registries; one Registry per host. */
export class Registries {
  readonly #settings: RegistriesSettings
  readonly #registries = new Map<string, Registry>()
  /** What is shared by all who ask one host, by host and port. */
  readonly #slots = new Map<string, Slots>()
  readonly #paces = new Map<string, Pace>()
  readonly #elsewhere = new Map<string, Transport>()
  #hosts: ReadonlyMap<string, HostOptions>

  constructor(settings: RegistriesSettings) {
    this.#settings = settings
    this.#hosts = byHost(settings.hosts ?? {})
  }

  /**
   * Replaces what is set for hosts. What was found out about a host is kept where its options are the same as before;
   * operations that run already go on as they began.
   *
   * @param hosts by host as references write it, for example `localhost:5000`
   */
  configure(hosts: Readonly<Record<string, HostOptions>>): void {
    const before = this.#hosts
    this.#hosts = byHost(hosts)
    this.#elsewhere.clear()
    for (const host of this.#registries.keys()) {
      if (!isDeepStrictEqual(before.get(host) ?? {}, this.#hosts.get(host) ?? {})) this.forget(host)
    }
  }

  /** @param host for example `localhost:5000` */
  registry(host: string): Registry {
    const key = host.toLowerCase()
    const known = this.#registries.get(key)
    if (known !== undefined) return known
    const options = this.#hosts.get(key) ?? {}
    const { wait: waiting = wait, mayLogInUnverified = nobodyMay } = this.#settings
    const mayLogIn = async (receiver: string): Promise<boolean> => await mayLogInUnverified(receiver, key)
    const registry = new Registry({
      host: key,
      options,
      findCredential: this.#settings.findCredential,
      certificates: this.#settings.certificates ?? {},
      findAgent: this.#settings.findAgent,
      mayLogInUnverified: mayLogIn,
      transport: this.#transport(key, options),
      elsewhere: {
        send: async (request, sending) => await this.#somewhere(request.url, options).send(request, sending),
      },
      redirected: {
        send: async (request, sending) => {
          const mayPresent = request.method === 'GET' || request.method === 'HEAD'
          return await this.#somewhere(request.url, options, mayPresent).send(request, sending)
        },
      },
      checkElsewhere: async (url) => {
        const there = { ...this.#optionsAt(url, options), plainHttp: url.protocol === 'http:' }
        await checkVerified(url.host, there, mayLogIn)
      },
      wait: waiting,
      pace: this.#pace(key),
    })
    this.#registries.set(key, registry)
    return registry
  }

  #transport(host: string, options: HostOptions, presentsClient = true): Transport {
    const { certificates = {}, findAgent, directAgent, transport } = this.#settings
    const places = { certificates, findAgent, directAgent, transport }
    const one = hostTransport({ host, options, presentsClient, ...places })
    const slotsFor = (url: URL): Slots => {
      const slots = kept(this.#slots, url.host, () => new Slots(parallelRequests))
      slots.most = options.maxParallel ?? parallelRequests
      return slots
    }
    return limitedTransport(logged(one), slotsFor, this.#pace(host))
  }

  #pace(host: string): Pace {
    return kept(this.#paces, host, () => new Pace(this.#settings.wait ?? wait))
  }

  /**
   * How to speak to where a registry sends its clients: as is set for that host itself. Where nothing is, it may have a
   * certificate of the registry's authority, which is common where both are of one house.
   */
  #optionsAt({ host }: URL, { caFile }: HostOptions): HostOptions {
    return this.#hosts.get(host) ?? (caFile === undefined ? {} : { caFile })
  }

  /**
   * @param presentsClient whether the client's certificate for that host may be presented: a registry must not have its
   *   clients change something at another one that knows them by it
   */
  #somewhere(url: URL, ofRegistry: HostOptions, presentsClient = true): Transport {
    const { host } = url
    const options = this.#optionsAt(url, ofRegistry)
    const key = `${host} ${presentsClient ? 'somebody' : 'nobody'} ${options.caFile ?? ''}`
    return kept(this.#elsewhere, key, () => this.#transport(host, options, presentsClient))
  }

  /** Forgets what was found out about a host, and above all as whom: the next request asks for the login again. */
  forget(host: string): void {
    this.#registries.delete(host.toLowerCase())
  }

  /** @throws ChartroomError `invalid-reference` where the reference has no host */
  repository(reference: Reference): RegistryRepository {
    if (reference.host === '') {
      const text = formatReference(reference)
      throw new ChartroomError('invalid-reference', {
        message: `${text} names no registry.`,
        advice: `Write the host first, for example localhost:5000/${text}.`,
        reference: text,
      })
    }
    return this.registry(reference.host).repository(reference.repository)
  }
}

async function nobodyMay(): Promise<boolean> {
  return await Promise.resolve(false)
}

/** The value of a key, made where it is missing. */
function kept<Value>(values: Map<string, Value>, key: string, make: () => Value): Value {
  const value = values.get(key) ?? make()
  values.set(key, value)
  return value
}

function byHost(hosts: Readonly<Record<string, HostOptions>>): ReadonlyMap<string, HostOptions> {
  return new Map(Object.entries(hosts).map(([host, options]) => [host.toLowerCase(), options]))
}
