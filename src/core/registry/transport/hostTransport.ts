import { fetchTransport } from './fetchTransport.ts'
import type { HostOptions } from '../hosts/hostOptions.ts'
import type { FindAgent } from './proxyAnswers.ts'
import { readTlsSettings, type CertificatePlaces } from './tlsSettings.ts'
import { tlsTransport } from './tlsTransport.ts'
import type { HttpRequest, HttpResponse, SendOptions, Transport } from './transport.ts'

export interface HostTransportSettings {
  /** As references write it. */
  readonly host: string
  readonly options: HostOptions
  readonly certificates: CertificatePlaces
  readonly findAgent?: FindAgent | undefined
  /** In place of node-fetch, for a host without TLS settings. */
  readonly transport?: Transport | undefined
}

/** The transport for one host: node-fetch, or, where there are certificates for the host, one that can present and check them. */
export function hostTransport(settings: HostTransportSettings): Transport {
  const { host, options, certificates, findAgent, transport = fetchTransport(findAgent) } = settings
  let secure: Promise<Transport> | undefined
  const choose = async (): Promise<Transport> => {
    const tls = await readTlsSettings(host, options, certificates)
    return tls === undefined ? transport : tlsTransport(tls, findAgent)
  }
  return {
    async send(request: HttpRequest, sending: SendOptions = {}): Promise<HttpResponse> {
      if (request.url.protocol === 'http:') return await transport.send(request, sending)
      try {
        secure ??= choose()
        return await (await secure).send(request, sending)
      } catch (error) {
        // Somebody may mend the file and try again.
        secure = undefined
        throw error
      }
    },
  }
}
