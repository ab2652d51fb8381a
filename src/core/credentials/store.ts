import type { Credential } from '../credential.ts'
import type { OperationOptions } from '../progress.ts'

/** A place that may know who somebody is at a registry. */
export interface CredentialSource {
  /** For people: for example "~/.docker/config.json". */
  readonly name: string

  /**
   * The login for a host, `undefined` where this place has none.
   * @param host `registry.example.com` or `localhost:5000`; compared whole and without case, never by a part
   */
  find(host: string, options?: OperationOptions): Promise<Credential | undefined>
}

/** A place that also keeps logins. */
export interface CredentialStore extends CredentialSource {
  /** Keeps a login; what the host had here before is replaced. */
  save(host: string, credential: Credential, options?: OperationOptions): Promise<void>

  /** Forgets the login of a host under every spelling. `false` where there was none. */
  erase(host: string, options?: OperationOptions): Promise<boolean>
}
