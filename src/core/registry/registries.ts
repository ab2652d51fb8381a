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
  readonly #hosts: ReadonlyMap<string, HostOptions>
  readonly #registries = new Map<string, Registry>()

  constructor(settings: RegistriesSettings) {
    this.#settings = settings
    this.#hosts = new Map(
      Object.entries(settings.hosts ?? {}).map(([host, options]) => [host.toLowerCase(), options]),
    )
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
