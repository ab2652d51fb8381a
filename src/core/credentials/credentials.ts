import type { Credential, FindOptions } from '../base/credential.ts'
import { ChartroomError, messageOf } from '../base/errors.ts'
import { surroundings, type Surroundings } from '../base/helmHome.ts'
import type { OperationOptions } from '../base/progress.ts'
import { CredentialFile } from './credentialFile.ts'
import { EnvironmentSource } from './environmentSource.ts'
import { credentialFiles, explicitFile, newHelmFile, type CredentialLocation } from './locations.ts'
import type { CredentialAccount, CredentialSource, CredentialStore, ListedLogin } from './store.ts'

export interface CredentialsOptions {
  readonly around?: Surroundings
  /** Accounts that a person has chosen. They are asked before everything else. */
  readonly accounts?: readonly CredentialAccount[]
  /** Stores that only this program can read, such as an editor's secret storage. They are asked next. */
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
  /** How to end these, as sentences for people, where another program has to do it. */
  readonly advice?: string
}

/** A host that there is a login for. */
export interface KnownHost {
  /** As references write it: `registry.example.com`, `localhost:5000`, `docker.io`. */
  readonly host: string
  /** As whom, where the place says it. */
  readonly username?: string
  /** Where the login is kept, for people: for example `~/.docker/config.json`. */
  readonly origin: string
}

export interface HelmPlace {
  /** The file, as people write it. */
  readonly file: string
  /** The suffix of the credential helper that would hold the secret; without one it is plain text in the file. */
  readonly helper?: string
}

export interface ShareLoginOptions extends OperationOptions {
  /** Whether the login may become plain text where no credential helper takes it. */
  readonly allowPlain?: boolean
}

/** Who somebody is at a registry, from every place on this computer that knows. */
export class Credentials {
  readonly #around: Surroundings
  readonly #accounts: readonly CredentialAccount[]
  readonly #stores: readonly CredentialStore[]
  readonly #files: readonly CredentialFile[]
  readonly #helmFiles: readonly CredentialFile[]
  readonly #newHelmFile: CredentialFile
  readonly #environment: readonly CredentialSource[]
  readonly #programs: ReadonlyMap<CredentialSource, CredentialLocation['program']>

  constructor({
    around = surroundings(),
    accounts = [],
    stores = [],
    untrusted = () => [],
  }: CredentialsOptions = {}) {
    const search = { around, untrusted }
    const locations = credentialFiles(around)
    const variable = around.env['DOCKER_AUTH_CONFIG'] ?? ''
    this.#around = around
    this.#accounts = accounts
    this.#stores = stores
    const files = locations.map(({ program, ...place }) => ({
      program,
      file: new CredentialFile(place, search),
    }))
    this.#files = files.map(({ file }) => file)
    this.#helmFiles = files.filter(({ program }) => program === 'helm').map(({ file }) => file)
    this.#programs = new Map(files.map(({ program, file }) => [file, program]))
    this.#newHelmFile = new CredentialFile(newHelmFile(around), search)
    this.#environment = variable === '' ? [] : [new EnvironmentSource(variable)]
  }

  /**
   * The login for a host: from the accounts and the stores, then `$HELM_REGISTRY_CONFIG`, Helm's files, Docker's, podman's and
   * `DOCKER_AUTH_CONFIG`. `undefined` means anonymous.
   *
   * @throws ChartroomError `unavailable` where the login is kept by a credential helper that is missing or fails
   */
  async find(host: string, options: FindOptions = {}): Promise<Credential | undefined> {
    for (const source of this.#sources) {
      const credential = await source.find(host, options)
      if (credential !== undefined) return credential
    }
    return undefined
  }

  /**
   * Every host that some place on this computer has a login for, in order, and the place where `find` would look first.
   * No password is among it. A place that cannot be read is named in the log.
   */
  async hosts(options: OperationOptions = {}): Promise<readonly KnownHost[]> {
    const lists = await Promise.all(this.#sources.map(async (source) => await listedBy(source, options)))
    const known = new Map<string, KnownHost>()
    for (const login of lists.flat()) {
      if (!known.has(login.host)) known.set(login.host, login)
    }
    return [...known.values()].sort((a, b) => (a.host < b.host ? -1 : 1))
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
    if (own !== undefined) {
      const inHelper = store === 'own' ? undefined : await this.#saveInHelper(host, credential, options)
      if (inHelper !== undefined) return inHelper
      await own.save(host, credential, options)
      for (const account of this.#accounts) await account.erase(host, options)
      return { store: own.name }
    }
    return (
      (await this.#saveInHelper(host, credential, options)) ??
      (await this.#savePlain(host, credential, options))
    )
  }

  /** Where a login for a host would go so that Helm finds it, too. */
  async helmPlace(host: string, options: OperationOptions = {}): Promise<HelmPlace> {
    const file = await this.#helmFile()
    const helper = await file.helperFor(host, options)
    return { file: file.name, ...(helper === undefined ? {} : { helper }) }
  }

  /**
   * Moves the login of a host from the stores to where Helm finds it, too.
   *
   * @returns where it is now; `undefined` where only plain text would do and is not allowed, and then nothing changes
   * @throws ChartroomError `not-logged-in` where no store has one; else as `save`
   */
  async share(
    host: string,
    { allowPlain = false, ...options }: ShareLoginOptions = {},
  ): Promise<SavedLogin | undefined> {
    const credential = await this.#findOwn(host, options)
    if (credential === undefined) {
      throw new ChartroomError('not-logged-in', {
        message: `Chartroom keeps no login for ${host} of its own that could be shared.`,
        host,
      })
    }
    const inHelper = await this.#saveInHelper(host, credential, options)
    if (inHelper !== undefined || !allowPlain) return inHelper
    return await this.#savePlain(host, credential, options)
  }

  /**
   * Forgets a host in every place where Chartroom may have kept it, and tells which others still know it.
   * @throws ChartroomError where a place fails to forget it, after all others were asked
   */
  async erase(host: string, options: OperationOptions = {}): Promise<ErasedLogin> {
    const erased: string[] = []
    const failures: unknown[] = []
    for (const store of [...this.#accounts, ...this.#stores, ...this.#helmFiles]) {
      try {
        if (await store.erase(host, options)) erased.push(store.name)
      } catch (error) {
        options.signal?.throwIfAborted()
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
    const answering = await this.#answering(host, options)
    const advice = answering.map(({ end }) => end).join(' ')
    const remaining = answering.map(({ origin }) => origin)
    return { erased, remaining, ...(advice === '' ? {} : { advice }) }
  }

  async #findOwn(host: string, options: OperationOptions): Promise<Credential | undefined> {
    for (const store of this.#stores) {
      const credential = await store.find(host, options)
      if (credential !== undefined) return credential
    }
    return undefined
  }

  async #saveInHelper(
    host: string,
    credential: Credential,
    options: OperationOptions,
  ): Promise<SavedLogin | undefined> {
    const file = await this.#helmFile()
    const helper = await file.saveInHelper(host, credential, options)
    if (helper === undefined) return undefined
    await this.#eraseOlder(host, options)
    return { store: `${file.name} via ${helper}` }
  }

  async #savePlain(host: string, credential: Credential, options: OperationOptions): Promise<SavedLogin> {
    const file = await this.#helmFile()
    await file.savePlain(host, credential, options)
    await this.#eraseOlder(host, options)
    return { store: file.name, warning: plainStoreWarning(file.name) }
  }

  /** A login in the accounts or the stores would be found before the one that was saved elsewhere. */
  async #eraseOlder(host: string, options: OperationOptions): Promise<void> {
    for (const store of [...this.#accounts, ...this.#stores]) await store.erase(host, options)
  }

  get #sources(): CredentialSource[] {
    return [...this.#accounts, ...this.#stores, ...this.#files, ...this.#environment]
  }

  async #answering(host: string, options: OperationOptions): Promise<{ origin: string; end: string }[]> {
    const answering: { origin: string; end: string }[] = []
    for (const source of this.#sources) {
      try {
        const credential = await source.find(host, options)
        if (credential !== undefined)
          answering.push({ origin: credential.origin, end: this.#endOf(source, host) })
      } catch (error) {
        options.signal?.throwIfAborted()
        options.log?.warn(messageOf(error))
      }
    }
    return answering
  }

  /** How a person ends a login that is not Chartroom's to end. */
  #endOf(source: CredentialSource, host: string): string {
    switch (this.#programs.get(source)) {
      case 'helm':
        return `Run "helm registry logout ${host}" to end it.`
      case 'docker':
        return `It is Docker's login: run "docker logout ${host}" to end it.`
      case 'podman':
        return `It is podman's login: run "podman logout ${host}" to end it.`
      case undefined:
        return `Take it out of ${source.name} to end it.`
    }
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

async function listedBy(source: CredentialSource, options: OperationOptions): Promise<KnownHost[]> {
  let logins: readonly ListedLogin[] = []
  try {
    logins = await source.hosts(options)
  } catch (error) {
    options.signal?.throwIfAborted()
    options.log?.warn(`The hosts in ${source.name} could not be listed: ${messageOf(error)}`)
  }
  return logins.map(({ host, username = '', origin = source.name }) => ({
    host,
    ...(username === '' ? {} : { username }),
    origin,
  }))
}

function plainStoreWarning(file: string): string {
  return `The login is kept in ${file} without encryption: whoever can read that file can use it.`
}
