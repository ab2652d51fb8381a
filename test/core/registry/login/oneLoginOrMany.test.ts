import { describe, expect, it } from 'vitest'
import { Registries } from '../../../../src/core/registry/registries.ts'
import { planted } from '../../../support/planted/secrets.ts'
import { answerJson, startServer } from '../scriptedServer.ts'

const alice = { username: 'alice', password: planted.password }

describe('a registry with one login for all repositories', () => {
  it('has it looked for once, however many ask at the same time', async () => {
    const server = await startServer((request, response) => {
      if (request.headers.authorization === undefined)
        response.writeHead(401, { 'www-authenticate': 'Basic realm="tests"' }).end()
      else answerJson(response, { tags: [] })
    })
    let lookedFor = 0
    const registry = new Registries({
      findCredential: async () => {
        lookedFor++
        await new Promise((resolve) => setImmediate(resolve))
        return { ...alice, origin: 'a file' }
      },
      hosts: { [server.host]: { plainHttp: true } },
    }).registry(server.host)

    await Promise.all(['one', 'two', 'three'].map(async (name) => await registry.repository(name).tags()))

    expect(lookedFor).toBe(1)
  })
})

describe('a registry with logins for its parts', () => {
  const logins: Readonly<Record<string, string>> = { 'one/chart': 'one', 'two/chart': 'two' }
  const registriesWithParts = (host: string, asked: (string | undefined)[]): Registries =>
    new Registries({
      findCredential: (_host, { repository }) => {
        asked.push(repository)
        const username = logins[repository ?? ''] ?? 'all'
        return Promise.resolve({ username, password: planted.password, origin: 'a file', isPartial: true })
      },
      hosts: { [host]: { plainHttp: true } },
    })

  it('gets for each repository its own, with Basic', async () => {
    const server = await startServer((request, response) => {
      if (request.headers.authorization === undefined)
        response.writeHead(401, { 'www-authenticate': 'Basic realm="tests"' }).end()
      else answerJson(response, { tags: [] })
    })
    const asked: (string | undefined)[] = []
    const registry = registriesWithParts(server.host, asked).registry(server.host)

    await registry.ping()
    for (const name of ['one/chart', 'two/chart', 'one/chart']) await registry.repository(name).tags()

    const users = server.seen
      .filter(({ authorization }) => authorization !== undefined)
      .map(({ authorization = '' }) => Buffer.from(authorization.slice(6), 'base64').toString().split(':')[0])
    expect(users).toEqual(['all', 'one', 'two', 'one'])
    expect(asked).toEqual([undefined, 'one/chart', 'two/chart'])
  })

  it('has the token server asked with its own for each repository', async () => {
    const server = await startServer((request, response) => {
      if (request.url?.startsWith('/token') === true)
        answerJson(response, { token: `t${server.seen.length}` })
      else if (request.headers.authorization !== undefined) answerJson(response, { tags: [] })
      else response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${server.host}/token"` }).end()
    })
    const asked: (string | undefined)[] = []
    const registry = registriesWithParts(server.host, asked).registry(server.host)

    for (const name of ['one/chart', 'two/chart']) await registry.repository(name).tags()

    expect(asked).toEqual(['one/chart', 'two/chart'])
  })
})
