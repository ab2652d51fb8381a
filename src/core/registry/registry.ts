import type { Credential } from '../credential.ts'
import { ChartroomError } from '../errors.ts'
import { isRepository } from '../oci/reference.ts'
import type { OperationOptions } from '../progress.ts'
import { Authenticator, usableChallenge, type FindCredential } from './authenticator.ts'
import { parseChallenges, type Challenge } from './challenge.ts'
import { RegistryClient, type RegistryRequest } from './client.ts'
import type { HostOptions } from './hostOptions.ts'
import { Pages } from './pages.ts'
import { Redactor } from './redactor.ts'
import { RegistryRepository } from './repository.ts'
import type { Wait } from './retry.ts'
import { catalogueScope } from './scope.ts'
import { basic } from './tokenRequest.ts'
import type { Transport } from './transport.ts'

export interface RegistrySettings {
  /** `localhost:5000` */
  readonly host: string
  readonly options: HostOptions
  readonly findCredential: FindCredential
  /** For the registry itself, and for where it sends its clients. */
  readonly transport: Transport
  readonly elsewhere: Transport
  readonly wait: Wait
}

/** One registry host. What it found out about the host (scheme, tokens) lives as long as it does. */
export class Registry {
  readonly host: string
  readonly #settings: RegistrySettings
  readonly #client: RegistryClient

  constructor(settings: RegistrySettings) {
    this.host = settings.host
    this.#settings = settings
    this.#client = clientOf(settings)
  }

  /**
   * Finds out whether there is a registry that lets us in.
   * @throws ChartroomError `unavailable`, `tls`, `unauthorized`, `unsupported` where what answers is no registry, …
   */
  async ping(options: OperationOptions = {}): Promise<void> {
    await ping(this.#client, options)
  }

  /**
   * Finds out whether the registry accepts a login. One that lets everybody in accepts any.
   * @throws ChartroomError `unauthorized` where it does not; else as `ping`
   */
  async verifyLogin(credential: Credential, options: OperationOptions = {}): Promise<void> {
    const client = clientOf({ ...this.#settings, findCredential: () => Promise.resolve(credential) })
    client.settings.redactor.learn(credential)
    const offer = await ping(client, options)
    // Some registries let everybody read and answer 200, but say how to log in; only then a password is tested.
    if (offer?.scheme === 'basic') await ping(client, options, basic(credential))
  }

  repository(name: string): RegistryRepository {
    const isOfficialImage = isDockerHub(this.host) && !name.includes('/')
    return new RegistryRepository(this.#client, isOfficialImage ? `library/${name}` : name)
  }

  /**
   * Every repository of the registry, in its order, page by page. A registry without a catalogue fails with
   * `unauthorized`, `forbidden`, `not-found` or `unsupported`.
   */
  repositories(options: OperationOptions = {}): Pages {
    const { pageSize } = this.#settings.options
    const request = {
      method: 'GET',
      to: `/v2/_catalog${pageSize === undefined ? '' : `?n=${pageSize}`}`,
      scope: catalogueScope,
      expect: [200],
      what: `The catalogue of ${this.host}`,
    } as const
    const list = { client: this.#client, request, member: 'repositories', isName: isRepository } as const
    return new Pages(list, options)
  }
}

/** @returns what the registry offers although it did not ask for a login */
async function ping(
  client: RegistryClient,
  options: OperationOptions,
  authorization?: string,
): Promise<Challenge | undefined> {
  const { host } = client.settings
  const request: RegistryRequest = {
    method: 'GET',
    to: '/v2/',
    ...(authorization === undefined ? {} : { headers: { authorization } }),
    expect: [200, 404],
    what: host,
  }
  const response = await client.read(request, options)
  if (response.status === 200) {
    return usableChallenge(parseChallenges(response.headers.get('www-authenticate') ?? []))
  }
  throw new ChartroomError('unsupported', {
    message: `${host} answers, but not as a registry does (GET /v2/ gives 404).`,
    host,
    status: 404,
  })
}

function clientOf(settings: RegistrySettings): RegistryClient {
  const { host, options, findCredential, transport, elsewhere, wait } = settings
  const redactor = new Redactor()
  return new RegistryClient({
    host,
    apiHost: isDockerHub(host) ? 'registry-1.docker.io' : host,
    options,
    authenticator: new Authenticator({
      host,
      findCredential,
      transport,
      elsewhere,
      trustedRealms: options.trustedRealms ?? [],
      redactor,
    }),
    redactor,
    transport,
    elsewhere,
    wait,
  })
}

/** Docker Hub has its API under another name than the one that references have. */
function isDockerHub(host: string): boolean {
  return host === 'docker.io' || host === 'index.docker.io'
}
