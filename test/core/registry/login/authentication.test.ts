import { describe, expect, it } from 'vitest'
import {
  answerJson,
  bodyOf,
  failureOf,
  registriesAt,
  repositoryAt,
  startServer,
  type ScriptedServer,
} from '../scriptedServer.ts'
import { planted } from '../../../support/planted/secrets.ts'

const alice = { username: 'alice', password: planted.password }
const asAlice = `Basic ${Buffer.from(`alice:${planted.password}`).toString('base64')}`

/** A registry and its token server in one; tokens are `token-1`, `token-2`, …, good from the first one that is. */
async function startBearerRegistry(options: {
  accepts: string[]
  loginAt?: string
}): Promise<ScriptedServer> {
  let tokens = 0
  const server = await startServer(async (request, response) => {
    if (request.url?.startsWith('/token') === true) {
      if (request.method === 'POST') await bodyOf(request)
      tokens += 1
      answerJson(response, { access_token: `token-${tokens}` })
    } else if (options.accepts.some((token) => request.headers.authorization === `Bearer ${token}`)) {
      answerJson(response, { tags: ['1.0.0'] })
    } else {
      const realm = options.loginAt ?? `http://${server.host}/token`
      response
        .writeHead(401, {
          'www-authenticate': `Bearer realm="${realm}",service="tests",scope="repository:team/chart:pull"`,
        })
        .end()
    }
  })
  return server
}

describe('a registry that offers Basic', () => {
  it('gets the login after it has asked for it, and without asking from then on', async () => {
    const server = await startServer((request, response) => {
      if (request.headers.authorization === asAlice) answerJson(response, { tags: [] })
      else response.writeHead(401, { 'www-authenticate': 'Basic realm="tests"' }).end()
    })
    const repository = repositoryAt(server.host, { credential: alice })

    await repository.tags()
    await repository.tags()

    expect(server.seen.map(({ authorization }) => authorization)).toEqual([undefined, asAlice, asAlice])
  })

  it('says where the login is from that it rejects, and is sent it once only', async () => {
    const server = await startServer((_request, response) => {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="tests"' }).end()
    })

    expect(await failureOf(repositoryAt(server.host, { credential: alice }).tags())).toEqual({
      kind: 'unauthorized',
      message: `${server.host} rejected the login from ~/.docker/config.json (it offers Basic, realm "tests").`,
    })
    expect(server.seen).toHaveLength(2)
  })

  it('wants a login where there is none', async () => {
    const server = await startServer((_request, response) => {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="tests"' }).end()
    })

    expect(await failureOf(repositoryAt(server.host).tags())).toEqual({
      kind: 'unauthorized',
      message: `${server.host} wants a login (it offers Basic, realm "tests").`,
    })
  })
})

describe('a registry that offers Bearer', () => {
  it('gets a token for the scope, bought with the login at the token server', async () => {
    const server = await startBearerRegistry({ accepts: ['token-1'] })

    expect(await repositoryAt(server.host, { credential: alice }).tags()).toEqual(['1.0.0'])

    expect(server.seen).toEqual([
      { method: 'GET', url: '/v2/team/chart/tags/list', authorization: undefined },
      {
        method: 'GET',
        url: '/token?service=tests&scope=repository%3Ateam%2Fchart%3Apull&client_id=chartroom',
        authorization: asAlice,
      },
      { method: 'GET', url: '/v2/team/chart/tags/list', authorization: 'Bearer token-1' },
    ])
  })

  it('gets an anonymous token where there is no login', async () => {
    const server = await startBearerRegistry({ accepts: ['token-1'] })

    await repositoryAt(server.host).tags()

    expect(server.seen[1]).toMatchObject({ method: 'GET', authorization: undefined })
  })

  it('gets the same token from then on, and one token for all who ask at once', async () => {
    const server = await startBearerRegistry({ accepts: ['token-1'] })
    const repository = repositoryAt(server.host)

    await Promise.all([repository.tags(), repository.tags(), repository.tags()])
    await repository.tags()

    expect(server.seen.filter(({ url }) => url.startsWith('/token'))).toHaveLength(1)
  })

  it('is not waited for once nobody wants its token any more', async () => {
    let tellAsked = (): void => undefined
    let tellClosed = (): void => undefined
    const asked = new Promise<void>((resolve) => (tellAsked = resolve))
    const closed = new Promise<void>((resolve) => (tellClosed = resolve))
    const server = await startServer((request, response) => {
      if (request.url?.startsWith('/token') === true) {
        response.on('close', tellClosed)
        tellAsked()
      } else {
        const realm = `Bearer realm="http://${request.headers.host ?? ''}/token"`
        response.writeHead(401, { 'www-authenticate': realm }).end()
      }
    })
    const controller = new AbortController()

    const tags = repositoryAt(server.host).tags({ signal: controller.signal })
    await asked
    controller.abort()

    expect((await failureOf(tags)).kind).toBe('AbortError')
    await closed
  })

  it('gets a new token where it does not take the old one any more', async () => {
    const accepts = ['token-1']
    const server = await startBearerRegistry({ accepts })
    const repository = repositoryAt(server.host)
    await repository.tags()
    accepts[0] = 'token-2'

    expect(await repository.tags()).toEqual(['1.0.0'])
  })

  it('is not asked for ever where it takes no token', async () => {
    const server = await startBearerRegistry({ accepts: [] })

    expect(await failureOf(repositoryAt(server.host, { credential: alice }).tags())).toMatchObject({
      kind: 'unauthorized',
      message: `${server.host} rejected the login from ~/.docker/config.json (it offers Bearer, realm "http://${server.host}/token").`,
    })
    expect(server.seen).toHaveLength(3)
  })

  it('is preferred over Basic', async () => {
    const server = await startServer((request, response) => {
      if (request.url?.startsWith('/token') === true) answerJson(response, { token: 't' })
      else if (request.headers.authorization === 'Bearer t') answerJson(response, { tags: [] })
      else {
        response.setHeader('www-authenticate', [
          'Basic realm="x"',
          `Bearer realm="http://${server.host}/token"`,
        ])
        response.writeHead(401).end()
      }
    })

    await repositoryAt(server.host, { credential: alice }).tags()

    expect(server.seen.at(-1)?.authorization).toBe('Bearer t')
  })

  it('may name its token server by a path', async () => {
    const server = await startBearerRegistry({ accepts: ['token-1'], loginAt: '/token' })

    expect(await repositoryAt(server.host).tags()).toEqual(['1.0.0'])
  })

  it('says that the login has too few rights where the token does not reach', async () => {
    const server = await startServer((request, response) => {
      if (request.url?.startsWith('/token') === true) answerJson(response, { token: 't' })
      else {
        const why = request.headers.authorization === undefined ? '' : ',error="insufficient_scope"'
        response
          .writeHead(401, { 'www-authenticate': `Bearer realm="http://${server.host}/token"${why}` })
          .end()
      }
    })

    expect(await failureOf(repositoryAt(server.host, { credential: alice }).tags())).toEqual({
      kind: 'forbidden',
      message: `The login from ~/.docker/config.json may not pull ${server.host}/team/chart.`,
    })
  })
})

describe('an identity token', () => {
  const identity = { identityToken: planted.refreshToken }

  it('is traded for a token by POST', async () => {
    let form = ''
    const server = await startServer(async (request, response) => {
      if (request.method === 'POST') {
        form = (await bodyOf(request)).toString()
        answerJson(response, { access_token: 't', expires_in: 1 })
      } else if (request.headers.authorization === 'Bearer t') answerJson(response, { tags: [] })
      else {
        response
          .writeHead(401, {
            'www-authenticate': `Bearer realm="http://${server.host}/token",service="tests"`,
          })
          .end()
      }
    })

    await repositoryAt(server.host, { credential: identity }).tags()

    expect(Object.fromEntries(new URLSearchParams(form))).toEqual({
      grant_type: 'refresh_token',
      refresh_token: planted.refreshToken,
      client_id: 'chartroom',
      service: 'tests',
      scope: 'repository:team/chart:pull',
    })
    expect(server.seen[1]).toMatchObject({ method: 'POST', url: '/token', authorization: undefined })
  })

  it.each([400, 401, 404, 405])(
    'gives way to the password where POST is answered with %d',
    async (status) => {
      const server = await startServer((request, response) => {
        if (request.method === 'POST') response.writeHead(status).end()
        else if (request.url?.startsWith('/token') === true) answerJson(response, { token: 't' })
        else if (request.headers.authorization === 'Bearer t') answerJson(response, { tags: [] })
        else
          response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${server.host}/token"` }).end()
      })

      await repositoryAt(server.host, { credential: { ...identity, ...alice } }).tags()

      expect(server.seen.map(({ method, authorization }) => [method, authorization])).toEqual([
        ['GET', undefined],
        ['POST', undefined],
        ['GET', asAlice],
        ['GET', 'Bearer t'],
      ])
    },
  )
})

describe('a token server', () => {
  it('that rejects the login makes it unauthorized', async () => {
    const server = await startServer((request, response) => {
      if (request.url?.startsWith('/token') === true) response.writeHead(401).end()
      else response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${server.host}/token"` }).end()
    })

    expect((await failureOf(repositoryAt(server.host, { credential: alice }).tags())).kind).toBe(
      'unauthorized',
    )
    expect(server.seen).toHaveLength(2)
  })

  it('on another host does not get the login without being trusted', async () => {
    const elsewhere = await startServer((_request, response) => {
      answerJson(response, { token: 't' })
    })
    const server = await startBearerRegistry({
      accepts: ['t'],
      loginAt: `http://auth.example.invalid:${elsewhere.host.split(':')[1] ?? ''}/token`,
    })

    expect(await failureOf(repositoryAt(server.host, { credential: alice }).tags())).toMatchObject({
      kind: 'refused',
    })
    expect(elsewhere.seen).toEqual([])
  })
})

describe('a login that is checked before it is stored', () => {
  const verify = async (server: ScriptedServer, credential: Partial<typeof alice> = {}): Promise<void> => {
    const registry = registriesAt(server.host).registry(server.host)
    await registry.verifyLogin({ ...alice, ...credential, origin: 'this login' })
  }

  it('is good where the registry takes it', async () => {
    const server = await startServer((request, response) => {
      if (request.headers.authorization === asAlice) response.end('{}')
      else response.writeHead(401, { 'www-authenticate': 'Basic realm="tests"' }).end()
    })

    await verify(server)

    expect(await failureOf(verify(server, { password: 'wrong' }))).toMatchObject({ kind: 'unauthorized' })
  })

  it('is good where the registry lets everybody in', async () => {
    await verify(
      await startServer((_request, response) => {
        response.end('{}')
      }),
    )
  })

  it('is tested where the registry lets everybody read but offers a login', async () => {
    const server = await startServer((request, response) => {
      response.setHeader('www-authenticate', 'basic realm=zot')
      const { authorization } = request.headers
      response.writeHead(authorization === undefined || authorization === asAlice ? 200 : 401).end()
    })

    await verify(server)

    expect(await failureOf(verify(server, { password: 'wrong' }))).toMatchObject({ kind: 'unauthorized' })
  })

  it('is not asked of what is no registry', async () => {
    const server = await startServer((_request, response) => {
      response.writeHead(404).end()
    })

    expect(await failureOf(verify(server))).toEqual({
      kind: 'unsupported',
      message: `${server.host} answers, but not as a registry does (GET /v2/ gives 404).`,
    })
  })
})
