import { describe, expect, it } from 'vitest'
import type { Credential } from '../../src/core/base/credential.ts'
import { copy } from '../../src/core/oci/copy.ts'
import { describe as descriptorOf } from '../../src/core/oci/descriptor.ts'
import { encodeManifest } from '../../src/core/oci/manifest.ts'
import type { ReadableTarget } from '../../src/core/oci/target.ts'
import { readVerified } from '../../src/core/oci/verify.ts'
import { Registries } from '../../src/core/registry/registries.ts'
import type { RegistryRepository } from '../../src/core/registry/repository.ts'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { startTokenServer, type TokenServer, type TokenServerOptions } from '../support/tokenServer.ts'
import { planted } from '../support/planted/secrets.ts'

const config = Buffer.from('{"name":"mychart","version":"1.0.0"}')
const layer = Buffer.from('the layer of a chart')
const manifest = encodeManifest({
  config: descriptorOf('application/vnd.cncf.helm.config.v1+json', config),
  layers: [descriptorOf('application/tar+gzip', layer)],
})
const users = { myuser: planted.password }
const login = { username: 'myuser', password: planted.password }

describe('a real registry with a token server', () => {
  it('takes a chart, lists it and gives it back, with one token for each scope', async () => {
    const { repository, tokens, registries, host } = await tokenRegistry({ users }, login)

    await push(repository)

    expect(await repository.tags()).toEqual(['1.0.0'])
    expect(await layerOf(repository)).toEqual(layer)
    const names: string[] = []
    for await (const page of registries.registry(host).repositories()) names.push(...page)
    expect(names).toEqual(['team/mychart'])
    expect(tokens.seen.map(({ method, user, scopes, status }) => [method, user, ...scopes, status])).toEqual([
      ['GET', 'myuser', 'repository:team/mychart:pull', 200],
      ['GET', 'myuser', 'repository:team/mychart:pull,push', 200],
      ['GET', 'myuser', 'registry:catalog:*', 200],
    ])
  })

  it('trades an identity token by POST', async () => {
    const { repository, tokens } = await tokenRegistry(
      { users, refreshTokens: { [planted.refreshToken]: 'myuser' } },
      { username: '', password: '', identityToken: planted.refreshToken },
    )

    await push(repository)

    expect(await layerOf(repository)).toEqual(layer)
    expect(new Set(tokens.seen.map(({ method, user }) => `${method} ${user ?? ''}`))).toEqual(
      new Set(['POST myuser']),
    )
  })

  it('lets strangers read where its token server does, and asks them for a login to push', async () => {
    const rights: TokenServerOptions['rights'] = (user, { actions }) =>
      user === undefined ? actions.filter((action) => action === 'pull') : actions
    const { repository, anonymous } = await tokenRegistry({ users, rights }, login)
    await push(repository)

    expect(await layerOf(anonymous)).toEqual(layer)
    await expect(push(anonymous, '2.0.0')).rejects.toMatchObject({ kind: 'unauthorized' })
  })

  it('says that a login has too few rights', async () => {
    const rights: TokenServerOptions['rights'] = (_user, { actions }) =>
      actions.filter((action) => action === 'pull')
    const { repository } = await tokenRegistry({ users, rights }, login)

    await expect(push(repository)).rejects.toMatchObject({
      kind: 'forbidden',
      message: expect.stringContaining('The login from ~/.docker/config.json may not push ') as string,
    })
  })

  it('says that a login is wrong, and is not sent it again', async () => {
    const { repository, tokens } = await tokenRegistry({ users }, { ...login, password: 'wrong' })

    await expect(repository.tags()).rejects.toMatchObject({ kind: 'unauthorized' })
    expect(tokens.seen.map(({ status }) => status)).toEqual([401])
  })

  it('is asked again where its token server is away for a moment', async () => {
    const { repository, tokens } = await tokenRegistry(
      { users, spoil: (count) => (count === 1 ? { status: 503, body: '' } : undefined) },
      login,
    )

    await push(repository)

    expect(tokens.seen.map(({ status }) => status)).toEqual([503, 200, 200])
  })
})

describe('a registry that fetches from another one', () => {
  it('gives its charts and takes none', async () => {
    const upstream = await startDockerRegistry()
    const registries = new Registries({ findCredential: () => Promise.resolve(undefined) })
    await push(registries.registry(upstream.host).repository('team/mychart'))
    const { host } = await startDockerRegistry({ pullThrough: `http://${upstream.host}` })
    const repository = registries.registry(host).repository('team/mychart')

    expect(await layerOf(repository)).toEqual(layer)
    await expect(push(repository, '2.0.0')).rejects.toMatchObject({ kind: 'unsupported' })
  })
})

interface TokenRegistry {
  readonly host: string
  readonly tokens: TokenServer
  readonly registries: Registries
  readonly repository: RegistryRepository
  readonly anonymous: RegistryRepository
}

async function tokenRegistry(
  options: TokenServerOptions,
  who: Omit<Credential, 'origin'>,
): Promise<TokenRegistry> {
  const tokens = await startTokenServer(options)
  const { host } = await startDockerRegistry({ token: tokens })
  const found = { ...who, origin: '~/.docker/config.json' }
  const registries = new Registries({ findCredential: () => Promise.resolve(found) })
  const strangers = new Registries({ findCredential: () => Promise.resolve(undefined) })
  return {
    host,
    tokens,
    registries,
    repository: registries.registry(host).repository('team/mychart'),
    anonymous: strangers.registry(host).repository('team/mychart'),
  }
}

async function push(repository: RegistryRepository, tag = '1.0.0'): Promise<void> {
  await copy(source, repository, manifest, tag, { step: 'pushing', what: 'mychart' })
}

async function layerOf(repository: RegistryRepository): Promise<Buffer> {
  const descriptor = descriptorOf('application/tar+gzip', layer)
  await repository.resolve('1.0.0')
  return await readVerified(await repository.fetch(descriptor), descriptor, 'the layer')
}

const blobs = new Map([config, layer].map((bytes) => [descriptorOf('', bytes).digest, bytes]))

/** The chart in memory. */
const source: ReadableTarget = {
  exists: ({ digest }) => Promise.resolve(blobs.has(digest)),
  fetch: ({ digest }) => Promise.resolve(only(blobs.get(digest) ?? Buffer.alloc(0))),
  resolve: () => Promise.resolve(manifest),
}

async function* only(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes)
}
