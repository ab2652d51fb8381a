import { isDeepStrictEqual } from 'node:util'
import { ChartroomError } from '../errors.ts'
import { formatReference, type Reference } from '../oci/reference.ts'
import type { FindCredential } from './authenticator.ts'
import { fetchTransport } from './fetchTransport.ts'
import { hasTlsSettings, type HostOptions } from './hostOptions.ts'
import { Registry } from './registry.ts'
import type { RegistryRepository } from './repository.ts'
import { logged } from './requestLog.ts'
import { wait, type Wait } from './retry.ts'
import { tlsTransport } from './tlsTransport.ts'
import type { Transport } from './transport.ts'

export interface RegistriesSettings {
  readonly findCredential: FindCredential
  /** By host as references write it, for example `localhost:5000`. */
  readonly hosts?: Readonly<Record<string, HostOptions>>
  /** For hosts without TLS settings of their own. */
  readonly transport?: Transport
  /** How to wait between tries. */
  readonly wait?: Wait
}

/** The door to all registries; one Registry per host. */
export class Registries {
  readonly #settings: RegistriesSettings
  readonly #registries = new Map<string, Registry>()
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
    const elsewhere = logged(this.#settings.transport ?? fetchTransport)
    const registry = new Registry({
      host: key,
      options,
      findCredential: this.#settings.findCredential,
      transport: hasTlsSettings(options) ? logged(tlsTransport(options)) : elsewhere,
      elsewhere,
      wait: this.#settings.wait ?? wait,
    })
    this.#registries.set(key, registry)
    return registry
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

function byHost(hosts: Readonly<Record<string, HostOptions>>): ReadonlyMap<string, HostOptions> {
  return new Map(Object.entries(hosts).map(([host, options]) => [host.toLowerCase(), options]))
}
