import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { certificate, farCertificate } from '../core/registry/certificate.ts'
import { person, type Person } from '../support/commandLine.ts'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { pemFiles } from '../support/pemFiles.ts'
import { writeChart } from '../support/sampleChart.ts'
import { planted } from '../support/planted/secrets.ts'

const login = { user: 'myuser', password: planted.password }

describe('a registry with a certificate that nobody knows', () => {
  it('is not believed, and the flag that would help is named', async () => {
    const { host } = await startDockerRegistry({ tls: await pemFiles(certificate) })
    const { chartroom } = await person()

    const { exit, stderr } = await chartroom(['registry', 'list', host])

    expect(exit).toBe(8)
    expect(stderr).toBe(
      `No secure connection to ${host}: its certificate is signed by itself.\n` +
        'If you trust the authority that signed the certificate, name it with --ca-file FILE.\n',
    )
  })

  it.each<[string, (path: string) => { env?: Record<string, string>; flags?: string[]; file?: object }]>([
    ['--ca-file', (path) => ({ flags: ['--ca-file', path] })],
    ['registries.json', (path) => ({ file: { caFile: path } })],
    ['SSL_CERT_FILE', (path) => ({ env: { SSL_CERT_FILE: path } })],
    ['SSL_CERT_DIR', (path) => ({ env: { SSL_CERT_DIR: dirname(path) } })],
    ['NODE_EXTRA_CA_CERTS', (path) => ({ env: { NODE_EXTRA_CA_CERTS: path } })],
  ])('is logged in to, pushed to, pulled from and listed with %s', async (_name, how) => {
    const tls = await pemFiles(certificate)
    const { host } = await startDockerRegistry({ tls, htpasswd: login })
    const { env, flags = [], file } = how(tls.certificate)
    const someone = await person(env)
    if (file !== undefined) await writeSettings(someone, { [host]: file })

    expect(await everything(someone, host, flags)).toEqual([0, 0, 0, 0])
  })

  it('and another one of its own authority besides NODE_EXTRA_CA_CERTS is believed', async () => {
    const [tls, other] = [await pemFiles(certificate), await pemFiles(farCertificate)]
    const { host } = await startDockerRegistry({ tls, htpasswd: login })
    const someone = await person({ NODE_EXTRA_CA_CERTS: tls.certificate })

    expect(await everything(someone, host, ['--ca-file', other.certificate])).toEqual([0, 0, 0, 0])
  })
})

describe('a registry that wants a client certificate', () => {
  it('is used with one, from flags or from registries.json', async () => {
    const [tls, client] = [await pemFiles(certificate), await pemFiles(farCertificate)]
    const { host } = await startDockerRegistry({
      tls: { ...tls, clientAuthority: client.certificate },
      htpasswd: login,
    })
    const flags = ['--ca-file', tls.certificate, '--cert-file', client.certificate, '--key-file', client.key]
    const settings = { caFile: tls.certificate, clientCert: client.certificate, clientKey: client.key }
    const someone = await person()
    await writeSettings(someone, { [host]: settings })

    expect(await everything(await person(), host, flags)).toEqual([0, 0, 0, 0])
    expect(await everything(someone, host, [])).toEqual([0, 0, 0, 0])
  })

  it('says so, and the flags that would help are named', async () => {
    const [tls, client] = [await pemFiles(certificate), await pemFiles(farCertificate)]
    const { host } = await startDockerRegistry({ tls: { ...tls, clientAuthority: client.certificate } })
    const { chartroom } = await person()

    const { exit, stderr } = await chartroom(['registry', 'list', host, '--ca-file', tls.certificate])

    expect(exit).toBe(8)
    expect(stderr).toBe(
      `No secure connection to ${host}: it wants a client certificate.\n` +
        'Name the client certificate and its key with --cert-file FILE --key-file FILE.\n',
    )
  })
})

describe('a registry whose certificate is not verified', () => {
  it('is warned of, and gets logins with --insecure', async () => {
    const { host } = await startDockerRegistry({ tls: await pemFiles(farCertificate), htpasswd: login })
    const someone = await person()

    expect(await everything(someone, host, ['--insecure'])).toEqual([0, 0, 0, 0])

    const { stderr } = await someone.chartroom(['registry', 'list', host, '--insecure'])
    expect(stderr).toBe(
      `WARNING: The certificate of ${host} is not verified: anybody could be answering in its place.\n`,
    )
  })

  it('gets no login where only registries.json says so', async () => {
    const { host } = await startDockerRegistry({ tls: await pemFiles(farCertificate), htpasswd: login })
    const someone = await person()
    await writeSettings(someone, { [host]: { insecureSkipVerify: true } })

    const { exit, stderr } = await logIn(someone, host, [])

    expect(exit).toBe(12)
    expect(stderr).toContain(`${host} gets no login, because its certificate is not verified`)
    expect(stderr).toContain('--insecure')
  })
})

describe('the wrong scheme', () => {
  it('is named where a registry of plain HTTP is spoken to in HTTPS', async () => {
    const { host } = await startDockerRegistry()
    const someone = await person()
    await writeSettings(someone, { [host]: { plainHttp: false } })

    const { exit, stderr } = await someone.chartroom(['registry', 'list', host])

    expect(exit).toBe(8)
    expect(stderr).toBe(
      `${host} could not be reached over HTTPS: what it answers is not TLS.\n` +
        'If it is a plain HTTP registry in a network that you trust, add --plain-http.\n',
    )
  })

  it('is named where a registry of HTTPS is spoken to in plain HTTP', async () => {
    const { host } = await startDockerRegistry({ tls: await pemFiles(certificate) })
    const { chartroom } = await person()

    const { exit, stderr } = await chartroom(['registry', 'list', host, '--plain-http'])

    expect(exit).toBe(8)
    expect(stderr).toContain(`${host} wants HTTPS but is set to plain HTTP.`)
  })
})

/** Logs in, pushes, pulls, lists. @returns the exit codes */
async function everything(someone: Person, host: string, flags: readonly string[]): Promise<number[]> {
  await writeChart(someone.work)
  const reference = `${host}/team/mychart:1.0.0`
  await someone.chartroom(['chart', 'save', 'mychart', reference])
  const runs = [
    await logIn(someone, host, flags),
    await someone.chartroom(['chart', 'push', reference, ...flags]),
    await someone.chartroom(['chart', 'pull', reference, ...flags]),
    await someone.chartroom(['registry', 'list', `${host}/team/mychart`, ...flags]),
  ]
  return runs.map(({ exit }) => exit)
}

async function logIn({ chartroom }: Person, host: string, flags: readonly string[]) {
  return await chartroom(['registry', 'login', host, '-u', login.user, '--password-stdin', ...flags], {
    input: login.password,
  })
}

async function writeSettings({ home }: Person, settings: unknown): Promise<void> {
  const path = join(home, '.config', 'chartroom', 'registries.json')
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, JSON.stringify(settings))
}
