import type { Disposable, SecretStorage } from 'vscode'
import {
  ChartroomError,
  messageOf,
  type Credential,
  type CredentialStore,
  type Logger,
  type OperationOptions,
} from '../../core/index.ts'
import { Turns } from '../turns.ts'

export interface SecretLoginsOptions {
  /** What Chartroom needs of the editor's secret storage. */
  readonly secrets: Pick<SecretStorage, 'get' | 'store' | 'delete' | 'onDidChange'>
  readonly log: Logger
  /** What people call the storage. */
  readonly name: string
  /** The sentence for a login that could not be forgotten. */
  readonly notErased: (host: string, reason: string) => string
  /** Called the first time that the storage cannot be read. */
  readonly onUnreadable: () => void
}

/** A host that there is a login for, and as whom. */
interface ListedLogin {
  readonly host: string
  readonly username: string
}

/** The secret that names the hosts: a secret storage may not list its keys, and the editor keeps its other state as plain text. */
const listKey = 'logins'

const loginPrefix = 'login '

/** What a storage that fails has to say about what it holds. */
const unreadable = Symbol('unreadable')

/**
 * Logins in the editor's secret storage, which lies on the person's own machine even where the window is a remote one.
 *
 * A keyring that is missing, locked or broken is survived: a login that cannot be read is none, which is told once, and
 * one that cannot be kept is held in memory.
 */
export class SecretLogins implements CredentialStore, Disposable {
  readonly name: string
  readonly #options: SecretLoginsOptions
  readonly #held = new Map<string, Credential>()
  readonly #listening: Disposable
  /** One change after the other, because the list is read before it is written. */
  readonly #changes = new Turns()
  #hasTold = false

  constructor(options: SecretLoginsOptions) {
    this.name = options.name
    this.#options = options
    // Another window knows better.
    this.#listening = this.onDidChange((host) => {
      this.#held.delete(host)
    })
  }

  async find(host: string, options: OperationOptions = {}): Promise<Credential | undefined> {
    return this.#held.get(host.toLowerCase()) ?? (await this.#stored(host, options))
  }

  /** Every host that there is a login for, in order. */
  async hosts(options: OperationOptions = {}): Promise<readonly ListedLogin[]> {
    const logins = new Map<string, string>()
    const listed = decodeList(await this.#read(listKey, options))
    const stored = await Promise.all(listed.map(({ host }) => this.#stored(host, options)))
    // A window that was closed while it kept a login may have left a name without one.
    for (const [position, { host }] of listed.entries()) {
      const login = stored[position]
      if (login !== undefined) logins.set(host, login.username)
    }
    for (const [host, { username }] of this.#held) logins.set(host, username)
    return [...logins]
      .map(([host, username]) => ({ host, username }))
      .sort((a, b) => (a.host < b.host ? -1 : 1))
  }

  /** Keeps a login; one that the storage does not take is held until the window is closed (see `isHeld`). */
  async save(host: string, { username, password, identityToken }: Credential): Promise<void> {
    const key = host.toLowerCase()
    const login = { username, password, ...(identityToken === undefined ? {} : { identityToken }) }
    await this.#changes.take(async () => {
      try {
        await this.#list(key, username)
        await this.#options.secrets.store(loginPrefix + key, JSON.stringify(login))
        this.#held.delete(key)
      } catch (error) {
        this.#options.log.warn(`${this.name} did not keep the login for ${host}: ${messageOf(error)}`)
        this.#held.set(key, { ...login, origin: this.name })
      }
    })
  }

  /**
   * Forgets the login of a host, also one that is just being kept; `false` where there was none. What cannot be read may
   * be one, so it is forgotten, too.
   * @throws ChartroomError `store-readonly` where the storage fails
   */
  async erase(host: string, options: OperationOptions = {}): Promise<boolean> {
    const key = host.toLowerCase()
    return await this.#changes.take(async () => {
      const wasHeld = this.#held.delete(key)
      const stored = await this.#tryToRead(loginPrefix + key, options)
      if (stored === undefined) return wasHeld
      try {
        await this.#options.secrets.delete(loginPrefix + key)
        // A list that cannot be read cannot be written either; a name without a login on it is passed over.
        if (stored !== unreadable) await this.#list(key, undefined)
      } catch (cause) {
        const message = this.#options.notErased(host, messageOf(cause))
        throw new ChartroomError('store-readonly', { message, host, cause })
      }
      return true
    })
  }

  /** Whether the login of a host is held in memory only, because the storage did not take it. */
  isHeld(host: string): boolean {
    return this.#held.has(host.toLowerCase())
  }

  /** Tells the host whose login came, changed or went, in this window or in another one. */
  onDidChange(listener: (host: string) => void): Disposable {
    return this.#options.secrets.onDidChange(({ key }) => {
      if (key.startsWith(loginPrefix)) listener(key.slice(loginPrefix.length))
    })
  }

  dispose(): void {
    this.#listening.dispose()
  }

  async #stored(host: string, options: OperationOptions): Promise<Credential | undefined> {
    const text = await this.#read(loginPrefix + host.toLowerCase(), options)
    if (text === undefined) return undefined
    const value = parsed(text)
    if (isLogin(value)) {
      const { username, password, identityToken } = value
      const token = typeof identityToken === 'string' ? { identityToken } : {}
      return { username, password, ...token, origin: this.name }
    }
    this.#options.log.warn(`${this.name} holds something for ${host} that is no login.`)
    return undefined
  }

  /** Puts a host on the list, or takes it off where it has no user. */
  async #list(host: string, username: string | undefined): Promise<void> {
    const { secrets } = this.#options
    const others = decodeList(await secrets.get(listKey)).filter((listed) => listed.host !== host)
    const after = username === undefined ? others : [...others, { host, username }]
    await secrets.store(listKey, JSON.stringify(after))
  }

  /** What is stored under a key; nothing where that cannot be read. */
  async #read(key: string, options: OperationOptions): Promise<string | undefined> {
    const stored = await this.#tryToRead(key, options)
    return stored === unreadable ? undefined : stored
  }

  /** A locked keyring may ask a person first, so an aborted operation does not wait for it. */
  async #tryToRead(
    key: string,
    { signal }: OperationOptions,
  ): Promise<string | typeof unreadable | undefined> {
    try {
      return await unlessAborted(this.#options.secrets.get(key), signal)
    } catch (error) {
      signal?.throwIfAborted()
      this.#options.log.warn(`${this.name} could not be read (${key}): ${messageOf(error)}`)
      if (!this.#hasTold) this.#options.onUnreadable()
      this.#hasTold = true
      return unreadable
    }
  }
}

/** `undefined` where it is no JSON: what the parser says would quote the secret. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isLogin(value: unknown): value is { username: string; password: string; identityToken?: unknown } {
  return hasTexts(value, 'username', 'password')
}

function decodeList(text = '[]'): ListedLogin[] {
  const list = parsed(text)
  return Array.isArray(list) ? list.filter(isListed) : []
}

function isListed(value: unknown): value is ListedLogin {
  return hasTexts(value, 'host', 'username')
}

function hasTexts(value: unknown, ...names: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false
  return names.every((name) => typeof Reflect.get(value, name) === 'string')
}

async function unlessAborted<Value>(answer: Thenable<Value>, signal?: AbortSignal): Promise<Value> {
  if (signal === undefined) return await answer
  signal.throwIfAborted()
  let stop = (): void => undefined
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      reject(new DOMException('Cancelled', 'AbortError'))
    }
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([answer, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
