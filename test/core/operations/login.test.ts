import { describe, expect, it } from 'vitest'
import { login, logout } from '../../../src/core/index.ts'
import { workplace } from '../../support/workplace.ts'
import { startServer } from '../registry/scriptedServer.ts'

const logins = { alice: 'pa', bob: 'pb' } as const

describe('a login', () => {
  it('counts from the moment it is made, in place of the one before', async () => {
    const { host, credentials, registries, seenBy } = await registryWithLogins()
    await login(registries, credentials, host, { username: 'alice', password: 'pa' })
    await registries.registry(host).repository('a/b').tags()

    await login(registries, credentials, host, { username: 'bob', password: 'pb' })
    await registries.registry(host).repository('a/b').tags()

    expect(seenBy()).toEqual(['alice', 'bob'])
  })

  it('counts no more once it is logged out', async () => {
    const { host, credentials, registries } = await registryWithLogins()
    await login(registries, credentials, host, { username: 'alice', password: 'pa' })
    await registries.registry(host).repository('a/b').tags()

    await logout(registries, credentials, host)

    await expect(registries.registry(host).repository('a/b').tags()).rejects.toMatchObject({
      kind: 'unauthorized',
    })
  })

  it('is not kept where the registry refuses it', async () => {
    const { host, credentials, registries } = await registryWithLogins()

    await expect(
      login(registries, credentials, host, { username: 'alice', password: 'no' }),
    ).rejects.toMatchObject({
      kind: 'unauthorized',
      message: `${host} refused this user or password.`,
    })

    expect(await credentials.find(host)).toBeUndefined()
  })

  it('that is not there cannot be logged out', async () => {
    const { host, credentials, registries } = await registryWithLogins()

    await expect(logout(registries, credentials, host)).rejects.toMatchObject({ kind: 'not-logged-in' })
  })
})

/** A registry that wants a login, and remembers who asked for tags. */
async function registryWithLogins() {
  const users: string[] = []
  const { host } = await startServer((request, response) => {
    const [name = '', password = ''] = Buffer.from(request.headers.authorization?.slice(6) ?? '', 'base64')
      .toString()
      .split(':')
    if (!Object.entries(logins).some(([user, secret]) => user === name && secret === password)) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="test"' }).end()
      return
    }
    if (request.url?.includes('/tags/') === true) users.push(name)
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"name":"a/b","tags":["1"]}')
  })
  return { ...(await workplace()), host, seenBy: () => users }
}
