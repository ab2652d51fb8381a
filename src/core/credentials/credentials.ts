import type { Credential } from '../credential.ts'
import { messageOf } from '../errors.ts'
import { surroundings, type Surroundings } from '../helmHome.ts'
import type { OperationOptions } from '../progress.ts'
import { CredentialFile } from './credentialFile.ts'
import { EnvironmentSource } from './environmentSource.ts'
import { credentialFiles, explicitFile, newHelmFile } from './locations.ts'
import type { CredentialSource, CredentialStore } from './store.ts'

export interface CredentialsOptions {
  readonly around?: Surroundings
  /** Stores that only this program can read, such as an editor's secret storage. They are asked first. */
  readonly stores?: readonly CredentialStore[]
  /** Directories, such as the folders of a workspace, from which no credential helper is ever run. */
  readonly untrusted?: () => readonly string[]
}

export interface SaveLoginOptions extends OperationOptions {
  /**
   * `helm`: where Helm finds it, too. `own`: the first of the `stores`. `auto`: a credential helper where there is one,
   * else the first of the `stores`, else Helm's file as plain text.
   */
  readonly store?: 'auto' | 'own' | 'helm'
}

export interface SavedLogin {
  /** Where it is kept, for people. */
  readonly store: string
  /** What a person should know about that place. */
  readonly warning?: string
}

export interface ErasedLogin {
  /** The places, for people, that held a login and no longer do. */
  readonly erased: string[]
  /** The places that still answer for the host, most of them not Chartroom's to change. */
  readonly remaining: string[]
}

/** Who somebody is at a registry, from every place on this computer that knows. */
export class Credentials {
  readonly #around: Surroundings
  readonly #stores: readonly CredentialStore[]
  readonly #files: readonly CredentialFile[]
  readonly #helmFiles: readonly CredentialFile[]
  readonly #newHelmFile: CredentialFile
  readonly #environment: readonly CredentialSource[]

  constructor({ around = surroundings(), stores = [], untrusted = () => [] }: CredentialsOptions = {}) {
    const search = { around, untrusted }
    const locations = credentialFiles(around)
    const variable = around.env['DOCKER_AUTH_CONFIG'] ?? ''
    this.#around = around
    this.#stores = stores
    this.#files = locations.map((location) => new CredentialFile(location, search))
    this.#helmFiles = this.#files.filter((_, position) => locations[position]?.writable === true)
    this.#newHelmFile = new CredentialFile(newHelmFile(around), search)
    this.#environment = variable === '' ? [] : [new EnvironmentSource(variable)]
  }

  /**
   * The login for a host: from the stores, then `$HELM_REGISTRY_CONFIG`, Helm's files, Docker's, podman's and
   * `DOCKER_AUTH_CONFIG`. `undefined` means anonymous.
   *
   * @throws ChartroomError `unavailable` where the login is kept by a credential helper that is missing or fails
   */
  async find(host: string, options: OperationOptions = {}): Promise<Credential | undefined> {
    for (const source of this.#sources) {
      const credential = await source.find(host, options)
      if (credential !== undefined) return credential
    }
    return undefined
  }

  /**
   * Keeps a login that a registry has accepted, where `find` sees it before any older one. Where
   * `$HELM_REGISTRY_CONFIG` is set, it always goes to that file or its credential helper.
   *
   * @throws ChartroomError `store-corrupt`, `store-locked` or `unavailable` (the credential helper); nothing is kept then
   */
  async save(
    host: string,
    credential: Credential,
    { store = 'auto', ...options }: SaveLoginOptions = {},
  ): Promise<SavedLogin> {
    const own = explicitFile(this.#around) === undefined && store !== 'helm' ? this.#stores[0] : undefined
    const file = await this.#helmFile()
    const helper =
      own !== undefined && store === 'own' ? undefined : await file.saveInHelper(host, credential, options)
    if (helper === undefined && own !== undefined) {
      await own.save(host, credential, options)
      return { store: own.name }
    }
    if (helper === undefined) await file.savePlain(host, credential, options)
    // An older login here would be found first.
    for (const older of this.#stores) await older.erase(host, options)
    return helper === undefined
      ? { store: file.name, warning: plainStoreWarning(file.name) }
      : { store: `${file.name} via ${helper}` }
  }

  /**
   * Forgets a host in every place where Chartroom may have kept it, and tells which others still know it.
   * @throws ChartroomError where a place fails to forget it, after all others were asked
   */
  async erase(host: string, options: OperationOptions = {}): Promise<ErasedLogin> {
    const erased: string[] = []
    const failures: unknown[] = []
    for (const store of [...this.#stores, ...this.#helmFiles]) {
      try {
        if (await store.erase(host, options)) erased.push(store.name)
      } catch (error) {
        options.signal?.throwIfAborted()
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
    return { erased, remaining: await this.#answering(host, options) }
  }

  get #sources(): CredentialSource[] {
    return [...this.#stores, ...this.#files, ...this.#environment]
  }

  async #answering(host: string, options: OperationOptions): Promise<string[]> {
    const answering: string[] = []
    for (const source of this.#sources) {
      try {
        const credential = await source.find(host, options)
        if (credential !== undefined) answering.push(credential.origin)
      } catch (error) {
        options.signal?.throwIfAborted()
        options.log?.warn(messageOf(error))
      }
    }
    return answering
  }

  /** Where Helm's logins are written: what the person chose, else the first file that exists, else the default. */
  async #helmFile(): Promise<CredentialFile> {
    if (explicitFile(this.#around) !== undefined) return this.#newHelmFile
    for (const file of this.#helmFiles) {
      if (await file.exists()) return file
    }
    return this.#newHelmFile
  }
}

function plainStoreWarning(file: string): string {
  return `The login is kept in ${file} without encryption: whoever can read that file can use it.`
}
