import type { Credential } from '../credential.ts'
import type { OperationOptions } from '../progress.ts'
import { ConfigDocument, UnreadableConfig } from './configDocument.ts'
import type { CredentialSource } from './store.ts'

/** Logins that a pipeline hands in as the text of a `config.json`. Credential helpers in it are not run. */
export class EnvironmentSource implements CredentialSource {
  readonly name = 'the variable DOCKER_AUTH_CONFIG'
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  find(host: string, { log }: OperationOptions = {}): Promise<Credential | undefined> {
    try {
      const login = ConfigDocument.parse(Buffer.from(this.#text)).loginOf(host)
      return Promise.resolve(login === undefined ? undefined : { ...login, origin: this.name })
    } catch (error) {
      if (!(error instanceof UnreadableConfig)) throw error
      log?.warn(`The variable DOCKER_AUTH_CONFIG is passed over: ${error.message}.`)
      return Promise.resolve(undefined)
    }
  }
}
