import { isLoopback } from '../origin.ts'
import { isNotTls } from '../transport/tlsFailures.ts'
import { readTlsSettings } from '../transport/tlsSettings.ts'
import { asksForCertificate } from './clientCertificate.ts'
import type { Examination } from './examination.ts'
import { lookAtTls, type TlsLook } from './handshake.ts'
import { sendPing } from './ping.ts'
import type { Found } from './steps.ts'
import { judgeTls } from './tls.ts'
import { findWay, portOf, type Way } from './way.ts'

/** How far the way to a registry goes. */
export interface Reached {
  /** `https://registry.example.com` */
  readonly https: URL
  /** Where the registry answers; only where a login may be sent there. */
  readonly origin?: URL
  /** What a peer said whose certificate is not accepted. */
  readonly unverified?: NonNullable<TlsLook['answer']>
}

/** Goes the way to a registry: name, connection, TLS, scheme. */
export async function reach(examination: Examination): Promise<Reached> {
  const { settings, steps } = examination
  const https = new URL(`https://${settings.apiHost}`)
  const isPlain = settings.options.plainHttp === true
  const way = await findWay(examination, isPlain ? plainOf(https) : https)
  if (way === undefined) {
    steps.skip('tls', 'there is no connection')
    steps.skip('scheme', 'there is no connection')
    return { https }
  }
  if (isPlain) {
    steps.skip('tls', 'the host is set to plain HTTP')
    return plain(examination, https, 'http, as is set')
  }
  return await secure(examination, https, way)
}

async function secure(examination: Examination, https: URL, { address, agent }: Way): Promise<Reached> {
  const { settings, steps } = examination
  let look: TlsLook = {}
  let hasCertificate = false
  const state = await steps.take('tls', async (signal) => {
    const { host, options, certificates } = settings
    const tls = await readTlsSettings(host, options, certificates)
    hasCertificate = tls?.cert !== undefined
    look = await lookAtTls(https, { ...tls, ...(agent === undefined ? {} : { agent }) }, signal)
    const isTls = look.handshake !== undefined || (look.error !== undefined && !isNotTls(look.error))
    const { hostname } = https
    // Through a proxy nobody can read along.
    const canAsk = isTls && address !== undefined && agent === undefined
    const asked = canAsk ? await asksForCertificate(address, portOf(https), hostname, signal) : undefined
    return judgeTls(look, {
      host: settings.host,
      hostname,
      mayBePlain: settings.options.plainHttp === undefined && isLoopback(https),
      skipsVerification: settings.options.insecureSkipVerify === true,
      hasClientCertificate: hasCertificate,
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
