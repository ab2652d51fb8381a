import { dirname } from 'node:path'
import { ChartroomError, messageOf } from '../base/errors.ts'
import type { Credential, FindOptions } from '../base/credential.ts'
import { factsOf, linkTargetOf, makeMissingDirectory, readSmall, replaceFile } from '../base/files.ts'
import type { OperationOptions } from '../base/progress.ts'
import { clearTemporariesBeside, temporaryBeside } from '../base/temporaries.ts'
import { ConfigDocument, UnreadableConfig, type Login } from './configDocument.ts'
import { CredentialHelper, type HelperSearch } from './credentialHelper.ts'
import { withFileLock } from './fileLock.ts'
import { platformHelper } from './platformHelper.ts'
import { keyOf } from './hostKey.ts'
import type { CredentialLocation } from './locations.ts'
import { listLogins } from './listLogins.ts'
import type { CredentialStore, ListedLogin } from './store.ts'

const sizeLimit = 4 * 1024 * 1024

/**
 * A `config.json` of Helm, Docker or podman, with the credential helpers that it names.
 *
 * It is only ever replaced whole, by rename, with mode 0600; everything in it that is not the entry of the host at hand
 * stays as it was. A file that cannot be understood is never written.
 */
export class CredentialFile implements CredentialStore {
  readonly name: string
  readonly path: string
  readonly #search: HelperSearch

  constructor({ path, origin }: Pick<CredentialLocation, 'path' | 'origin'>, search: HelperSearch) {
    this.path = path
    this.name = origin
    this.#search = search
  }

  async exists(): Promise<boolean> {
    return (await factsOf(this.path)) !== undefined
  }

  /**
   * The login for a host: from the credential helper that is configured for it, else from the file itself. A file or
   * an entry that cannot be read is named in the log and passed over.
   *
   * @throws ChartroomError `unavailable` where the file says that a helper has this host's login and the helper fails
   */
  async find(host: string, options: FindOptions = {}): Promise<Credential | undefined> {
    const document = await this.#readOrWarn(options)
    if (document === undefined) return undefined
    return (await this.#askHelper(document, host, options)) ?? this.#readEntry(document, host, options)
  }

  /** The hosts that the file, or a credential helper that it names, has a login for. What cannot be read is named in the log. */
  async hosts(options: OperationOptions = {}): Promise<readonly ListedLogin[]> {
    const document = await this.#readOrWarn(options)
    return document === undefined ? [] : await listLogins(document, this.name, this.#search, options)
  }

  /**
   * Keeps a login: in the credential helper, where there is one, else in the file as plain text.
   * @throws ChartroomError `store-corrupt` where the file cannot be understood, `unavailable` where its helper fails
   */
  async save(host: string, credential: Credential, options: OperationOptions = {}): Promise<void> {
    const helper = await this.saveInHelper(host, credential, options)
    if (helper === undefined) await this.savePlain(host, credential, options)
  }

  /**
   * Keeps a login in the credential helper that the file configures, or, where the file configures nothing at all, in
   * the platform's own if it works, and notes that in the file, as Helm does.
   *
   * @returns the helper's suffix; `undefined` where there is none, and then nothing is kept
   * @throws ChartroomError as `save`
   */
  async saveInHelper(
    host: string,
    credential: Credential,
    options: OperationOptions = {},
  ): Promise<string | undefined> {
    const { suffix, isConfigured } = await this.#helperFor(host, options)
    if (suffix === undefined) return undefined
    try {
      await this.#helper(suffix).store(keyOf(host), credential, host, options)
    } catch (error) {
      // A proposal that does not work, such as a keyring without a desktop, is no reason to fail.
      if (isConfigured || !(error instanceof ChartroomError)) throw error
      options.log?.warn(error.message)
      return undefined
    }
    await this.#change((before) => before.withHelper(host, suffix), options)
    return suffix
  }

  /**
   * The suffix of the credential helper that `saveInHelper` would turn to; `undefined` where there is none.
   * @throws ChartroomError `store-corrupt` where the file cannot be understood
   */
  async helperFor(host: string, options: OperationOptions = {}): Promise<string | undefined> {
    return (await this.#helperFor(host, options)).suffix
  }

  /**
   * Keeps a login in the file itself, where everybody who can read the file can read it.
   * @throws ChartroomError `store-corrupt` where the file cannot be understood
   */
  async savePlain(host: string, login: Login, options: OperationOptions = {}): Promise<void> {
    await this.#change((before) => before.withLogin(host, login), options)
  }

  /**
   * Forgets a host under every spelling that the file has of it, and what the configured helper keeps under these. What
   * a helper keeps for others, unknown to this file, stays. A file that cannot be understood is named in the log.
   */
  async erase(host: string, options: OperationOptions = {}): Promise<boolean> {
    await this.#clear(options)
    const document = await this.#readOrWarn(options)
    const keys = document?.keysOf(host) ?? []
    if (document === undefined || keys.length === 0) return false
    const suffix = document.helperOf(host)
    if (suffix !== undefined) {
      for (const key of keys) await this.#helper(suffix).erase(key, host, options)
    }
    await this.#change((before) => before.without(host), options)
    return true
  }

  async #helperFor(
    host: string,
    options: OperationOptions,
  ): Promise<{ suffix: string | undefined; isConfigured: boolean }> {
    const document = await this.#read(options)
    const configured = document.helperOf(host)
    if (configured !== undefined) return { suffix: configured, isConfigured: true }
    return {
      suffix: document.isOpen ? await platformHelper(this.#search) : undefined,
      isConfigured: false,
    }
  }

  async #askHelper(
    document: ConfigDocument,
    host: string,
    options: FindOptions,
  ): Promise<Credential | undefined> {
    const suffix = document.helperOf(host)
    if (suffix === undefined) return undefined
    const keys = new Set([...document.keysOf(host, options.repository), keyOf(host)])
    try {
      for (const key of keys) {
        const login = await this.#helper(suffix).get(key, host, options)
        if (login === undefined) continue
        const isPartial = document.hasPartsOf(host) ? { isPartial: true } : {}
        return { ...login, ...isPartial, origin: `${this.name} via ${suffix}` }
      }
    } catch (error) {
      // A helper for everything that fails for a host nobody logged in to must not get in the way.
      if (!(error instanceof ChartroomError) || document.mentions(host)) throw error
      options.log?.warn(`${error.message} It is configured in ${this.name}.`)
    }
    return undefined
  }

  #readEntry(
    document: ConfigDocument,
    host: string,
    { log, repository }: FindOptions,
  ): Credential | undefined {
    try {
      const login = document.loginOf(host, repository)
      return login === undefined ? undefined : { ...login, origin: this.name }
    } catch (error) {
      if (!(error instanceof UnreadableConfig)) throw error
      log?.warn(`The login for ${host} in ${this.name} is passed over: ${error.message}.`)
      return undefined
    }
  }

  async #change(edit: (before: ConfigDocument) => ConfigDocument, options: OperationOptions): Promise<void> {
    const path = await this.#target()
    await makeMissingDirectory(dirname(path), 0o700)
    await this.#clear(options)
    await withFileLock(
      path,
      async () => {
        const content = Buffer.from(edit(await this.#read(options)).toString())
        const before = await factsOf(path)
        const mode = before === undefined ? 0o600 : (before.mode & 0o600) | 0o400
        await replaceFile(path, content, await temporaryBeside(path), { mode, signal: options.signal })
        if (before !== undefined && (before.mode & 0o077) !== 0 && this.#search.around.platform !== 'win32') {
          options.log?.warn(
            `${this.name} could be read by other users of this computer; now only you can read it.`,
          )
        }
      },
      options,
    )
  }

  /** The file itself, where the path is a link to it. */
  async #target(): Promise<string> {
    return (await linkTargetOf(this.path)) ?? this.path
  }

  /** Removes what processes that were killed while they wrote left behind, because it holds logins. */
  async #clear({ log }: OperationOptions): Promise<void> {
    try {
      await clearTemporariesBeside(await this.#target())
    } catch (error) {
      log?.debug(`could not clear the directory of ${this.path}: ${messageOf(error)}`)
    }
  }

  async #readOrWarn(options: OperationOptions): Promise<ConfigDocument | undefined> {
    try {
      return await this.#read(options)
    } catch (error) {
      options.signal?.throwIfAborted()
      options.log?.warn(
        error instanceof ChartroomError
          ? `${error.message} It is passed over.`
          : `${this.name} cannot be read and is passed over: ${messageOf(error)}`,
      )
      return undefined
    }
  }

  async #read({ signal }: OperationOptions): Promise<ConfigDocument> {
    const bytes = (await readSmall(this.path, sizeLimit, signal)) ?? Buffer.alloc(0)
    try {
      return ConfigDocument.parse(bytes)
    } catch (error) {
      if (!(error instanceof UnreadableConfig)) throw error
      throw new ChartroomError('store-corrupt', {
        message: `The credentials file ${this.name} cannot be understood: ${error.message}.`,
        advice: 'Correct or move the file; Chartroom does not overwrite it.',
        path: this.path,
      })
    }
  }

  #helper(suffix: string): CredentialHelper {
    return new CredentialHelper(suffix, this.#search)
  }
}
