import type { Credential } from '../base/credential.ts'
import { ChartroomError } from '../base/errors.ts'
import type { OperationOptions } from '../base/progress.ts'
import { Authenticator, usableChallenge, type FindCredential } from './login/authenticator.ts'
import { Catalogue, switchedOff, type CatalogueMemory } from './lists/catalogue.ts'
import { parseChallenges, type Challenge } from './login/challenge.ts'
import { RegistryClient, type RegistryRequest } from './client.ts'
import { diagnose } from './diagnosis/diagnose.ts'
import type { Diagnosis } from './diagnosis/diagnosis.ts'
import type { DiagnoseOptions } from './diagnosis/examination.ts'
import { apiHostOf, isDockerHub } from './dockerHub.ts'
import type { HostOptions } from './hosts/hostOptions.ts'
import { isSameHost } from './origin.ts'
import { Pace } from './transport/pace.ts'
import type { Pages } from './lists/pages.ts'
import { Redactor } from './login/redactor.ts'
import { RegistryRepository } from './repository.ts'
import type { FindAgent } from './transport/proxyAnswers.ts'
import type { CertificatePlaces } from './transport/tlsSettings.ts'
import { basic } from './login/tokenRequest.ts'
import type { Transport } from './transport/transport.ts'
import type { Wait } from './transport/wait.ts'
import { checkConfined, checkVerified, type CheckVerified } from './login/verified.ts'

export interface RegistrySettings {
  /** `localhost:5000` */
  readonly host: string
  readonly options: HostOptions
  readonly findCredential: FindCredential
  /** For the registry itself, for its token server and what else it names, and for where it redirects its clients. */
  readonly transport: Transport
  readonly elsewhere: Transport
  readonly redirected: Transport
  /** For whoever looks at the connection itself. */
  readonly certificates: CertificatePlaces
  readonly findAgent: FindAgent | undefined
  /** Asked before a login goes to the host where its certificate is not verified. */
  readonly mayLogInUnverified: (host: string) => Promise<boolean>
  readonly checkElsewhere: CheckVerified
  readonly wait: Wait
  readonly pace: Pace
}

export interface CatalogueOptions extends OperationOptions {
  readonly namespaces?: readonly string[]
}

/** One registry host. What it found out about the host (scheme, tokens) lives as long as it does. */
export class Registry {
  readonly host: string
  readonly #settings: RegistrySettings
  readonly #client: RegistryClient
  readonly #catalogue: CatalogueMemory = {}

  constructor(settings: RegistrySettings) {
    this.host = settings.host
    this.#settings = {
      ...settings,
      findCredential: async (host, options) => {
        const credential = await settings.findCredential(host, options)
        if (credential !== undefined) await this.#checkMayGo(credential)
        return credential
      },
    }
    this.#client = clientOf(this.#settings)
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
    await this.#checkMayGo(credential)
    const offer = await ping(client, options)
    // Some registries let everybody read and answer 200, but say how to log in; only then a password is tested.
    if (offer?.scheme === 'basic') await ping(client, options, basic(credential))
  }

  /** Looks at the connection step by step, as if nothing were known yet. @throws the reason of the aborted signal */
  async diagnose(options: DiagnoseOptions = {}): Promise<Diagnosis> {
    const stranger = new Registry({
      ...this.#settings,
      ...(options.anonymous === true ? { findCredential: () => Promise.resolve(undefined) } : {}),
    })
    const settings = {
      ...this.#settings,
      apiHost: apiHostOf(this.host),
      repositories: (more: OperationOptions) => stranger.repositories(more),
    }
    return await diagnose(settings, options)
  }

  repository(name: string): RegistryRepository {
    const isOfficialImage = isDockerHub(this.host) && !name.includes('/')
    return new RegistryRepository(this.#client, isOfficialImage ? `library/${name}` : name)
  }

  /**
   * Every repository of the registry, in its order, page by page. A registry without a list fails with `unauthorized`,
   * `forbidden`, `not-found` or `unsupported`.
   *
   * @param namespaces the first parts of repositories that are known otherwise, for registries that list by namespace
   */
  repositories({ namespaces = [], ...options }: CatalogueOptions = {}): Pages {
    const { host, findCredential } = this.#settings
    const { catalog, pageSize, trustedRealms = [] } = this.#settings.options
    if (catalog === 'off') return switchedOff(host)
    return new Catalogue(
      {
        place: {
          host,
          client: this.#client,
          other: (origin) => this.#strangerAt(origin),
          namespaces,
          trustedRealms,
          checkElsewhere: this.#settings.checkElsewhere,
        },
        findCredential: async (asked) => {
          const credential = await findCredential(host, asked)
          return credential === undefined || credential.username === '' || credential.password === ''
            ? undefined
            : credential
        },
        pageSize,
        memory: this.#catalogue,
      },
      options,
    )
  }

  async #checkMayGo(credential: Credential): Promise<void> {
    const { host, options, mayLogInUnverified } = this.#settings
    checkConfined(host, options, credential)
    await checkVerified(host, options, mayLogInUnverified)
  }

  /** A host that belongs to the registry, asked as nobody. */
  #strangerAt(origin: URL): RegistryClient {
    const { options, transport, elsewhere, redirected, checkElsewhere, wait, pace, host } = this.#settings
    const isOurs = isSameHost(origin, new URL(`https://${host}`))
    return clientOf({
      host: origin.host,
      options: { ...(isOurs ? options : {}), plainHttp: origin.protocol === 'http:' },
      findCredential: () => Promise.resolve(undefined),
      transport: isOurs ? transport : elsewhere,
      elsewhere,
      redirected,
      checkElsewhere,
      wait,
      pace: isOurs ? pace : new Pace(wait),
    })
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

function clientOf(
  settings: Omit<RegistrySettings, 'certificates' | 'findAgent' | 'mayLogInUnverified'>,
): RegistryClient {
  const { host, options, findCredential, transport, elsewhere, redirected, checkElsewhere, wait, pace } =
    settings
  const redactor = new Redactor()
  return new RegistryClient({
    host,
    apiHost: apiHostOf(host),
    options,
    authenticator: new Authenticator({
      host,
      findCredential,
      transport,
      elsewhere,
      checkElsewhere,
      trustedRealms: options.trustedRealms ?? [],
      redactor,
    }),
    redactor,
    transport,
    elsewhere: redirected,
    wait,
    pace,
  })
}
