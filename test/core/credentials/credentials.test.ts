import { access } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { Credential } from '../../../src/core/base/credential.ts'
import { Credentials } from '../../../src/core/credentials/credentials.ts'
import type { CredentialStore } from '../../../src/core/credentials/store.ts'
import {
  aHome,
  aLog,
  base64,
  configWith,
  docker,
  helm32,
  helm36,
  helm38,
  myuser,
  podman,
  type Home,
} from './home.ts'
import { planted } from '../../support/planted/secrets.ts'

const host = 'r.example.com'

/** What an editor's secret storage is to the core. */
class KeptInMemory implements CredentialStore {
  readonly name = 'the secret storage'
  readonly #logins = new Map<string, Credential>()

  constructor(logins: readonly (readonly [string, Credential])[] = []) {
    this.#logins = new Map(logins)
  }

  find(of: string): Promise<Credential | undefined> {
    return Promise.resolve(this.#logins.get(of))
  }

  save(of: string, credential: Credential): Promise<void> {
    this.#logins.set(of, { ...credential, origin: this.name })
    return Promise.resolve()
  }

  erase(of: string): Promise<boolean> {
    return Promise.resolve(this.#logins.delete(of))
  }

  hosts(): Promise<{ host: string; username: string }[]> {
    return Promise.resolve([...this.#logins].map(([of, { username }]) => ({ host: of, username })))
  }
}

function secretStorageWith(username: string): KeptInMemory {
  return new KeptInMemory([[host, { username, password: planted.password, origin: 'the secret storage' }]])
}

async function exists(home: Home, name: string): Promise<boolean> {
  return await access(home.path(name)).then(
    () => true,
    () => false,
  )
}

describe('the login for a repository', () => {
  it('is that of the part of the registry that it is in, as podman keeps them', async () => {
    const home = await aHome()
    const entry = (user: string): object => ({ auth: base64(`${user}:${planted.password}`) })
    const auths = { [host]: entry('all'), [`${host}/team`]: entry('team') }
    await home.write(podman, JSON.stringify({ auths }))
    const credentials = new Credentials({ around: home.around })

    const found = await Promise.all(
      ['team/shop', 'teamwork/shop', undefined].map(
        async (repository) => await credentials.find(host, repository === undefined ? {} : { repository }),
      ),
    )

    expect(found.map((login) => login?.username)).toEqual(['team', 'all', 'all'])
    expect(found.every((login) => login?.isPartial)).toBe(true)
  })
})

describe('the login for a host', () => {
  const order = [
    'the secret storage',
    '~/explicit.json',
    `~/${helm32}`,
    `~/${helm38}`,
    `~/${helm36}`,
    `~/${docker}`,
    '~/runtime/containers/auth.json',
    `~/${podman}`,
    'the variable DOCKER_AUTH_CONFIG',
  ]

  it.each(order.map((first, position) => ({ first, after: order.slice(0, position) })))(
    'comes from $first where none of $after has one',
    async ({ first }) => {
      const empty = await aHome()
      const has = order.slice(order.indexOf(first))
      const home = await aHome()
      const variable = 'the variable DOCKER_AUTH_CONFIG'
      const around = {
        ...home.around,
        env: {
          HELM_REGISTRY_CONFIG: home.path('explicit.json'),
          XDG_RUNTIME_DIR: home.path('runtime'),
          DOCKER_AUTH_CONFIG: configWith(host, variable),
        },
      }
      for (const place of has.filter((name) => name.startsWith('~/'))) {
        await home.writeLogin(place.slice(2), host, place)
      }
      const stores = has.includes('the secret storage') ? [secretStorageWith('the secret storage')] : []

      const found = await new Credentials({ around, stores }).find(host)

      expect(found).toEqual({ username: first, password: planted.password, origin: first })
      expect(await new Credentials({ around, stores }).find('r.example.com.evil.org')).toBeUndefined()
      expect(await new Credentials({ around: empty.around }).find(host)).toBeUndefined()
    },
  )

  it('is looked for past a damaged file, which is named', async () => {
    const home = await aHome()
    const log = aLog()
    await home.write(helm32, '{"auths":')
    await home.writeLogin(docker, host, 'from docker')

    expect(await new Credentials({ around: home.around }).find(host, { log })).toMatchObject({
      username: 'from docker',
    })
    expect(log.lines).toEqual([expect.stringContaining(`~/${helm32} cannot be understood`)])
  })

  it("is found through the helper in Docker's file", async () => {
    const home = await aHome()
    await home.installHelper('test')
    await home.write(docker, `{"credHelpers":{"${host}":"test"}}`)
    await home.write('bin/keychain.json', `{"${host}":{"Username":"a","Secret":"b"}}`)

    expect(await new Credentials({ around: home.around }).find(host)).toMatchObject({
      username: 'a',
      origin: '~/.docker/config.json via test',
    })
  })

  it('is never asked of a helper in an untrusted directory', async () => {
    const home = await aHome()
    await home.installHelper('test')
    await home.write(docker, '{"credsStore":"test"}')

    const credentials = new Credentials({ around: home.around, untrusted: () => [home.root] })

    expect(await credentials.find(host)).toBeUndefined()
    expect(await home.callsOfHelper()).toBe('')
  })

  it('is anonymous where DOCKER_AUTH_CONFIG is damaged, which is said without its text', async () => {
    const home = await aHome({ DOCKER_AUTH_CONFIG: `{"auths": ${planted.helperSecret}` })
    const log = aLog()

    expect(await new Credentials({ around: home.around }).find(host, { log })).toBeUndefined()
    expect(log.lines).toEqual(['The variable DOCKER_AUTH_CONFIG is passed over: it is not valid JSON.'])
  })
})

describe('a new login', () => {
  it("goes to the guide's file on a fresh computer, with a warning about plain text", async () => {
    const home = await aHome()

    const saved = await new Credentials({ around: home.around }).save(host, myuser)

    expect(saved).toEqual({
      store: `~/${helm32}`,
      warning: `The login is kept in ~/${helm32} without encryption: whoever can read that file can use it.`,
    })
    expect(await new Credentials({ around: home.around }).find(host)).toEqual({
      ...myuser,
      origin: `~/${helm32}`,
    })
  })

  it.each([helm32, helm38, helm36])('goes to ~/%s where that exists', async (name) => {
    const home = await aHome()
    await home.writeLogin(name, 'o.org', 'other')

    expect(await new Credentials({ around: home.around }).save(host, myuser)).toMatchObject({
      store: `~/${name}`,
    })
  })

  it("never goes to Docker's file", async () => {
    const home = await aHome()
    await home.writeLogin(docker, host, 'docker')
    const before = await home.read(docker)

    await new Credentials({ around: home.around }).save(host, myuser)

    expect(await home.read(docker)).toBe(before)
  })

  it.each(['auto', 'own', 'helm'] as const)(
    'always goes to the file of HELM_REGISTRY_CONFIG (store %s)',
    async (store) => {
      const home = await aHome()
      const around = { ...home.around, env: { HELM_REGISTRY_CONFIG: home.path('reg/file.json') } }
      await home.writeLogin(helm32, 'o.org', 'other')
      const credentials = new Credentials({ around, stores: [secretStorageWith('older')] })

      expect(await credentials.save(host, myuser, { store })).toMatchObject({ store: '~/reg/file.json' })
      expect(await credentials.find(host)).toEqual({ ...myuser, origin: '~/reg/file.json' })
    },
  )

  it('goes to the secret storage where there is one, and to no file', async () => {
    const home = await aHome()
    const credentials = new Credentials({ around: home.around, stores: [new KeptInMemory()] })

    expect(await credentials.save(host, myuser)).toEqual({ store: 'the secret storage' })
    expect(await exists(home, helm32)).toBe(false)
    expect(await credentials.find(host)).toMatchObject({ origin: 'the secret storage' })
  })

  it('is shared with Helm on request, and an older one in the secret storage goes', async () => {
    const home = await aHome()
    const credentials = new Credentials({ around: home.around, stores: [secretStorageWith('older')] })

    expect(await credentials.save(host, myuser, { store: 'helm' })).toMatchObject({ store: `~/${helm32}` })
    expect(await credentials.find(host)).toEqual({ ...myuser, origin: `~/${helm32}` })
  })

  it('goes to a credential helper before the secret storage, unless that is asked for', async () => {
    const home = await aHome()
    await home.installHelper('test')
    await home.write(helm38, '{"credsStore":"test"}')
    const credentials = new Credentials({ around: home.around, stores: [new KeptInMemory()] })

    expect(await credentials.save(host, myuser)).toEqual({ store: `~/${helm38} via test` })
    expect(await credentials.save(host, myuser, { store: 'own' })).toEqual({ store: 'the secret storage' })
  })

  it('fails where the file is damaged, and the file stays', async () => {
    const home = await aHome()
    await home.write(helm32, '{"auths":')

    await expect(new Credentials({ around: home.around }).save(host, myuser)).rejects.toMatchObject({
      kind: 'store-corrupt',
      message: `The credentials file ~/${helm32} cannot be understood: it is not valid JSON.`,
    })
    expect(await home.read(helm32)).toBe('{"auths":')
  })
})

describe('sharing a login', () => {
  it("moves it to Helm's file where plain text is allowed", async () => {
    const home = await aHome()
    const secrets = secretStorageWith('me')
    const credentials = new Credentials({ around: home.around, stores: [secrets] })

    expect(await credentials.helmPlace(host)).toEqual({ file: `~/${helm32}` })
    expect(await credentials.share(host, { allowPlain: true })).toMatchObject({ store: `~/${helm32}` })

    expect(await secrets.find(host)).toBeUndefined()
    expect(await credentials.find(host)).toMatchObject({ username: 'me', origin: `~/${helm32}` })
  })

  it('changes nothing where plain text is not allowed and no helper takes it', async () => {
    const home = await aHome()
    const secrets = secretStorageWith('me')

    expect(await new Credentials({ around: home.around, stores: [secrets] }).share(host)).toBeUndefined()

    expect(await secrets.find(host)).toMatchObject({ username: 'me' })
    expect(await exists(home, helm32)).toBe(false)
  })

  it('goes to the credential helper that is configured, and says so before', async () => {
    const home = await aHome()
    await home.installHelper('test')
    await home.write(helm38, '{"credsStore":"test"}')
    const credentials = new Credentials({ around: home.around, stores: [secretStorageWith('me')] })

    expect(await credentials.helmPlace(host)).toEqual({ file: `~/${helm38}`, helper: 'test' })
    expect(await credentials.share(host)).toEqual({ store: `~/${helm38} via test` })

    expect(await credentials.find(host)).toMatchObject({ origin: `~/${helm38} via test` })
  })

  it('fails where there is nothing to share', async () => {
    const home = await aHome()

    await expect(new Credentials({ around: home.around }).share(host)).rejects.toMatchObject({
      kind: 'not-logged-in',
    })
  })
})

describe('logging out', () => {
  it('forgets the login everywhere Chartroom writes and names who still answers', async () => {
    const home = await aHome({ DOCKER_AUTH_CONFIG: configWith(`https://${host}`, 'pipeline') })
    for (const name of [helm32, helm38, helm36, docker, podman]) await home.writeLogin(name, host, name)
    const untouched = [await home.read(docker), await home.read(podman)]

    const credentials = new Credentials({ around: home.around, stores: [secretStorageWith('me')] })

    expect(await credentials.erase(host)).toEqual({
      erased: ['the secret storage', `~/${helm32}`, `~/${helm38}`, `~/${helm36}`],
      remaining: [`~/${docker}`, `~/${podman}`, 'the variable DOCKER_AUTH_CONFIG'],
      advice:
        `It is Docker's login: run "docker logout ${host}" to end it. ` +
        `It is podman's login: run "podman logout ${host}" to end it. ` +
        'Take it out of the variable DOCKER_AUTH_CONFIG to end it.',
    })
    expect([await home.read(docker), await home.read(podman)]).toEqual(untouched)
    expect(await home.read(helm38)).toBe('{"auths":{}}')
  })

  it('finds nothing where nobody logged in, and creates no file', async () => {
    const home = await aHome()

    expect(await new Credentials({ around: home.around }).erase(host)).toEqual({ erased: [], remaining: [] })
    expect(await exists(home, '.cache')).toBe(false)
  })

  it('forgets in all other places, too, where one of them fails', async () => {
    const home = await aHome()
    await home.write(helm32, `{"auths":{"${host}":{}},"credsStore":"missing"}`)
    await home.writeLogin(helm36, host, 'me')

    await expect(new Credentials({ around: home.around }).erase(host)).rejects.toMatchObject({
      kind: 'unavailable',
    })
    expect(await home.read(helm36)).toBe('{"auths":{}}')
  })

  it("says what it could not ask, such as a helper of Docker's that is missing", async () => {
    const home = await aHome()
    const log = aLog()
    await home.writeLogin(helm32, host, 'me')
    await home.write(docker, `{"credHelpers":{"${host}":"missing"}}`)

    expect(await new Credentials({ around: home.around }).erase(host, { log })).toEqual({
      erased: [`~/${helm32}`],
      remaining: [],
    })
    expect(log.lines.join()).toContain('docker-credential-missing, which is not on PATH')
  })
})
