import { ChartroomError } from '../errors.ts'
import { isLocal, isSameHost } from './origin.ts'

/** Token servers of well-known registries that run under another name. */
const knownRealms: ReadonlyMap<string, string> = new Map([
  ['registry-1.docker.io', 'auth.docker.io'],
  ['registry.gitlab.com', 'gitlab.com'],
])

/**
 * Checks where a registry sends its clients for a token: never from HTTPS to plain HTTP, and never to this machine or a
 * private address that is not the registry's own.
 *
 * @throws ChartroomError `refused`
 * @see https://github.com/advisories/GHSA-xf85-363p-868w
 */
export function checkRealm(registry: URL, realm: URL): void {
  if (realm.protocol !== 'https:' && realm.protocol !== 'http:') {
    throw refused(registry, realm, 'which is no web address')
  }
  if (registry.protocol === 'https:' && realm.protocol === 'http:') {
    throw refused(registry, realm, 'which is plain HTTP, while the registry has HTTPS')
  }
  if (isLocal(realm) && !isSameHost(registry, realm)) {
    throw refused(registry, realm, 'an address of this machine or of a private network')
  }
}

/**
 * Checks that a login may go to a token server: to the registry's own host, to one that is known to belong to it, or to
 * one that the person has trusted.
 *
 * @throws ChartroomError `refused`
 */
export function checkTrust(registry: URL, realm: URL, trusted: readonly string[]): void {
  const isTrusted =
    isSameHost(registry, realm) ||
    knownRealms.get(registry.hostname) === realm.hostname ||
    trusted.some((host) => host.toLowerCase() === realm.host || host.toLowerCase() === realm.hostname)
  if (isTrusted) return
  throw new ChartroomError('refused', {
    message: `${registry.host} wants your login to be sent to ${realm.host}, which is not known to belong to it. It was not sent.`,
    advice: `If ${realm.host} is the token server of ${registry.host}, trust it for this registry.`,
    host: registry.host,
    actual: realm.host,
  })
}

function refused(registry: URL, realm: URL, what: string): ChartroomError {
  return new ChartroomError('refused', {
    message: `${registry.host} sends its clients for a token to ${realm.host}, ${what}. Nothing was sent there.`,
    host: registry.host,
    actual: realm.host,
  })
}
