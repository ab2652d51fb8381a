import { describe, expect, it } from 'vitest'
import { answerJson, failureOf, registriesAt, startServer, type ScriptedServer } from '../scriptedServer.ts'
import { planted } from '../../../support/planted/secrets.ts'

const account = {
  username: 'alice',
  password: planted.accountToken,
  origin: 'GitHub account',
  isConfined: true,
}

describe('a login that is confined to its registry', () => {
  it('does not go over plain HTTP, although that is set for the host', async () => {
    const server = await startServer((_request, response) => {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="tests"' }).end()
    })
    const registry = registriesAt(server.host, { credential: account }).registry(server.host)
    const refused = {
      kind: 'refused',
      message: `${server.host} gets no login over plain HTTP: the one from GitHub account goes over HTTPS only.`,
      advice: `Take plainHttp away from what is set for ${server.host}.`,
    }

    await expect(registry.repository('team/chart').tags()).rejects.toMatchObject(refused)
    await expect(registry.verifyLogin(account)).rejects.toMatchObject(refused)
    expect(sent(server)).toEqual([])
  })

  it('does not go to a token server of another name, although that is trusted for the host', async () => {
    const realm = await startServer((_request, response) => {
      answerJson(response, { token: 'token' })
    })
    const server = await registryWith(`http://${realm.host}/token`)
    const options = { trustedRealms: [realm.host] }
    const registries = registriesAt(server.host, { credential: account, options })

    expect(await failureOf(registries.registry(server.host).repository('team/chart').tags())).toMatchObject({
      kind: 'refused',
      message: `${server.host} sends its clients for a token to ${realm.host}, which the login from GitHub account never goes to. Nothing was sent there.`,
    })
    expect(realm.seen).toEqual([])
  })

  it('goes to the token server of the registry itself', async () => {
    const server = await registryWith('/token')
    const registries = registriesAt(server.host, { credential: account, options: {} })

    expect(await registries.registry(server.host).repository('team/chart').tags()).toEqual(['1.0.0'])
    expect(sent(server)).toEqual([
      `Basic ${Buffer.from(`alice:${planted.accountToken}`).toString('base64')}`,
      'Bearer token',
    ])
  })
})

async function registryWith(realm: string): Promise<ScriptedServer> {
  return await startServer((request, response) => {
    if (request.url?.startsWith('/token') === true) answerJson(response, { token: 'token' })
    else if (request.headers.authorization === 'Bearer token') answerJson(response, { tags: ['1.0.0'] })
    else response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="tests"` }).end()
  })
}

/** Every login that a server was sent. */
function sent({ seen }: ScriptedServer): string[] {
  return seen.flatMap(({ authorization }) => authorization ?? [])
}
