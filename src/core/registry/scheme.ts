import type { HostOptions } from './hosts/hostOptions.ts'
import { silent } from '../base/logger.ts'
import { isLoopback } from './origin.ts'
import { readStart } from './transport/readBody.ts'
import { isNotTls, isTlsFailure } from './transport/tlsFailures.ts'
import { TransportError, type SendOptions, type Transport } from './transport/transport.ts'

type ProbeOptions = Pick<SendOptions, 'log' | 'signal'>

/**
 * Finds out how to speak to a host: HTTPS, except where the person has set plain HTTP, and except on a loopback host
 * whose peer answers in plain HTTP. There is no other way down to HTTP, whatever goes wrong.
 *
 * @returns scheme, host and port
 * @throws TransportError where the host does not answer; the reason of an aborted signal
 */
export async function findOrigin(
  host: string,
  { plainHttp }: HostOptions,
  transport: Transport,
  options: ProbeOptions,
): Promise<URL> {
  const https = new URL(`https://${host}`)
  const http = new URL(`http://${host}`)
  if (plainHttp !== undefined || !isLoopback(https)) return plainHttp === true ? http : https
  try {
    await ask(https, transport, { ...options, log: silent, isLook: true })
    return https
  } catch (error) {
    if (!(error instanceof TransportError)) throw error
    if (speaksTls(error)) return https
    if (isDefinite(error)) throw error
    options.log?.debug(
      `${https.origin} ${isNotTls(error) ? 'answers in plain HTTP' : 'does not answer'}, trying http`,
    )
    if (!(await answersInPlainHttp(http, transport, options))) throw error
    return http
  }
}

async function ask(origin: URL, transport: Transport, options: SendOptions): Promise<string> {
  const response = await transport.send(
    { method: 'GET', url: new URL('/v2/', origin), headers: {} },
    { ...options, timeouts: { connect: 10_000, answer: 10_000, idle: 5_000, commit: 10_000, slow: 10_000 } },
  )
  const text = (await readStart(response, 4096)).toString('utf8')
  return response.status === 400 ? text : ''
}

/** Servers with TLS answer a plain request too: with status 400 and a text that says so. */
async function answersInPlainHttp(http: URL, transport: Transport, options: ProbeOptions): Promise<boolean> {
  try {
    return !/HTTPS/i.test(await ask(http, transport, options))
  } catch (error) {
    if (error instanceof TransportError) return false
    throw error
  }
}

/** A certificate that is not accepted is still a certificate. With `EPROTO` Node does not say whether there was one. */
function speaksTls(error: TransportError): boolean {
  return isTlsFailure(error) && error.code !== 'EPROTO'
}

/** Nobody is there at all. */
function isDefinite({ code }: TransportError): boolean {
  return ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN'].includes(code)
}
