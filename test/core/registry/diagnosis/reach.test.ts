import { writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import type { SecureContextOptions, TlsOptions } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { diagnoseRegistry, type Diagnosis } from '../../../../src/core/index.ts'
import type { HostOptions } from '../../../../src/core/registry/hosts/hostOptions.ts'
import { listenOnLoopback } from '../../../support/loopback.ts'
import { anyPort } from '../../../support/ports.ts'
import { temporaryDirectory } from '../../../support/temporary.ts'
import { answerJson, registriesAt, startServer, type Script } from '../scriptedServer.ts'
import { authority, client, elsewhere, expired, key, sound } from './certificates.ts'
import { outline, stepOf, upToLogin } from './outline.ts'

const open: Script = (_request, response) => {
  answerJson(
    response,
    { repositories: ['team/chart'] },
    { 'docker-distribution-api-version': 'registry/2.0' },
  )
}

async function diagnosisOf(host: string, options: HostOptions = {}, limit?: number): Promise<Diagnosis> {
  const registries = registriesAt(host, { options })
  return await diagnoseRegistry(registries, host, limit === undefined ? {} : { limit })
}

async function serverWith(tls: TlsOptions & SecureContextOptions): Promise<string> {
  return (await startServer(open, { key, ...tls })).host
}

async function fileWith(content: string): Promise<string> {
  const path = join(await temporaryDirectory(), 'file.pem')
  await writeFile(path, content)
  return path
}

describe('the way to a registry with a certificate that can be trusted', () => {
  it('is told with protocol, chain and how long the certificate is good', async () => {
    const host = await serverWith({ cert: sound })
    const diagnosis = await diagnosisOf(host, { caFile: await fileWith(authority) })

    expect(diagnosis.verdict).toEqual({ works: true, message: `The connection to ${host} works.` })
    expect(outline(diagnosis)).toEqual([...upToLogin, 'login ok', 'catalogue ok', 'clock ok'])
    expect(stepOf(diagnosis, 'tls').facts).toMatchObject({
      protocol: 'TLSv1.3',
      verified: 'yes',
      forThisHost: true,
      clientCertificate: 'not asked for',
      chain: [
        {
          subject: 'CN=localhost',
          issuer: 'CN=Chartroom test authority, O=Chartroom',
          names: ['localhost', '127.0.0.1'],
          validTo: '2120-01-01T00:00:00.000Z',
          daysLeft: expect.any(Number) as number,
          sha256: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/) as string,
        },
      ],
    })
    expect(stepOf(diagnosis, 'ping').facts).toEqual({ status: 200, apiVersion: 'registry/2.0' })
    expect(stepOf(diagnosis, 'settings').facts['caFile']).toMatchObject({ from: 'settings' })
  })
})

describe('a certificate that cannot be trusted', () => {
  it('of an authority that nobody knows is told with its name, and what the peer says all the same', async () => {
    const diagnosis = await diagnosisOf(await serverWith({ cert: sound }))

    expect(diagnosis.verdict.kind).toBe('tls')
    expect(diagnosis.verdict.message).toMatch(
      /signed by an authority that this machine does not know \(CN=Chartroom test authority, O=Chartroom\)\.$/,
    )
    expect(diagnosis.verdict.advice).toMatch(/certificate authority file/)
    expect(outline(diagnosis)).toEqual([
      ...[
        'settings ok',
        'proxy ok',
        'dns ok',
        'tcp ok',
        'tls failed',
        'scheme ok',
        'ping warning',
        'challenge ok',
      ],
      ...['login ok', 'clock ok'],
    ])
    expect(stepOf(diagnosis, 'tls').facts).toMatchObject({
      missingAuthority: 'CN=Chartroom test authority, O=Chartroom',
      forThisHost: true,
    })
  })

  it('because it has expired is told with the day', async () => {
    const host = await serverWith({ cert: expired })
    const diagnosis = await diagnosisOf(host, { caFile: await fileWith(authority) })

    expect(diagnosis.verdict).toEqual({
      works: false,
      kind: 'tls',
      message: `No secure connection to ${host}: its certificate has expired (on 2020-02-01).`,
      advice: 'Ask whoever runs the registry to renew it.',
    })
  })

  it('because it is for another host is told with the names that it is for', async () => {
    const host = await serverWith({ cert: elsewhere })
    const diagnosis = await diagnosisOf(host, { caFile: await fileWith(authority) })

    expect(diagnosis.verdict.message).toBe(
      `No secure connection to ${host}: its certificate is for another host name (DNS:other.example.com).`,
    )
    expect(stepOf(diagnosis, 'tls').facts).toMatchObject({ forThisHost: false })
  })

  it('and is not to be checked is a warning that says why it would be refused', async () => {
    const diagnosis = await diagnosisOf(await serverWith({ cert: expired }), { insecureSkipVerify: true })

    expect(diagnosis.verdict.works).toBe(true)
    expect(stepOf(diagnosis, 'tls')).toMatchObject({
      state: 'warning',
      facts: { verified: 'CERT_HAS_EXPIRED' },
    })
  })
})

describe('a client certificate', () => {
  const asking = { cert: sound, requestCert: true, ca: authority }

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'that a server insists on and nobody set is missed (%s)',
    async (version) => {
      const host = await serverWith({ ...asking, rejectUnauthorized: true, maxVersion: version })
      const diagnosis = await diagnosisOf(host, { caFile: await fileWith(authority) })

      expect(diagnosis.verdict).toEqual({
        works: false,
        kind: 'tls',
        message: `${host} asks for a client certificate, and none is set.`,
        advice: 'Set the client certificate and its key for this host.',
      })
    },
  )

  it('that a server only asks for is told', async () => {
    const host = await serverWith({ ...asking, rejectUnauthorized: false })
    const diagnosis = await diagnosisOf(host, { caFile: await fileWith(authority) })

    expect(stepOf(diagnosis, 'tls').facts).toMatchObject({ clientCertificate: 'asked for, none is set' })
    expect(diagnosis.verdict.works).toBe(true)
  })

  it('that is set and asked for is sent', async () => {
    const host = await serverWith({ ...asking, rejectUnauthorized: true })
    const diagnosis = await diagnosisOf(host, {
      caFile: await fileWith(authority),
      clientCert: await fileWith(client),
      clientKey: await fileWith(key),
    })

    expect(stepOf(diagnosis, 'tls').facts).toMatchObject({ clientCertificate: 'asked for and sent' })
    expect(diagnosis.verdict.works).toBe(true)
  })

  it('whose file is missing is named', async () => {
    const host = await serverWith(asking)
    const diagnosis = await diagnosisOf(host, {
      clientCert: '/nowhere/client.pem',
      clientKey: '/nowhere/key.pem',
    })

    expect(diagnosis.verdict.message).toContain('/nowhere/')
    expect(diagnosis.verdict.kind).toBe('tls')
  })
})

describe('plain HTTP', () => {
  it('of a peer on this machine is found and used', async () => {
    const { host } = await startServer(open)
    const diagnosis = await diagnosisOf(host)

    expect(diagnosis.verdict.works).toBe(true)
    expect(stepOf(diagnosis, 'scheme').summary).toBe('http, because the peer on this machine speaks it')
  })

  it('where HTTPS has to be is told, and that it is plain HTTP that answers', async () => {
    const server = await startServer(open)
    const diagnosis = await diagnosisOf(server.host, { plainHttp: false })

    expect(diagnosis.verdict).toMatchObject({
      kind: 'tls',
      message: `${server.host} could not be reached over HTTPS: what it answers is not TLS.`,
      advice: expect.stringContaining('allow plain HTTP for this host') as string,
    })
    expect(stepOf(diagnosis, 'scheme')).toMatchObject({ state: 'warning', facts: { plainHttpStatus: 200 } })
    expect(server.seen.map(({ authorization }) => authorization)).toEqual([undefined])
  })

  it('that is set for a registry with TLS is what is wrong', async () => {
    const host = await serverWith({ cert: sound })
    const diagnosis = await diagnosisOf(host, { plainHttp: true })

    expect(diagnosis.verdict.works).toBe(false)
    expect(outline(diagnosis)).toContain('ping failed')
  })
})

describe('a way that ends early', () => {
  it('at a port where nobody listens is told with what each address said', async () => {
    const host = `127.0.0.1:${await anyPort()}`
    const diagnosis = await diagnosisOf(host)

    expect(diagnosis.verdict).toMatchObject({
      works: false,
      kind: 'unavailable',
      message: `${host} could not be reached (connection refused).`,
      advice: expect.stringContaining('port') as string,
    })
    expect(outline(diagnosis)).toEqual(['settings ok', 'proxy ok', 'dns ok', 'tcp failed', 'login ok'])
    expect(stepOf(diagnosis, 'tcp').facts['addresses']).toMatchObject([
      { address: '127.0.0.1', family: 'IPv4', result: 'ECONNREFUSED' },
    ])
  })

  it('at a name that nobody knows is told, and the login is looked for all the same', async () => {
    const diagnosis = await diagnosisOf('registry.invalid')

    expect(diagnosis.verdict.kind).toBe('unavailable')
    expect(outline(diagnosis)).toEqual(['settings ok', 'proxy ok', 'dns failed', 'login ok'])
  })

  it('at a peer that says nothing is told once the time of a step is over', async () => {
    const host = `127.0.0.1:${await listenOnLoopback(mute())}`
    const diagnosis = await diagnosisOf(host, {}, 200)

    expect(diagnosis.verdict).toMatchObject({
      kind: 'unavailable',
      message: `${host} did not answer within 0.2 s.`,
      advice: expect.stringContaining('firewall') as string,
    })
    expect(outline(diagnosis)).toEqual([
      'settings ok',
      'proxy ok',
      'dns ok',
      'tcp ok',
      'tls failed',
      'login ok',
    ])
    expect(stepOf(diagnosis, 'tls').milliseconds).toBeGreaterThanOrEqual(190)
  })

  it('because somebody stops it rejects with the reason, and no connection stays', async () => {
    const server = mute()
    const host = `127.0.0.1:${await listenOnLoopback(server)}`
    const controller = new AbortController()
    let connections = 0
    const closed = new Promise<void>((resolve) => {
      server.on('connection', (socket) => {
        connections += 1
        // The first is the one that only looks whether the port is open.
        if (connections < 2) return
        socket.on('close', () => {
          resolve()
        })
        controller.abort(new Error('stopped by the test'))
      })
    })

    await expect(
      diagnoseRegistry(registriesAt(host, { options: {} }), host, { signal: controller.signal }),
    ).rejects.toThrow('stopped by the test')
    await closed
  })
})

/** Takes connections and never answers. */
function mute(): Server {
  return createServer((socket) => {
    socket.on('error', () => undefined).resume()
  })
}
