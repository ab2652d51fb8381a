import type { Credential } from '../base/credential.ts'
import type { Credentials, SaveLoginOptions } from '../credentials/credentials.ts'
import type { Registries } from '../registry/registries.ts'
import { ChartroomError, kindOf } from '../base/errors.ts'
import type { OperationOptions } from '../base/progress.ts'
import { parseHost } from '../oci/reference.ts'
import { loginOfUser } from '../credentials/configDocument.ts'
import { whileDoing } from './failure.ts'

export interface LoggedIn {
  readonly host: string
  /** Where the login is kept, for people. */
  readonly store: string
  /** What a person should know about that place, for example that it is a plain file. */
  readonly warning?: string
}

/**
 * Checks a login at the registry and, only when the registry takes it, keeps it.
 *
 * @param host as a person writes it; a scheme and a path are dropped
 * @param login with an identity token for a password where the user is `<token>`, as credential helpers have it
 * @throws ChartroomError `unauthorized` where the registry refuses it (then nothing is kept), `unavailable`, …
 */
export async function login(
  registries: Registries,
  credentials: Credentials,
  host: string,
  { username, password }: { readonly username: string; readonly password: string },
  options: SaveLoginOptions = {},
): Promise<LoggedIn> {
  const registry = parseHost(host)
  const credential = { ...loginOfUser(username, password), origin: 'this login' }
  await checkLogin(registries, registry, credential, options)
  return await whileDoing(`log in to ${registry}`, async () => {
    const saved = await credentials.save(registry, credential, options)
    registries.forget(registry)
    return { host: registry, ...saved }
  })
}

/**
 * Checks a login at the registry and keeps nothing.
 *
 * @param registry the host, for example `localhost:5000`
 * @throws ChartroomError as `login`
 */
export async function checkLogin(
  registries: Registries,
  registry: string,
  credential: Credential,
  options: OperationOptions = {},
): Promise<void> {
  await whileDoing(`log in to ${registry}`, async () => {
    try {
      await registries.registry(registry).verifyLogin(credential, options)
    } catch (error) {
      if (kindOf(error) !== 'unauthorized') throw error
      throw new ChartroomError('unauthorized', {
        message: `${registry} refused this user or password.`,
        advice: 'Check both and log in again; nothing was stored.',
        host: registry,
        cause: error,
      })
    }
  })
}
