import { ChartroomError, kindOf, messageOf } from '../../core/index.ts'
import { hostOfUnknownAuthority } from '../unknownAuthority.ts'

/** Why a registry did not give something, and so which way out there is. */
export interface RegistryProblem {
  readonly reason: 'unauthorized' | 'noCatalogue' | 'realm' | 'failed'
  /** The whole sentence. */
  readonly message: string
  /** The same beside a row that names the registry: `could not be reached (connection refused)`. */
  readonly short: string
  readonly advice?: string
  /** Whether a login was refused; else none was there. */
  readonly refusedLogin: boolean
  /** Whether the certificate is signed by an authority that nobody here knows. */
  readonly unknownAuthority: boolean
  /** The token server that the login was not sent to, because nobody trusts it. */
  readonly realm?: string
}

/** @param host that was asked for its repositories */
export function catalogueProblem(error: unknown, host: string): RegistryProblem {
  return { ...registryProblem(error, host), ...(isWithoutList(error) ? { reason: 'noCatalogue' } : {}) }
}

/** Whether an error says that a list is not there, or not for us. */
export function isWithoutList(error: unknown): boolean {
  const kind = kindOf(error)
  return kind === 'forbidden' || kind === 'not-found' || kind === 'unsupported'
}

/** @param host that was asked for anything else */
export function registryProblem(error: unknown, host: string): RegistryProblem {
  const message = messageOf(error)
  const advice = error instanceof ChartroomError ? error.advice : undefined
  const realm = error instanceof ChartroomError ? error.evidence.realm : undefined
  return {
    reason: kindOf(error) === 'unauthorized' ? 'unauthorized' : realm === undefined ? 'failed' : 'realm',
    message,
    short: shortened(message, host),
    ...(advice === undefined ? {} : { advice }),
    ...(realm === undefined ? {} : { realm }),
    refusedLogin: error instanceof ChartroomError && error.evidence.origin !== undefined,
    unknownAuthority: hostOfUnknownAuthority(error) !== undefined,
  }
}

function shortened(message: string, host: string): string {
  const said =
    [`${host} `, `No secure connection to ${host}: `].find((start) => message.startsWith(start)) ?? ''
  return message.slice(said.length).replace(/\.$/, '')
}
