import { ChartroomError, printable } from '../base/errors.ts'
import { TransientError } from './transport/retry.ts'
import { isNotTls, isTlsFailure } from './transport/tlsFailures.ts'
import { TransportError } from './transport/transport.ts'

/**
 * A failed exchange as a sentence.
 *
 * @param host as the person wrote it, for example `localhost:5000`
 * @returns the error itself where it is none of the transport's
 */
export function connectionError(error: unknown, host: string): unknown {
  if (!(error instanceof TransportError)) return error
  const { code } = error
  if (code === 'EMFILE' || code === 'ENFILE') {
    return new ChartroomError('unavailable', {
      message: `No connection to ${host} could be opened: too many files and connections are open on this computer.`,
      advice: 'Close other programs or raise the limit (ulimit -n), and try again.',
      host,
      cause: error,
    })
  }
  const unreachable = unreachableBecause[code]
  if (unreachable !== undefined) {
    return transient(`${host} could not be reached (${unreachable}).`, triesOf[code] ?? 5, error, host)
  }
  const lost = lostBecause[code]
  if (lost !== undefined)
    return transient(`The connection to ${host} was lost (${lost}).`, triesOf[code] ?? 5, error, host)
  if (code.startsWith('PROXY_')) {
    const message = `${host} could not be reached: ${error.message}.`
    return new ChartroomError('proxy', { message, host, cause: error })
  }
  if (isNotTls(error)) {
    return new ChartroomError('tls', {
      message: `${host} could not be reached over HTTPS: what it answers is not TLS.`,
      advice: 'If it is a plain HTTP registry in a network that you trust, allow plain HTTP for this host.',
      host,
      option: 'plainHttp',
      cause: error,
    })
  }
  const certificate = certificateBecause[code]
  if (isTlsFailure(error)) {
    return new ChartroomError('tls', {
      message: `No secure connection to ${host}: ${certificate?.because ?? `the TLS handshake failed (${code})`}.`,
      ...(certificate === undefined ? {} : { advice: certificate.advice }),
      ...(certificate?.option === undefined ? {} : { option: certificate.option }),
      host,
      cause: error,
    })
  }
  return new ChartroomError('unavailable', {
    message: `${host} did not give an answer that can be read (${printable(error.message).slice(0, 200)}).`,
    host,
    cause: error,
  })
}

function transient(message: string, tries: number, cause: unknown, host: string): TransientError {
  return new TransientError('unavailable', { message, host, cause }, { tries })
}

const unreachableBecause: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'there is no host of this name',
  EAI_AGAIN: 'its name could not be looked up',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'the network is not reachable',
  ETIMEDOUT: 'it did not answer in time',
}

/** Where nobody listens, the name is wrong, or each try takes long, the person should know soon. */
const triesOf: Readonly<Record<string, number>> = {
  ECONNREFUSED: 2,
  ENOTFOUND: 1,
  ETIMEDOUT: 2,
  TOO_SLOW: 2,
}

const lostBecause: Readonly<Record<string, string>> = {
  ECONNRESET: 'it was closed before the answer was complete',
  ECONNABORTED: 'it was closed before the answer was complete',
  EPIPE: 'it was closed while sending',
  ERR_STREAM_PREMATURE_CLOSE: 'the answer ended too early',
  TOO_SLOW: 'the answer came too slowly, less than 1 KiB a second',
}

interface Certificate {
  readonly because: string
  readonly advice: string
  readonly option?: 'caFile' | 'clientCert'
}

const unknownAuthority: Certificate = {
  because: 'its certificate is signed by an authority that this machine does not know',
  advice: 'If you trust the authority, set its certificate as the certificate authority file for this host.',
  option: 'caFile',
}

const clientCertificate: Certificate = {
  because: 'it wants a client certificate',
  advice: 'Set the client certificate and its key for this host.',
  option: 'clientCert',
}

const wrongKey: Certificate = {
  because: 'the client certificate and its key do not belong together',
  advice: 'Set the certificate and the key that belong together for this host.',
  option: 'clientCert',
}

const certificateBecause: Readonly<Record<string, Certificate>> = {
  CERT_HAS_EXPIRED: {
    because: 'its certificate has expired',
    advice: 'Ask whoever runs the registry to renew it.',
  },
  CERT_NOT_YET_VALID: { because: 'its certificate is not valid yet', advice: "Check this machine's clock." },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    because: 'its certificate is for another host name',
    advice: 'Use the name that the certificate is for, or ask whoever runs the registry.',
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    because: 'its certificate is signed by itself',
    advice: 'If you trust it, set it as the certificate authority file for this host.',
    option: 'caFile',
  },
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: clientCertificate,
  ERR_SSL_TLSV1_ALERT_CERTIFICATE_REQUIRED: clientCertificate,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: {
    because: 'it broke off the TLS handshake, as hosts do that want a client certificate',
    advice: 'Set the client certificate and its key for this host, if it has given you one.',
    option: 'clientCert',
  },
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: clientCertificate,
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: wrongKey,
}
