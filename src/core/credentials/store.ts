import type { Credential, FindOptions } from '../base/credential.ts'
import type { OperationOptions } from '../base/progress.ts'

/** That there is a login for a host, and as whom. */
export interface ListedLogin {
  /** As references write it: `registry.example.com`, `localhost:5000`, `docker.io`. */
  readonly host: string
  /** Unset, or empty, where the place does not say it. */
  readonly username?: string
  /** Where the login is kept, for people, where that is not the name of the place. */
  readonly origin?: string
}

/** A place that may know who somebody is at a registry. */
export interface CredentialSource {
  /** For people: for example "~/.docker/config.json". */
  readonly name: string

  /**
   * The login for a host, `undefined` where this place has none.
   * @param host `registry.example.com` or `localhost:5000`; compared whole and without case, never by a part
   */
  find(host: string, options?: FindOptions): Promise<Credential | undefined>

  /** The hosts that `find` has a login for, each once, without passwords. */
  hosts(options?: OperationOptions): Promise<readonly ListedLogin[]>
}

/** A login that another program keeps, such as an account of the editor's, and that is used as long as somebody wants it. */
export interface CredentialAccount extends CredentialSource {
  /** Forgets the login of a host under every spelling. `false` where there was none. */
  erase(host: string, options?: OperationOptions): Promise<boolean>
}

/** A place that also keeps logins. */
export interface CredentialStore extends CredentialAccount {
  /** Keeps a login; what the host had here before is replaced. */
  save(host: string, credential: Credential, options?: OperationOptions): Promise<void>
}
