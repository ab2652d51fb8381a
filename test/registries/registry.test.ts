import { beforeAll, describe, expect, it } from 'vitest'
import { copy } from '../../src/core/oci/copy.ts'
import { describe as descriptorOf } from '../../src/core/oci/descriptor.ts'
import { encodeManifest, type RawManifest } from '../../src/core/oci/manifest.ts'
import type { ReadableTarget } from '../../src/core/oci/target.ts'
import { readVerified } from '../../src/core/oci/verify.ts'
import { Registries } from '../../src/core/registry/registries.ts'
import { openUploads, startDockerRegistry, type DockerRegistry } from '../support/dockerRegistry.ts'
import { planted } from '../support/planted/secrets.ts'

const config = Buffer.from('{"name":"mychart","version":"2.7.0"}')
const layer = Buffer.alloc(3 * 1024 * 1024, 'chart')
const manifest = encodeManifest({
  config: descriptorOf('application/vnd.cncf.helm.config.v1+json', config),
  layers: [descriptorOf('application/tar+gzip', layer)],
})
const login = { user: 'myuser', password: planted.password }

describe.each([
  ['that is open', undefined],
  ['with htpasswd', login],
])('a real registry %s', (_how, htpasswd) => {
  let registry: DockerRegistry
  beforeAll(async () => {
    registry = await startDockerRegistry(htpasswd === undefined ? {} : { htpasswd })
  })

  it('takes a chart and gives it back, byte for byte', async () => {
    const repository = registriesFor(htpasswd).registry(registry.host).repository('myrepo/mychart')
    const push = { step: 'pushing', what: 'mychart' } as const

    await copy(source([config, layer]), repository, manifest, '2.7.0+build.1', push)

    const layerDescriptor = descriptorOf('application/tar+gzip', layer)
    const resolved = await repository.resolve('2.7.0+build.1')
    expect(resolved).toEqual(manifest)
    expect(await repository.resolve(manifest.descriptor.digest)).toEqual(manifest)
    expect(await readVerified(await repository.fetch(layerDescriptor), layerDescriptor, 'the layer')).toEqual(
      layer,
    )
    expect(await repository.tags()).toEqual(['2.7.0+build.1'])
    expect(await repository.exists(layerDescriptor)).toBe(true)
  })

  it('lists its repositories', async () => {
    const registries = registriesFor(htpasswd)
    for (const name of ['catalogue/one', 'catalogue/two']) {
      await copy(
        source([config, layer]),
        registries.registry(registry.host).repository(name),
        manifest,
        '1',
        {
          step: 'pushing',
          what: name,
        },
      )
    }
    const names: string[] = []
    for await (const page of registries.registry(registry.host).repositories()) names.push(...page)

    expect(names).toEqual(expect.arrayContaining(['catalogue/one', 'catalogue/two']))
  })

  it('says what is not there', async () => {
    const repository = registriesFor(htpasswd).registry(registry.host).repository('not/there')

    await expect(repository.resolve('1.0.0')).rejects.toMatchObject({
      kind: 'not-found',
      message: `${registry.host}/not/there:1.0.0 was not found at the registry.`,
    })
    await expect(repository.tags()).rejects.toMatchObject({
      kind: 'not-found',
      message: `${registry.host}/not/there was not found: ${registry.host} does not have this repository.`,
    })
  })

  it('has no open upload and no tag after a push that was cancelled in the middle', async () => {
    const repository = registriesFor(htpasswd).registry(registry.host).repository('cancelled/chart')
    const large = descriptorOf('application/tar+gzip', Buffer.alloc(64 * 1024 * 1024))
    const controller = new AbortController()
    const pushing = repository.push(large, slowly(large.size, controller), { signal: controller.signal })

    await expect(pushing).rejects.toMatchObject({ name: 'AbortError' })
    expect(await openUploads(registry.storage)).toEqual([])
    await expect(repository.tags()).rejects.toMatchObject({ kind: 'not-found' })
  })

  it('has no open upload after a push whose content was not what it should be', async () => {
    const repository = registriesFor(htpasswd).registry(registry.host).repository('damaged/chart')
    const descriptor = { ...descriptorOf('application/tar+gzip', layer), size: layer.length + 1 }

    await expect(repository.push(descriptor, () => pieces(layer))).rejects.toMatchObject({
      kind: 'integrity',
    })
    expect(await openUploads(registry.storage)).toEqual([])
  })
})

describe('a login at a real registry with htpasswd', () => {
  let registry: DockerRegistry
  beforeAll(async () => {
    registry = await startDockerRegistry({ htpasswd: login })
  })

  it('is accepted with the right password only', async () => {
    const { host } = registry
    const verify = async (password: string): Promise<void> => {
      await new Registries({ findCredential: () => Promise.resolve(undefined) })
        .registry(host)
        .verifyLogin({ username: login.user, password, origin: 'this login' })
    }

    await verify(login.password)

    await expect(verify('wrong')).rejects.toMatchObject({ kind: 'unauthorized' })
  })

  it('is wanted where there is none, and named by its origin where it is wrong', async () => {
    const { host } = registry

    await expect(registriesFor(undefined).registry(host).ping()).rejects.toMatchObject({
      kind: 'unauthorized',
      message: `${host} wants a login (it offers Basic, realm "Registry Realm").`,
    })
    await expect(
      registriesFor({ ...login, password: 'wrong' })
        .registry(host)
        .ping(),
    ).rejects.toMatchObject({
      kind: 'unauthorized',
      message: `${host} rejected the login from ~/.docker/config.json (it offers Basic, realm "Registry Realm").`,
    })
  })
})

function registriesFor(who: typeof login | undefined): Registries {
  const credential =
    who === undefined
      ? undefined
      : { username: who.user, password: who.password, origin: '~/.docker/config.json' }
  return new Registries({ findCredential: () => Promise.resolve(credential) })
}

/** Blobs in memory as a source of content. */
function source(blobs: readonly Buffer[]): ReadableTarget {
  const byDigest = new Map(blobs.map((bytes) => [descriptorOf('', bytes).digest, bytes]))
  return {
    exists: ({ digest }) => Promise.resolve(byDigest.has(digest)),
    fetch: ({ digest }) => Promise.resolve(pieces(byDigest.get(digest) ?? Buffer.alloc(0))),
    resolve: (): Promise<RawManifest> => Promise.resolve(manifest),
  }
}

async function* pieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += 256 * 1024) {
    yield await Promise.resolve(bytes.subarray(start, start + 256 * 1024))
  }
}

/** Content that is never sent whole, because the push is given up half-way. */
function slowly(size: number, controller: AbortController): () => AsyncGenerator<Uint8Array> {
  return async function* () {
    const piece = Buffer.alloc(1024 * 1024)
    for (let sent = 0; sent < size; sent += piece.length) {
      if (sent === size / 2) controller.abort()
      yield await Promise.resolve(piece)
    }
  }
}
