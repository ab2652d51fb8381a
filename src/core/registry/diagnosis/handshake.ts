import { randomBytes, type X509Certificate } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { RequestOptions } from 'node:https'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { unlessAborted } from '../singleFlight.ts'
import { headersFrom } from '../transport/tlsTransport.ts'
import { defaultTimeouts, type HttpHeaders, type TransportError } from '../transport/transport.ts'
import { Watchdog } from '../transport/watchdog.ts'

/** What a server showed of itself when a secure connection began. */
export interface Handshake {
  /** `TLSv1.3` */
  readonly protocol: string
  readonly cipher: string
  /** As the server sent them, its own first. */
  readonly chain: readonly X509Certificate[]
  /** Why the certificate is not accepted, as OpenSSL or Node name it; `undefined` where it is. */
  readonly refusal: string | undefined
  /** The address and the port that the connection went to: the proxy's, where there is one. */
  readonly peer: string | undefined
}

export interface TlsLook {
  /** `undefined` where what answers is not TLS, or the server ended the handshake. */
  readonly handshake?: Handshake
  /** What came of asking for `/v2/` as nobody. */
  readonly answer?: { readonly status: number; readonly headers: HttpHeaders }
  /** Why there is no handshake or no answer. */
  readonly error?: TransportError
}

/**
 * Begins a secure connection the way that all requests take, so through the proxy where there is one, and asks for
 * `/v2/`. The certificate is looked at and not insisted on, so nothing that is a secret is sent.
 *
 * @param tls what is set for the host: authorities, the client's certificate
 * @throws the reason of the aborted signal
 */
export async function lookAtTls(origin: URL, tls: RequestOptions, signal: AbortSignal): Promise<TlsLook> {
  const watchdog = new Watchdog({ signal, timeouts: { ...defaultTimeouts, answer: 60_000 } })
  let handshake: Handshake | undefined
  try {
    watchdog.expect('answer')
    const asking = ask(new URL('/v2/', origin), tls, watchdog.signal, (socket) => {
      if (socket instanceof TLSSocket) handshake ??= handshakeOf(socket)
    })
    // While there is no connection, Node does not tell of the end of a request.
    const answer = await unlessAborted(asking, watchdog.signal)
    return {
      ...(handshake === undefined ? {} : { handshake }),
      answer: { status: answer.statusCode ?? 0, headers: headersFrom(answer.rawHeaders) },
    }
  } catch (failure) {
    const error = watchdog.reasonFor(failure)
    signal.throwIfAborted()
    return { ...(handshake === undefined ? {} : { handshake }), error: error as TransportError }
  } finally {
    watchdog.close()
  }
}

async function ask(
  url: URL,
  tls: RequestOptions,
  signal: AbortSignal,
  onSecure: (socket: Duplex) => void,
): Promise<IncomingMessage> {
  // A default import: inside VS Code the proxy support replaces members of this object, which named imports would miss.
  const { default: https } = await import('node:https')
  return await new Promise((resolve, reject) => {
    const outgoing = https.request(url, {
      ...tls,
      method: 'GET',
      headers: { 'user-agent': 'chartroom', accept: 'application/json', connection: 'close' },
      signal,
      rejectUnauthorized: false,
      // Part of what connections and sessions are kept under: a session that is taken up again shows no certificate.
      sessionIdContext: randomBytes(12).toString('hex'),
    })
    outgoing.on('socket', (socket: Duplex) => {
      socket.once('secureConnect', () => {
        onSecure(socket)
      })
    })
    outgoing.on('response', (response) => {
      // Behind a proxy the socket may have been secure before it was handed over.
      onSecure(response.socket)
      resolve(response)
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}

function handshakeOf(socket: TLSSocket): Handshake {
  const { remoteAddress, remotePort } = socket
  // Node declares an Error and gives its code.
  const refusal = socket.authorized ? undefined : textOf(socket.authorizationError)
  return {
    protocol: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().standardName,
    chain: chainOf(socket),
    refusal,
    peer: remoteAddress === undefined ? undefined : `${remoteAddress} port ${remotePort ?? 0}`,
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function chainOf(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = []
  let next = socket.getPeerX509Certificate()
  // The last one may be its own issuer.
  while (next !== undefined && !chain.some((known) => known.fingerprint256 === next?.fingerprint256)) {
    chain.push(next)
    next = next.issuerCertificate
  }
  return chain
}
