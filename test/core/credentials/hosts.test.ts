import { describe, expect, it } from 'vitest'
import { Credentials, type KnownHost } from '../../../src/core/credentials/credentials.ts'
import type { CredentialStore } from '../../../src/core/credentials/store.ts'
import { aHome, aLog, base64, configWith, docker, helm32, helm38, myuser, podman, type Home } from './home.ts'
import { planted } from '../../support/planted/secrets.ts'
import { holdsSecret } from '../../support/planted/search.ts'

describe('the hosts that there is a login for', () => {
  it('come from every place, each with the place that is asked first, and without passwords', async () => {
    const home = await aHome({ DOCKER_AUTH_CONFIG: configWith('env.example.com', 'pipeline') })
    await home.writeLogin(helm32, 'both.example.com', 'helm')
    await home.writeLogin(docker, 'both.example.com', 'docker')
    await home.writeLogin(podman, 'podman.example.com', 'pod')
    const store = storeWith([{ host: 'secret.example.com', username: 'me' }])

    const hosts = await new Credentials({ around: home.around, stores: [store] }).hosts()

    expect(hosts).toEqual([
      { host: 'both.example.com', username: 'helm', origin: `~/${helm32}` },
      { host: 'env.example.com', username: 'pipeline', origin: 'the variable DOCKER_AUTH_CONFIG' },
      { host: 'podman.example.com', username: 'pod', origin: `~/${podman}` },
      { host: 'secret.example.com', username: 'me', origin: 'the secret storage' },
    ])
    expect(JSON.stringify(hosts)).not.toMatch(/secret"|password/)
  })

  it('are written as references write them, whatever the keys are', async () => {
    const home = await aHome()
    const auth = base64(`me:${planted.password}`)
    await home.write(
      docker,
      JSON.stringify({
        auths: {
          'https://index.docker.io/v1/': { auth },
          'https://Registry.Example.com/v2/': { auth },
          'quay.io/organisation': { auth },
          'localhost:5000': { auth },
          'not a host': { auth },
          noHost: { auth },
        },
      }),
    )

    expect(names(await hostsAt(home))).toEqual([
      'docker.io',
      'localhost:5000',
      'quay.io',
      'registry.example.com',
    ])
  })

  it('name no user where the login is a token', async () => {
    const home = await aHome()
    await home.write(
      docker,
      JSON.stringify({ auths: { 'r.example.com': { identitytoken: planted.refreshToken } } }),
    )

    expect(await hostsAt(home)).toEqual([{ host: 'r.example.com', origin: `~/${docker}` }])
  })

  it('do not count where an entry is empty and nothing keeps a login for it', async () => {
    const home = await aHome()
    await home.write(docker, JSON.stringify({ auths: { 'r.example.com': {} } }))

    expect(await hostsAt(home)).toEqual([])
  })

  it('are named by the credential helper for all hosts', async () => {
    const home = await aHome()
    await home.installHelper('test')
    await home.write(docker, JSON.stringify({ credsStore: 'test', auths: { 'gone.example.com': {} } }))
    await home.write(
      'bin/keychain.json',
      JSON.stringify({
        'r.example.com': { Username: 'me', Secret: planted.helperSecret },
        'token.example.com': { Username: '<token>', Secret: planted.helperSecret },
        'https://index.docker.io/v1/': { Username: 'hub', Secret: planted.helperSecret },
        'https://index.docker.io/v1/access-token': { Username: 'other', Secret: planted.helperSecret },
      }),
    )

    expect(await hostsAt(home)).toEqual([
      { host: 'docker.io', username: 'hub', origin: `~/${docker} via test` },
      { host: 'r.example.com', username: 'me', origin: `~/${docker} via test` },
      { host: 'token.example.com', origin: `~/${docker} via test` },
    ])
    expect(await home.callsOfHelper()).toBe('list\n')
  })

  it('are those assigned to a helper of their own, which is not asked unless it is a keychain', async () => {
    const home = await aHome()
    await home.installHelper('cloud')
    await home.installHelper('pass')
    await home.write('bin/keychain.json', JSON.stringify({ 'kept.example.com': { Username: 'me' } }))
    const credHelpers = {
      'cloud.example.com': 'cloud',
      'kept.example.com': 'pass',
      'forgotten.example.com': 'pass',
    }
    await home.write(docker, JSON.stringify({ credHelpers }))

    expect(await hostsAt(home)).toEqual([
      { host: 'cloud.example.com', origin: `~/${docker} via cloud` },
      { host: 'kept.example.com', username: 'me', origin: `~/${docker} via pass` },
    ])
    expect(await home.callsOfHelper()).toBe('list\n')
  })

  it('are the hosts in the file where its helper fails, which is a line in the log', async () => {
    const home = await aHome()
    await home.installProgram(
      'docker-credential-test',
      `console.log('${planted.helperSecret}'); process.exit(3)`,
    )
    await home.write(docker, JSON.stringify({ credsStore: 'test', auths: { 'r.example.com': {} } }))
    const log = aLog()

    expect(await new Credentials({ around: home.around }).hosts({ log })).toEqual([
      { host: 'r.example.com', origin: `~/${docker} via test` },
    ])
    expect(log.lines.join('\n')).toContain(
      `The credential helper docker-credential-test, asked about all hosts, failed with exit code 3. It is configured in ~/${docker}.`,
    )
    expect(holdsSecret(log.lines.join('\n'))).toBe(false)
  })

  it('are listed without a helper that lies in a folder that is not trusted', async () => {
    const home = await aHome()
    await home.installHelper('test')
    await home.write('bin/keychain.json', JSON.stringify({ 'r.example.com': { Username: 'me' } }))
    await home.write(docker, JSON.stringify({ credsStore: 'test' }))

    const credentials = new Credentials({ around: home.around, untrusted: () => [home.path('bin')] })

    expect(await credentials.hosts()).toEqual([])
    expect(await home.callsOfHelper()).toBe('')
  })

  it('are those of the other places where one is damaged or fails', async () => {
    const home = await aHome()
    await home.write(helm32, '{')
    await home.writeLogin(docker, 'r.example.com', 'me')
    const failing = storeWith([])
    failing.hosts = () => Promise.reject(new Error('the keyring is locked'))
    const log = aLog()

    const hosts = await new Credentials({ around: home.around, stores: [failing] }).hosts({ log })

    expect(names(hosts)).toEqual(['r.example.com'])
    expect(log.lines.join('\n')).toContain('the keyring is locked')
    expect(log.lines.join('\n')).toContain(`The credentials file ~/${helm32} cannot be understood`)
  })

  it('leave out an entry that cannot be understood', async () => {
    const home = await aHome()
    const auths = {
      'bad.example.com': { auth: 'no colon' },
      'r.example.com': { auth: base64(`me:${planted.password}`) },
    }
    await home.write(docker, JSON.stringify({ auths }))

    expect(names(await hostsAt(home))).toEqual(['r.example.com'])
  })

  it.each([
    ['in a file', '{}'],
    ['in a credential helper', '{"credsStore":"test"}'],
    ['in a keychain of its own', '{"credHelpers":{"r.example.com":"pass"}}'],
  ])('are one less after the logout of a login %s', async (_, config) => {
    const home = await aHome()
    await home.installHelper('test')
    await home.installHelper('pass')
    await home.write(helm38, config)
    const credentials = new Credentials({ around: home.around })
    await credentials.save('r.example.com', myuser)
    expect(names(await credentials.hosts())).toEqual(['r.example.com'])

    await credentials.erase('r.example.com')

    expect(await credentials.hosts()).toEqual([])
  })

  it('are not waited for once nobody wants them', async () => {
    const home = await aHome()
    await home.installProgram('docker-credential-test', 'setInterval(() => undefined, 1000)')
    await home.write(docker, JSON.stringify({ credsStore: 'test' }))
    const controller = new AbortController()
    const credentials = new Credentials({ around: home.around })

    const asking = credentials.hosts({
      signal: controller.signal,
      log: {
        ...aLog(),
        // The line that says that the helper is run.
        debug: () => {
          setImmediate(() => {
            controller.abort()
          })
        },
      },
    })

    await expect(asking).rejects.toMatchObject({ name: 'AbortError' })
  })
})

async function hostsAt(home: Home): Promise<readonly KnownHost[]> {
  return await new Credentials({ around: home.around }).hosts()
}

function names(hosts: readonly KnownHost[]): string[] {
  return hosts.map(({ host }) => host)
}

function storeWith(logins: readonly { host: string; username: string }[]): CredentialStore {
  return {
    name: 'the secret storage',
    find: () => Promise.resolve(undefined),
    save: () => Promise.resolve(),
    erase: () => Promise.resolve(false),
    hosts: () => Promise.resolve(logins),
  }
}
