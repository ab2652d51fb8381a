import { isIPv4, isIPv6 } from 'node:net'
import { ChartroomError } from '../errors.ts'

/** A URL or relative reference from outside; `undefined` where it is none. */
export function resolveUrl(text: string, base: URL): URL | undefined {
  return URL.canParse(text, base.href) ? new URL(text, base) : undefined
}

/** Scheme, host and port are the same. */
export function isSameOrigin(one: URL, other: URL): boolean {
  return one.origin === other.origin
}

/** The host is the same, ports aside; the names of the loopback interface count as one. */
export function isSameHost(one: URL, other: URL): boolean {
  return one.hostname === other.hostname || (isLoopback(one) && isLoopback(other))
}

/** Whether a URL leads to this machine: `localhost`, `*.localhost`, 127.0.0.0/8, [::1]. */
export function isLoopback({ hostname }: URL): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    (isIPv4(hostname) && hostname.startsWith('127.'))
  )
}

/** Whether a URL leads to this machine or, by an address and not by a name, into a private network. */
export function isLocal(url: URL): boolean {
  const { hostname } = url
  if (isLoopback(url)) return true
  if (isIPv4(hostname)) return privateIPv4.test(hostname)
  const address = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  return isIPv6(address) && privateIPv6.test(address)
}

const privateIPv4 =
  /^(?:0|10|127)\.|^169\.254\.|^172\.(?:1[6-9]|2\d|3[01])\.|^192\.168\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./
// Unspecified, loopback, unique local, link-local, and IPv4 in IPv6 clothes.
const privateIPv6 = /^::$|^::1$|^f[cd]|^fe[89ab]|^::ffff:/i

/**
 * Checks where a registry sends a request: never from HTTPS to plain HTTP, and never from the outside to this machine
 * or a private address.
 *
 * @param why says in the error what led there, for example "a redirect"
 * @returns the URL without user name, password and fragment
 * @throws ChartroomError `refused`
 */
export function checkedHop(from: URL, to: URL, why: string): URL {
  if (to.protocol !== 'https:' && to.protocol !== 'http:') {
    throw refused(from, to, `${why} leads to ${to.protocol}//, which is no web address`)
  }
  if (from.protocol === 'https:' && to.protocol === 'http:') {
    throw refused(
      from,
      to,
      `${why} leads from HTTPS to plain HTTP at ${to.host}`,
      from.hostname === to.hostname
        ? 'If the registry is behind a proxy, the proxy has to pass X-Forwarded-Proto on.'
        : undefined,
    )
  }
  if (isLocal(to) && !isLocal(from)) {
    throw refused(from, to, `${why} leads to ${to.host}, an address of this machine or of a private network`)
  }
  const clean = new URL(to)
  clean.username = ''
  clean.password = ''
  clean.hash = ''
  return clean
}

function refused(from: URL, to: URL, what: string, advice?: string): ChartroomError {
  return new ChartroomError('refused', {
    message: `${from.host} is not followed: ${what}.`,
    host: from.host,
    actual: to.host,
    ...(advice === undefined ? {} : { advice }),
  })
}
