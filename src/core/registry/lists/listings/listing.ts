import type { Credential } from '../../../base/credential.ts'
import type { OperationOptions } from '../../../base/progress.ts'
import type { RegistryClient } from '../../client.ts'
import type { Pages } from '../pages.ts'
import type { CheckVerified } from '../../login/verified.ts'

/** What is known of a registry without asking it anything more. */
export interface RegistryFacts {
  /** As the person wrote it. */
  readonly host: string
  /** Where its API answered, and where it sends its clients for a token; known once it has asked for one. */
  readonly challenge?: { readonly registry: URL; readonly realm: URL }
}

/** What the list of a registry is asked with. */
export interface ListingPlace extends RegistryFacts {
  /** The registry itself. */
  readonly client: RegistryClient
  /** Another host, asked without the login that the registry has. */
  readonly other: (origin: URL) => RegistryClient
  /** User name and password of the registry; `undefined` where nobody is logged in, or with a token only. */
  readonly credential: Credential | undefined
  /** The first parts of repositories that are known otherwise, for lists that need them: `acme`. */
  readonly namespaces: readonly string[]
  readonly trustedRealms: readonly string[]
  readonly checkElsewhere: CheckVerified
}

/** How registries of one kind tell their repositories where the common catalogue does not. */
export interface Listing {
  /** What they are called: "Harbor". */
  readonly name: string
  /** Told by facts, never by asking. */
  readonly isFor: (facts: RegistryFacts) => boolean
  /**
   * @throws ChartroomError `unsupported` where something is missing that the list needs, `refused` where the login may not
   *   go to where the list is
   */
  readonly open: (place: ListingPlace, options: OperationOptions) => Pages | Promise<Pages>
}

/**
 * The namespaces that a list by namespace can be asked for: those that are known, and that of the person who is logged in.
 */
export function namespacesOf({ namespaces, credential }: ListingPlace): string[] {
  const own = credential === undefined ? [] : [credential.username.toLowerCase()]
  return [...new Set([...namespaces, ...own])].filter((name) => /^[a-z0-9][a-z0-9._-]*$/.test(name))
}
