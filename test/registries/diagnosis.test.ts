import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { authority, elsewhere, key, sound } from '../core/registry/diagnosis/certificates.ts'
import { outline, stepOf, upToLogin } from '../core/registry/diagnosis/outline.ts'
import type { Diagnosis } from '../../src/core/index.ts'
import { person, type Person } from '../support/commandLine.ts'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { startTokenServer } from '../support/tokenServer.ts'
import { planted } from '../support/planted/secrets.ts'

const login = { user: 'myuser', password: planted.password }

describe('registry diagnose, at distribution', () => {
  it('with users tells of a login that is missing, refused and taken', async () => {
    const { host } = await startDockerRegistry({ htpasswd: login })

    const stranger = await diagnosed(await person(), host)
    expect(stranger.exit).toBe(3)
    expect(stranger.diagnosis.verdict.message).toBe(
      `${host} wants a login (it offers Basic, realm "Registry Realm").`,
    )

    const mistaken = await diagnosed(await personWith(host, 'old'), host)
    expect(mistaken.exit).toBe(3)
    expect(mistaken.diagnosis.verdict.message).toContain('rejected the login from ~/.docker/config.json')

    const user = await diagnosed(await personWith(host, login.password), host)
    expect(user.exit).toBe(0)
    expect(outline(user.diagnosis)).toEqual([
      ...upToLogin,
      'login ok',
      'token ok',
      'catalogue ok',
      'clock ok',
    ])
    expect(stepOf(user.diagnosis, 'ping').facts).toMatchObject({ status: 401, apiVersion: 'registry/2.0' })
  })

  it('with a certificate tells its chain, and what is wrong without its authority', async () => {
    const { host } = await startDockerRegistry({ tls: await files(sound) })
    const caFile = join(await temporaryDirectory(), 'ca.pem')
    await writeFile(caFile, authority)

    const trusting = await diagnosed(await person(), host, '--ca-file', caFile)
    expect(trusting.exit).toBe(0)
    expect(stepOf(trusting.diagnosis, 'tls').facts).toMatchObject({
      verified: 'yes',
      clientCertificate: 'not asked for',
    })

    const stranger = await diagnosed(await person(), host)
    expect(stranger.exit).toBe(8)
    expect(stepOf(stranger.diagnosis, 'tls').facts).toMatchObject({
      missingAuthority: 'CN=Chartroom test authority, O=Chartroom',
    })
    expect(stepOf(stranger.diagnosis, 'ping').state).toBe('warning')
  })

  it('with the certificate of another host names the one it is for', async () => {
    const { host } = await startDockerRegistry({ tls: await files(elsewhere) })
    const caFile = join(await temporaryDirectory(), 'ca.pem')
    await writeFile(caFile, authority)

    const { exit, diagnosis } = await diagnosed(await person(), host, '--ca-file', caFile)

    expect(exit).toBe(8)
    expect(diagnosis.verdict.message).toContain('is for another host name (DNS:other.example.com)')
  })

  it('set to plain HTTP though it has TLS says so', async () => {
    const { host } = await startDockerRegistry({ tls: await files(sound) })

    const { exit, diagnosis } = await diagnosed(await person(), host, '--plain-http')

    expect(exit).toBe(8)
    expect(diagnosis.verdict.message).toBe(`${host} wants HTTPS but is set to plain HTTP.`)
  })
})

describe('registry diagnose, at distribution with a token server', () => {
  it('tells what the token allows, and nothing of the token', async () => {
    const tokens = await startTokenServer({ users: { [login.user]: login.password } })
    const { host } = await startDockerRegistry({ token: tokens })

    const { exit, diagnosis } = await diagnosed(await personWith(host, login.password), host)

    expect(exit).toBe(0)
    expect(stepOf(diagnosis, 'token')).toMatchObject({
      state: 'ok',
      facts: { kind: 'JWT', grants: ['registry:catalog:*'] },
    })
    expect(stepOf(diagnosis, 'catalogue').facts).toEqual({ firstPage: 0, more: false })
    expect(tokens.tokens.length).toBeGreaterThan(0)
    for (const token of tokens.tokens) expect(JSON.stringify(diagnosis)).not.toContain(token.split('.')[2])
  })

  it('that gives no right to the catalogue works, and says so', async () => {
    const tokens = await startTokenServer({
      users: { [login.user]: login.password },
      rights: (_user, { type, actions }) => (type === 'registry' ? [] : actions),
    })
    const { host } = await startDockerRegistry({ token: tokens })

    const { exit, diagnosis } = await diagnosed(await personWith(host, login.password), host)

    expect(exit).toBe(0)
    expect(stepOf(diagnosis, 'catalogue').state).toBe('warning')
    expect(diagnosis.verdict.advice).toContain('Pin the repositories')
  })

  it('that refuses the login says where that comes from', async () => {
    const tokens = await startTokenServer({ users: { [login.user]: login.password } })
    const { host } = await startDockerRegistry({ token: tokens })

    const { exit, diagnosis } = await diagnosed(await personWith(host, 'old'), host)

    expect(exit).toBe(3)
    expect(diagnosis.verdict.message).toContain('rejected the login from ~/.docker/config.json')
  })
})

interface Diagnosed {
  readonly exit: number | null
  readonly diagnosis: Diagnosis
}

/** What the command line finds, which must hold no password however it ends. */
async function diagnosed({ chartroom }: Person, host: string, ...flags: string[]): Promise<Diagnosed> {
  const { stdout, stderr, exit } = await chartroom(['registry', 'diagnose', host, '-o', 'json', ...flags])
  expect(stdout + stderr).not.toContain(login.password)
  return { exit, diagnosis: JSON.parse(stdout) as Diagnosis }
}

async function personWith(host: string, password: string): Promise<Person> {
  const someone = await person()
  await mkdir(join(someone.home, '.docker'))
  const auth = Buffer.from(`${login.user}:${password}`).toString('base64')
  await writeFile(
    join(someone.home, '.docker', 'config.json'),
    JSON.stringify({ auths: { [host]: { auth } } }),
  )
  return someone
}

async function files(certificate: string): Promise<{ certificate: string; key: string }> {
  const directory = await temporaryDirectory()
  const paths = { certificate: join(directory, 'server.pem'), key: join(directory, 'server.key') }
  await writeFile(paths.certificate, certificate)
  await writeFile(paths.key, key)
  return paths
}
