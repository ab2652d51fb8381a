import type { Credential } from '../../base/credential.ts'
import { ChartroomError } from '../../base/errors.ts'
import { isLocal, isSameHost, isSameOrigin } from '../origin.ts'
import type { CheckVerified } from './verified.ts'

/** Token servers of well-known registries that run under another name. */
const knownRealms: ReadonlyMap<string, string> = new Map([
  ['registry-1.docker.io', 'auth.docker.io'],
  ['registry.gitlab.com', 'gitlab.com'],
])

export interface RealmAsked {
  /** The registry as the person wrote it. */
  readonly host: string
  /** What was asked at the registry. */
  readonly registry: URL
  /** Where it sends its clients for a token. */
  readonly realm: URL
  /** Hosts that the person lets the registry's login go to. */
  readonly trusted: readonly string[]
}

/**
 * Checks where a registry sends its clients for a token: never from HTTPS to plain HTTP, and, unless the person has
 * trusted it, never to this machine or a private address that is not the registry's own.
 *
 * @throws ChartroomError `refused`
 * @see https://github.com/advisories/GHSA-xf85-363p-868w
 */
export function checkRealm(asked: RealmAsked): void {
  const { registry, realm } = asked
  if (realm.protocol !== 'https:' && realm.protocol !== 'http:') {
    throw refused(asked, 'which is no web address')
  }
  if (registry.protocol === 'https:' && realm.protocol === 'http:') {
    throw refused(asked, 'which is plain HTTP, while the registry has HTTPS')
  }
  if (isLocal(realm) && !isSameHost(registry, realm) && !isTrusted(asked)) {
    throw refused(asked, 'an address of this machine or of a private network')
  }
}

/**
 * Checks that a login may go to a token server: to the registry's own host, to one that is known to belong to it, or to
 * one that the person has trusted. Names are compared whole, never by a part.
 *
 * @throws ChartroomError `refused`, with the token server as `realm`
 */
export function checkTrust(asked: RealmAsked): void {
  const { host, registry, realm } = asked
  if (isSameHost(registry, realm) || knownRealms.get(registry.hostname) === realm.hostname) return
  if (isTrusted(asked)) return
  throw new ChartroomError('refused', {
    message: `${host} wants your login to be sent to ${realm.host}, which is not known to belong to it. It was not sent.`,
    advice: `If ${realm.host} is the token server of ${host}, trust it for this registry.`,
    host,
    actual: realm.host,
    realm: realm.host,
  })
}

/**
 * Checks that a login may go to a token server, and, where that has a host of its own, that it proves who it is. A confined
 * login goes to no other than the registry, whoever is trusted.
 *
 * @throws ChartroomError `refused`
 */
export async function checkReceiver(
  asked: RealmAsked,
  { isConfined = false, origin }: Credential,
  checkVerified: CheckVerified,
): Promise<void> {
  const { registry, realm } = asked
  if (isConfined && !isSameOrigin(registry, realm)) {
    throw refused(asked, `which the login from ${origin} never goes to`)
  }
  checkTrust(asked)
  if (!isSameHost(registry, realm)) await checkVerified(realm)
}

function isTrusted({ realm, trusted }: RealmAsked): boolean {
  return trusted.some((host) => [realm.host, realm.hostname].includes(host.trim().toLowerCase()))
}

function refused({ host, realm }: RealmAsked, what: string): ChartroomError {
  return new ChartroomError('refused', {
    message: `${host} sends its clients for a token to ${realm.host}, ${what}. Nothing was sent there.`,
    host,
    actual: realm.host,
  })
}
