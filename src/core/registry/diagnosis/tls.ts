import { ChartroomError } from '../../base/errors.ts'
import { connectionError } from '../connectionError.ts'
import { isNotTls } from '../transport/tlsFailures.ts'
import { TransportError } from '../transport/transport.ts'
import { certificateFacts, daysLeft, isFor, lastAuthority } from './certificateFacts.ts'
import type { Facts } from './diagnosis.ts'
import type { Handshake, TlsLook } from './handshake.ts'
import type { Found } from './steps.ts'

/** A certificate that ends within so many days is worth a warning. */
const soon = 14

export interface TlsTerms {
  /** As the person wrote it. */
  readonly host: string
  /** As a URL has it. */
  readonly hostname: string
  /** Whether any certificate is accepted. */
  readonly skipsVerification: boolean
  /** Whether the peer may speak plain HTTP without being set to. */
  readonly mayBePlain: boolean
  /** Whether the client has a certificate to show. */
  readonly hasClientCertificate: boolean
  /** Whether the server asked for one, where that is known. */
  readonly asked: boolean | undefined
}

export type TlsState = 'trusted' | 'plain'

/** Says what a look at the secure connection came to. */
export function judgeTls({ handshake, error }: TlsLook, terms: TlsTerms): Found<TlsState> {
  const { host, mayBePlain, skipsVerification } = terms
  if (handshake === undefined) {
    if (error !== undefined && isNotTls(error) && mayBePlain) {
      return { summary: 'no: the peer speaks plain HTTP, which is fine on this machine', value: 'plain' }
    }
    const failure = error ?? new TransportError('UNKNOWN', 'there was no handshake')
    return { summary: '', failure: insisted(failure, terms) }
  }
  const facts = tlsFacts(handshake, terms)
  const { protocol, refusal, chain } = handshake
  if (refusal !== undefined && !skipsVerification) {
    return { summary: '', facts, failure: refused(refusal, handshake, host) }
  }
  // A server that insists on a certificate ends the connection after the handshake.
  if (error !== undefined) return { summary: '', facts, failure: insisted(error, terms) }
  const left = chain[0] === undefined ? undefined : daysLeft(chain[0], Date.now())
  const summary = `${protocol}, ${handshake.cipher}`
  if (refusal !== undefined) {
    return {
      summary: `${summary}; the certificate is not checked, as is set for this host, and would be refused (${refusal})`,
      facts,
      value: 'trusted',
      warning: { advice: 'Set the certificate of its authority for this host instead.' },
    }
  }
  if (left !== undefined && left < soon) {
    return {
      summary: `${summary}; the certificate ends in ${left} days`,
      facts,
      value: 'trusted',
      warning: { advice: 'Ask whoever runs the registry to renew it.' },
    }
  }
  return {
    summary: `${summary}${left === undefined ? '' : `, the certificate is good for ${left} more days`}`,
    facts,
    value: 'trusted',
  }
}

function tlsFacts({ protocol, cipher, chain, refusal, peer }: Handshake, terms: TlsTerms): Facts {
  const [own] = chain
  const authority = refusal === undefined ? undefined : lastAuthority(chain)
  return {
    protocol,
    cipher,
    ...(peer === undefined ? {} : { peer }),
    verified: refusal ?? 'yes',
    ...(own === undefined ? {} : { forThisHost: isFor(own, terms.hostname) }),
    ...(authority === undefined || !isAboutAuthority(refusal ?? '') ? {} : { missingAuthority: authority }),
    clientCertificate: clientCertificateText(terms),
    chain: chain.map((certificate) => certificateFacts(certificate, Date.now())),
  }
}

function clientCertificateText({ asked, hasClientCertificate }: TlsTerms): string {
  if (asked === undefined)
    return hasClientCertificate
      ? 'set, and sent if asked for'
      : 'none is set; not known whether it is asked for'
  if (asked) return hasClientCertificate ? 'asked for and sent' : 'asked for, none is set'
  return hasClientCertificate ? 'set, but not asked for' : 'not asked for'
}

function isAboutAuthority(refusal: string): boolean {
  return /ISSUER|SELF_SIGNED|LEAF_SIGNATURE/.test(refusal)
}

/** As every request would fail, with what only a look at the chain knows. */
function refused(refusal: string, { chain }: Handshake, host: string): unknown {
  const error = connectionError(new TransportError(refusal, refusal), host)
  const authority = lastAuthority(chain)
  if (!(error instanceof ChartroomError) || error.kind !== 'tls') return error
  const detail =
    refusal === 'CERT_HAS_EXPIRED'
      ? endOf(chain)
      : refusal === 'ERR_TLS_CERT_ALTNAME_INVALID'
        ? namesOf(chain)
        : isAboutAuthority(refusal) && authority !== undefined
          ? ` (${authority})`
          : ''
  return new ChartroomError('tls', {
    message: `${error.message.replace(/\.$/, '')}${detail}.`,
    ...(error.advice === undefined ? {} : { advice: error.advice }),
    host,
  })
}

function endOf([own]: Handshake['chain']): string {
  return own === undefined ? '' : ` (on ${new Date(own.validTo).toISOString().slice(0, 10)})`
}

function namesOf([own]: Handshake['chain']): string {
  return own?.subjectAltName === undefined ? '' : ` (${own.subjectAltName})`
}

function insisted(error: TransportError, { asked, hasClientCertificate, host }: TlsTerms): unknown {
  const isAlert = error.code.includes('ALERT')
  if (
    !error.code.includes('CERTIFICATE_REQUIRED') &&
    !(asked === true && (isAlert || error.code === 'ECONNRESET'))
  )
    return error
  return new ChartroomError('tls', {
    message: hasClientCertificate
      ? `${host} asks for a client certificate and does not accept the one that is set (${error.code}).`
      : `${host} asks for a client certificate, and none is set.`,
    advice: hasClientCertificate
      ? 'Ask whoever runs the registry which authority has to sign client certificates.'
      : 'Set the client certificate and its key for this host.',
    host,
    cause: error,
  })
}
