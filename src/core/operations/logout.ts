import type { Credentials } from '../credentials/credentials.ts'
import type { OperationOptions } from '../base/progress.ts'
import type { Registries } from '../registry/registries.ts'
import { ChartroomError } from '../base/errors.ts'
import { parseHost } from '../oci/reference.ts'
import { whileDoing } from './failure.ts'

export interface LoggedOut {
  readonly host: string
  /** The places that held the login and no longer do. */
  readonly erased: readonly string[]
  /** The places, not Chartroom's to change, that still hold one for this host. */
  readonly remaining: readonly string[]
  /** How a person ends what remains. */
  readonly advice?: string
}

/**
 * Forgets the login of a host everywhere Chartroom may have kept it. Nothing goes over the network.
 * @throws ChartroomError `not-logged-in` where there was nothing to forget
 */
export async function logout(
  registries: Registries,
  credentials: Credentials,
  host: string,
  options: OperationOptions = {},
): Promise<LoggedOut> {
  const registry = parseHost(host)
  return await whileDoing(`log out from ${registry}`, async () => {
    const { erased, remaining, advice } = await credentials.erase(registry, options)
    registries.forget(registry)
    const end = advice === undefined ? {} : { advice }
    if (erased.length > 0) return { host: registry, erased, remaining, ...end }
    throw new ChartroomError('not-logged-in', {
      message:
        remaining.length === 0
          ? `There is no login for ${registry}.`
          : `Chartroom keeps no login for ${registry}; the one in use comes from ${remaining.join(' and ')}.`,
      ...end,
      host: registry,
    })
  })
}
