import { printable } from '../../base/errors.ts'
import { fetchTransport } from './fetchTransport.ts'
import type { HostOptions } from '../hosts/hostOptions.ts'
import type { DirectAgent } from './directAgents.ts'
import type { FindAgent } from './proxyAnswers.ts'
import { isTlsFailure } from './tlsFailures.ts'
import { readTlsSettings, type CertificatePlaces, type ReadFiles, type TlsSettings } from './tlsSettings.ts'
import { tlsTransport } from './tlsTransport.ts'
import { TransportError } from './transport.ts'
import type { HttpRequest, HttpResponse, SendOptions, Transport } from './transport.ts'

export interface HostTransportSettings {
  /** As references write it. */
  readonly host: string
  readonly options: HostOptions
  readonly certificates: CertificatePlaces
  /** Whether the client shows a certificate of its own, where there is one. */
  readonly presentsClient: boolean
  readonly findAgent?: FindAgent | undefined
  readonly directAgent?: DirectAgent | undefined
  /** In place of node-fetch, for a host without TLS settings. */
  readonly transport?: Transport | undefined
}

/** What certificates there were for the host, and the transport that knows them. */
interface Chosen {
  readonly transport: Transport
  readonly files: ReadonlyMap<string, Buffer | undefined>
}

/**
 * The transport for one host: node-fetch, or, where there are certificates for the host, one that can present and check them.
 *
 * Certificates are read once. Where TLS comes to nothing they are looked at again, because somebody may have renewed them
 * meanwhile; where they are others now, the request is sent with those.
 */
export function hostTransport(settings: HostTransportSettings): Transport {
  const { host, options, certificates, presentsClient, findAgent, directAgent } = settings
  const transport = settings.transport ?? fetchTransport(findAgent, directAgent)
  const look = settings.transport ?? tlsTransport({ ca: [] }, findAgent)
  let chosen: Promise<Chosen> | undefined
  const choose = async (): Promise<Chosen> => {
    const files: ReadFiles = new Map()
    const all = await readTlsSettings(host, options, certificates, files)
    const tls = presentsClient ? all : withoutClient(all)
    return { transport: tls === undefined ? transport : tlsTransport(tls, findAgent), files }
  }
  const known = async (): Promise<Chosen> => {
    try {
      return await (chosen ??= choose())
    } catch (error) {
      // Somebody may mend the file and try again.
      chosen = undefined
      throw error
    }
  }
  return {
    async send(request: HttpRequest, sending: SendOptions = {}): Promise<HttpResponse> {
      if (request.url.protocol === 'http:') return await transport.send(request, sending)
      const before = await known()
      if (sending.isLook === true && before.transport === transport) return await look.send(request, sending)
      try {
        return await before.transport.send(request, sending)
      } catch (error) {
        if (!(error instanceof TransportError) || !isTlsFailure(error)) throw error
        const now = await choose()
        const changed = changedBetween(before.files, now.files)
        if (changed.length === 0) throw error
        chosen = Promise.resolve(now)
        sending.log?.info(
          `TLS with ${host} came to nothing (${error.code}). It is tried again with what has changed: ${changed.join(', ')}`,
        )
        return await now.transport.send(request, sending)
      }
    },
  }
}

/** The settings without the client's certificate; `undefined` where there are no others. */
function withoutClient(tls: TlsSettings | undefined): TlsSettings | undefined {
  const { rejectUnauthorized, ca } = tls ?? {}
  if (rejectUnauthorized === undefined && ca === undefined) return undefined
  return {
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
    ...(ca === undefined ? {} : { ca }),
  }
}

/** The files that are others now, or were not there, or are gone. */
function changedBetween(before: Chosen['files'], now: Chosen['files']): string[] {
  const isSame = (path: string): boolean => {
    const [old, read] = [before.get(path), now.get(path)]
    return old === undefined || read === undefined ? old === read : old.equals(read)
  }
  return [...new Set([...before.keys(), ...now.keys()])].filter((path) => !isSame(path)).map(printable)
}
