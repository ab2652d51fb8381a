import type { Credential, FindOptions } from '../base/credential.ts'
import type { Logger } from '../base/logger.ts'
import type { OperationOptions } from '../base/progress.ts'
import { ConfigDocument, UnreadableConfig } from './configDocument.ts'
import type { CredentialSource, ListedLogin } from './store.ts'

/** Logins that a pipeline hands in as the text of a `config.json`. Credential helpers in it are not run. */
export class EnvironmentSource implements CredentialSource {
  readonly name = 'the variable DOCKER_AUTH_CONFIG'
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  find(host: string, { log, repository }: FindOptions = {}): Promise<Credential | undefined> {
    const login = this.#read((document) => document.loginOf(host, repository), log)
    return Promise.resolve(login === undefined ? undefined : { ...login, origin: this.name })
  }

  hosts({ log }: OperationOptions = {}): Promise<readonly ListedLogin[]> {
    const document = this.#read((whole) => whole, log)
    const logins = document?.hosts.map((host) => {
      const login = this.#read(() => document.loginOf(host), log)
      return login === undefined ? undefined : { host, username: login.username }
    })
    return Promise.resolve(logins?.filter((login) => login !== undefined) ?? [])
  }

  #read<Value>(look: (document: ConfigDocument) => Value, log: Logger | undefined): Value | undefined {
    try {
      return look(ConfigDocument.parse(Buffer.from(this.#text)))
    } catch (error) {
      if (!(error instanceof UnreadableConfig)) throw error
      log?.warn(`The variable DOCKER_AUTH_CONFIG is passed over: ${error.message}.`)
      return undefined
    }
  }
}
