import { isLoopback } from '../origin.ts'
import { isNotTls } from '../scheme.ts'
import { readTlsSettings } from '../tlsSettings.ts'
import { asksForCertificate } from './clientCertificate.ts'
import { connect } from './connect.ts'
import type { Examination } from './examination.ts'
import { lookAtTls, type TlsLook } from './handshake.ts'
import { lookUpName, type Address } from './name.ts'
import { sendPing } from './ping.ts'
import type { Found } from './steps.ts'
import { judgeTls } from './tls.ts'

/** How far the way to a registry goes. */
export interface Reached {
  /** `https://registry.example.com` */
  readonly https: URL
  /** Where the registry answers; only where a login may be sent there. */
  readonly origin?: URL
  /** What a peer said whose certificate is not accepted. */
  readonly unverified?: NonNullable<TlsLook['answer']>
}

/** Milliseconds that a connection to one address may take. */
const connectLimit = 10_000

/** Goes the way to a registry: name, connection, TLS, scheme. */
export async function reach(examination: Examination): Promise<Reached> {
  const { settings, steps } = examination
  const https = new URL(`https://${settings.apiHost}`)
  const address = await findAddress(examination, https)
  if (address === undefined) {
    steps.skip('tls', 'there is no connection')
    steps.skip('scheme', 'there is no connection')
    return { https }
  }
  if (settings.options.plainHttp === true) {
    steps.skip('tls', 'the host is set to plain HTTP')
    return plain(examination, https, 'http, as is set')
  }
  return await secure(examination, https, address)
}

/** @returns an address that answers */
async function findAddress(
  { settings, steps, limit }: Examination,
  https: URL,
): Promise<Address | undefined> {
  const addresses = await steps.take('dns', async () => await lookUpName(https.hostname))
  if (addresses === undefined) {
    steps.skip('tcp', 'there is no address to connect to')
    return undefined
  }
  const most = Math.min(connectLimit, limit)
  const port = portOf(https, settings.options.plainHttp)
  return await steps.take('tcp', async (signal) => await connect(addresses, port, most, signal))
}

async function secure(examination: Examination, https: URL, address: Address): Promise<Reached> {
  const { settings, steps } = examination
  let look: TlsLook = {}
  const state = await steps.take('tls', async (signal) => {
    const { host, options, certificates, findAgent } = settings
    const [tls, agent] = [await readTlsSettings(host, options, certificates), await findAgent?.(https)]
    look = await lookAtTls(https, { ...tls, ...(agent === undefined ? {} : { agent }) }, signal)
    const isTls = look.handshake !== undefined || (look.error !== undefined && !isNotTls(look.error))
    const { hostname } = https
    const asked = isTls ? await asksForCertificate(address, portOf(https), hostname, signal) : undefined
    return judgeTls(look, {
      host: settings.host,
      hostname,
      mayBePlain: settings.options.plainHttp === undefined && isLoopback(https),
      skipsVerification: settings.options.insecureSkipVerify === true,
      hasClientCertificate: settings.options.clientCert !== undefined,
      asked,
    })
  })
  if (state === 'plain') return plain(examination, https, 'http, because the peer on this machine speaks it')
  if (look.handshake === undefined) {
    await tryPlain(examination, https, look)
    return { https }
  }
  steps.note('scheme', { summary: 'https' })
  if (state === 'trusted') return { https, origin: https }
  return { https, ...(look.answer === undefined ? {} : { unverified: look.answer }) }
}

function plain({ steps }: Examination, https: URL, summary: string): Reached {
  steps.note('scheme', { summary })
  return { https, origin: plainOf(https) }
}

/** Whether a registry that should have HTTPS speaks plain HTTP: nothing but the question is sent. */
async function tryPlain({ settings, steps }: Examination, https: URL, { error }: TlsLook): Promise<void> {
  if (error === undefined || !isNotTls(error)) {
    steps.skip('scheme', 'there is no secure connection')
    return
  }
  await steps.take('scheme', async (signal): Promise<Found<undefined>> => {
    const response = await sendPing(settings.elsewhere, plainOf(https), undefined, signal)
    response.close()
    return {
      summary: `https is needed, but plain HTTP is what answers (status ${response.status})`,
      facts: { plainHttpStatus: response.status },
      warning: { advice: 'Allow plain HTTP for this host only in a network that you trust.' },
    }
  })
}

function plainOf(https: URL): URL {
  return new URL(`http://${https.host}`)
}

function portOf({ port }: URL, plainHttp = false): number {
  if (port !== '') return Number(port)
  return plainHttp ? 80 : 443
}
