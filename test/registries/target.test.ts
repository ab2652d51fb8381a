import { afterEach, beforeAll, describe, expect } from 'vitest'
import { Registries } from '../../src/core/registry/registries.ts'
import { behavesAsTarget } from '../contract/target.ts'
import { openUploads, startDockerRegistry, type DockerRegistry } from '../support/dockerRegistry.ts'
import { planted } from '../support/planted/secrets.ts'

const login = { user: 'myuser', password: planted.password }

describe.each([
  ['an open docker-registry', undefined],
  ['a docker-registry with a login', login],
])('a repository of %s', (_what, htpasswd) => {
  let registry: DockerRegistry
  beforeAll(async () => {
    registry = await startDockerRegistry(htpasswd === undefined ? {} : { htpasswd })
  })

  afterEach(async () => {
    // Whatever happened, nothing was left half-way.
    expect(await openUploads(registry.storage)).toEqual([])
  })

  behavesAsTarget(() => Promise.resolve(emptyRepository(registry.host)))
})

let count = 0

/** Each test has a repository of its own. */
function emptyRepository(host: string): ReturnType<Registries['repository']> {
  const registries = new Registries({
    findCredential: () =>
      Promise.resolve({ username: login.user, password: login.password, origin: 'the test' }),
  })
  count += 1
  return registries.repository({ host, repository: `contract/number-${count}` })
}
