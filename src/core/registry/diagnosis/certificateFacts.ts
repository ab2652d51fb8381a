import type { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type { Facts } from './diagnosis.ts'

const day = 86_400_000

/** What people compare of a certificate. */
export function certificateFacts(certificate: X509Certificate, now: number): Facts {
  const { subject, issuer, subjectAltName, validFrom, validTo, fingerprint256 } = certificate
  const names = namesIn(subjectAltName)
  return {
    subject: nameOf(subject),
    issuer: nameOf(issuer),
    ...(names.length === 0 ? {} : { names }),
    validFrom: new Date(validFrom).toISOString(),
    validTo: new Date(validTo).toISOString(),
    daysLeft: daysLeft(certificate, now),
    sha256: fingerprint256,
  }
}

/** Whole days until a certificate ends; negative since it has. */
export function daysLeft({ validTo }: X509Certificate, now: number): number {
  return Math.floor((Date.parse(validTo) - now) / day)
}

/** Whether a certificate is for a host. @param hostname as a URL has it */
export function isFor(certificate: X509Certificate, hostname: string): boolean {
  const name = hostname.replace(/^\[|\]$/g, '')
  return (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined
}

/**
 * The authority that a chain ends at, and that this machine would have to know: the last one's issuer, which is itself
 * where the server sent the root, too.
 */
export function lastAuthority(chain: readonly X509Certificate[]): string | undefined {
  const last = chain.at(-1)
  return last === undefined ? undefined : nameOf(last.issuer)
}

/** `CN=Acme Root, O=Acme`, from the lines that Node makes of a name. */
function nameOf(lines: string | undefined): string {
  return (lines ?? '').split('\n').reverse().join(', ')
}

/** `DNS:localhost, IP Address:127.0.0.1` as a list. */
function namesIn(alternatives: string | undefined): string[] {
  return (alternatives ?? '')
    .split(', ')
    .filter((name) => name !== '')
    .map((name) => name.replace(/^DNS:|^IP Address:/, ''))
}
