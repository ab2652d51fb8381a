import { l10n, type SecretStorage } from 'vscode'
import {
  ChartroomError,
  messageOf,
  type Credential,
  type CredentialStore,
  type Logger,
} from '../../core/index.ts'

/**
 * Logins in the editor's secret storage, which lies on the person's own machine even where the window is a remote one.
 *
 * A keyring that fails is survived: looking a login up then finds none and says so in the log, keeping one fails with a
 * sentence.
 */
export class SecretStore implements CredentialStore {
  readonly name = "VS Code's secret storage"
  readonly #secrets: SecretStorage
  readonly #log: Logger

  constructor(secrets: SecretStorage, log: Logger) {
    this.#secrets = secrets
    this.#log = log
  }

  async find(host: string): Promise<Credential | undefined> {
    return this.#decode(await this.#read(host), host)
  }

  async save(host: string, { username, password, identityToken }: Credential): Promise<void> {
    const login = { username, password, ...(identityToken === undefined ? {} : { identityToken }) }
    await this.#change(host, async () => {
      await this.#secrets.store(keyOf(host), JSON.stringify(login))
    })
  }

  async erase(host: string): Promise<boolean> {
    if ((await this.#read(host)) === undefined) return false
    await this.#change(host, async () => {
      await this.#secrets.delete(keyOf(host))
    })
    return true
  }

  async #read(host: string): Promise<string | undefined> {
    try {
      return await this.#secrets.get(keyOf(host))
    } catch (error) {
      this.#log.warn(`${this.name} could not be read for ${host}: ${messageOf(error)}`)
      return undefined
    }
  }

  async #change(host: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (cause) {
      throw new ChartroomError('store-readonly', {
        message: l10n.t(
          'The login for {0} could not be kept: {1} failed ({2}).',
          host,
          this.name,
          messageOf(cause),
        ),
        host,
        cause,
      })
    }
  }

  #decode(text: string | undefined, host: string): Credential | undefined {
    if (text === undefined) return undefined
    const value = parsed(text)
    if (typeof value === 'object' && value !== null && 'username' in value && 'password' in value) {
      const { username, password } = value
      const identityToken = 'identityToken' in value ? value.identityToken : undefined
      if (typeof username === 'string' && typeof password === 'string') {
        const token = typeof identityToken === 'string' ? { identityToken } : {}
        return { username, password, ...token, origin: this.name }
      }
    }
    this.#log.warn(`${this.name} holds something for ${host} that is no login.`)
    return undefined
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

function keyOf(host: string): string {
  return `login ${host.toLowerCase()}`
}
