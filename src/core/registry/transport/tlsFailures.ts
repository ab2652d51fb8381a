import type { TransportError } from './transport.ts'

/** What came was not TLS, and OpenSSL says so in words of its own. */
export function isNotTls({ code }: TransportError): boolean {
  return /^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)$/.test(code)
}

/**
 * There was TLS, and it came to nothing: one side did not accept the certificate of the other, or there was no common way.
 * @see https://docs.openssl.org/master/man3/X509_STORE_CTX_get_error/ for the names of the first line; `UNSPECIFIED` is
 *   what Node calls those that it has no name for, a weak key for one
 */
export function isTlsFailure(error: TransportError): boolean {
  return (
    /^(?:CERT_|CRL_|DEPTH_ZERO_|ERROR_IN_C|HOSTNAME_MISMATCH|INVALID_|PATH_LENGTH_|SELF_SIGNED_|UNABLE_TO_|UNSPECIFIED$)/.test(
      error.code,
    ) ||
    /^(?:EPROTO$|ERR_TLS_|ERR_OSSL_)/.test(error.code) ||
    (error.code.startsWith('ERR_SSL_') && !isNotTls(error))
  )
}
