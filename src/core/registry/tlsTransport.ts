import type { IncomingMessage } from 'node:http'
import type { RequestOptions } from 'node:https'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ChartroomError } from '../errors.ts'
import { fileError } from '../fileError.ts'
import { readSmall } from '../files.ts'
import { byteStream, headersOf } from './fetchTransport.ts'
import type { HostOptions } from './hostOptions.ts'
import type { HttpHeaders, HttpRequest, HttpResponse, SendOptions, Transport } from './transport.ts'
import { Watchdog } from './watchdog.ts'

/**
 * The transport for hosts with a certificate authority or a client certificate of their own, or whose certificate is
 * not verified. Their settings go with each request, because inside VS Code an agent, and so everything that node-fetch
 * could be given, is replaced.
 */
export function tlsTransport(host: HostOptions): Transport {
  let settings: Promise<RequestOptions> | undefined
  return {
    async send(request: HttpRequest, options: SendOptions = {}): Promise<HttpResponse> {
      settings ??= tlsSettings(host)
      const tls = await settings
      const watchdog = new Watchdog(options)
      try {
        watchdog.expect('answer')
        const answer = await answerTo(request, tls, watchdog)
        watchdog.rest()
        return {
          status: answer.statusCode ?? 0,
          headers: headersFrom(answer.rawHeaders),
          body: watchdog.received(answer),
          close: () => {
            watchdog.close()
          },
        }
      } catch (error) {
        throw watchdog.reasonFor(error)
      }
    },
  }
}

async function answerTo(
  request: HttpRequest,
  tls: RequestOptions,
  watchdog: Watchdog,
): Promise<IncomingMessage> {
  // Default imports: inside VS Code the proxy support replaces members of these objects, which named imports would miss.
  const { default: http } = await import('node:http')
  const { default: https } = await import('node:https')
  return await new Promise((resolve, reject) => {
    const options = { method: request.method, headers: headersOf(request), signal: watchdog.signal }
    const outgoing =
      request.url.protocol === 'https:'
        ? https.request(request.url, { ...options, ...tls })
        : http.request(request.url, options)
    outgoing.on('response', resolve)
    outgoing.on('error', reject)
    if (request.body === undefined) outgoing.end()
    else pipeline(Readable.from(watchdog.sent(request.body), byteStream), outgoing).catch(reject)
  })
}

/** What is set for the TLS connections to a host, its files read. @throws ChartroomError where one cannot be read */
export async function tlsSettings(host: HostOptions): Promise<RequestOptions> {
  return {
    ...(host.insecureSkipVerify === true ? { rejectUnauthorized: false } : {}),
    ...(host.caFile === undefined ? {} : { ca: await certificates(host.caFile) }),
    ...(host.clientCert === undefined ? {} : { cert: await readPem(host.clientCert) }),
    ...(host.clientKey === undefined ? {} : { key: await readPem(host.clientKey) }),
  }
}

/** One authority more than those that are trusted anyway. */
async function certificates(path: string): Promise<string[]> {
  const { rootCertificates } = await import('node:tls')
  return [...rootCertificates, await readPem(path)]
}

async function readPem(path: string): Promise<string> {
  try {
    const pem = await readSmall(path, 1024 * 1024)
    if (pem !== undefined) return pem.toString('latin1')
  } catch (error) {
    throw fileError(error, 'read the certificate')
  }
  throw new ChartroomError('tls', { message: `The certificate or key ${path} does not exist.`, path })
}

/** Names and values in turn, as Node has them, as headers. */
export function headersFrom(raw: readonly string[]): HttpHeaders {
  const headers = new Map<string, string[]>()
  for (let position = 0; position + 1 < raw.length; position += 2) {
    const name = (raw[position] ?? '').toLowerCase()
    const values = headers.get(name) ?? []
    headers.set(name, [...values, raw[position + 1] ?? ''])
  }
  return headers
}
