import { BlockList, isIPv4, isIPv6 } from 'node:net'
import { ChartroomError } from '../base/errors.ts'

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
    /(?:^|\.)localhost\.?$/.test(hostname) ||
    hostname === '[::1]' ||
    (isIPv4(hostname) && hostname.startsWith('127.'))
  )
}

/** Whether a URL leads to this machine or, by an address and not by a name, into a private network. */
export function isLocal(url: URL): boolean {
  const { hostname } = url
  if (isLoopback(url)) return true
  if (isIPv4(hostname)) return notPublic.check(hostname, 'ipv4')
  const address = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  return isIPv6(address) && notPublic.check(address, 'ipv6')
}

/** Addresses, with the bits that count, that are not reached through the internet: RFC 6890 and its registries. */
const notPublicIPv4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  // Multicast, reserved, broadcast.
  ['224.0.0.0', 3],
] as const

/**
 * Unique local, link-local, site-local, multicast, the local NAT64 prefix, and what wears IPv4 in other clothes; a list
 * takes mapped addresses (::ffff:0:0/96) for IPv4 by itself.
 */
const notPublicIPv6 = [
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
  ['64:ff9b:1::', 48],
  // Unspecified, loopback and the IPv4-compatible addresses.
  ['::', 96],
  ['64:ff9b::', 96],
  ['2002::', 16],
] as const

const notPublic = new BlockList()
for (const [address, bits] of notPublicIPv4) notPublic.addSubnet(address, bits, 'ipv4')
for (const [address, bits] of notPublicIPv6) notPublic.addSubnet(address, bits, 'ipv6')

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
  return bare(to)
}

/** The URL without user name, password and fragment: nobody but we says who we are. */
export function bare(url: URL): URL {
  const clean = new URL(url)
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
