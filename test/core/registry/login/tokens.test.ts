import { afterEach, describe, expect, it, vi } from 'vitest'
import { describe as descriptorOf } from '../../../../src/core/oci/descriptor.ts'
import {
  answerError,
  failureOf,
  read,
  registriesAt,
  repositoryAt,
  startServer,
  type ScriptedServer,
} from '../scriptedServer.ts'
import { planted } from '../../../support/planted/secrets.ts'
import { holdsSecret } from '../../../support/planted/search.ts'

const credential = { username: 'alice', password: planted.password }

afterEach(() => {
  vi.useRealTimers()
})

interface Bearer {
  /** The body of the answer to the n-th request for a token, counted from 1. */
  readonly token?: (count: number) => string
  /** What the registry says to a request with the n-th token, or with none (0): `undefined` lets it in. */
  readonly challenge?: (count: number) => string | undefined
  /** What whoever is let in gets. */
  readonly answer?: Buffer | string
}

/** A registry with a token server at `/token`; the n-th token is `token-n`. */
async function startBearer({
  token = (count) => JSON.stringify({ token: `token-${count}` }),
  challenge = (count) => (count > 0 ? undefined : ''),
  answer = '{"tags":["1.0.0"]}',
}: Bearer = {}): Promise<ScriptedServer> {
  let count = 0
  const server = await startServer((request, response) => {
    if (request.url?.startsWith('/token') === true) {
      count += 1
      response.end(token(count))
      return
    }
    const sent = Number(/^Bearer token-(\d+)$/.exec(request.headers.authorization ?? '')?.[1] ?? 0)
    const more = challenge(sent)
    if (more === undefined) response.end(answer)
    else {
      const offer = `Bearer realm="http://${server.host}/token",service="tests"${more}`
      response.writeHead(401, { 'www-authenticate': offer }).end()
    }
  })
  return server
}

function tokensAsked({ seen }: ScriptedServer): number {
  return seen.filter(({ url }) => url.startsWith('/token')).length
}

/** Time goes on without anybody waiting; requests take their own. */
function afterSeconds(seconds: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 })
}

describe('the answer of a token server', () => {
  it.each([
    ['token', { token: 'token-1' }],
    ['access_token', { access_token: 'token-1' }],
    ['both', { token: 'token-1', access_token: 'another' }],
    ['an empty token and an access_token', { token: '', access_token: 'token-1' }],
  ])('may have %s', async (_, body) => {
    const server = await startBearer({ token: () => JSON.stringify(body) })

    expect(await repositoryAt(server.host).tags()).toEqual(['1.0.0'])
  })

  it.each([
    ['expires_in 0', { expires_in: 0 }, 60],
    ['no expires_in', {}, 60],
    ['expires_in 1', { expires_in: 1 }, 60],
    ['expires_in -5', { expires_in: -5 }, 60],
    ['expires_in as text', { expires_in: '120' }, 120],
    ['expires_in that is no number', { expires_in: 'soon' }, 60],
    ['issued_at an hour ahead', { expires_in: 300, issued_at: new Date(Date.now() + 3_600_000) }, 300],
    ['issued_at long ago', { expires_in: 300, issued_at: '2001-01-01T00:00:00Z' }, 300],
  ])('with %s is good until five seconds before its time, by the clock here', async (_, more, seconds) => {
    const server = await startBearer({
      token: (count) => JSON.stringify({ token: `token-${count}`, ...more }),
    })
    const repository = repositoryAt(server.host)
    await repository.tags()

    afterSeconds(seconds - 6)
    await repository.tags()
    const before = tokensAsked(server)
    afterSeconds(2)
    await repository.tags()

    expect([before, tokensAsked(server)]).toEqual([1, 2])
  })

  it.each([
    ['a page of HTML', '<html>', 'unavailable'],
    ['nothing', '', 'unavailable'],
    ['an object without a token', '{}', 'unavailable'],
    ['an empty token', '{"token":""}', 'unavailable'],
    ['a token that no header can hold', '{"token":"a\\nb"}', 'unavailable'],
    ['a token of a megabyte', JSON.stringify({ token: 'x'.repeat(1024 * 1024) }), 'too-large'],
  ])('is an error where it is %s', async (_, body, kind) => {
    const server = await startBearer({ token: () => body })

    expect((await failureOf(repositoryAt(server.host).tags())).kind).toBe(kind)
    expect(tokensAsked(server)).toBe(1)
  })
})

describe('a fresh token that the registry does not take', () => {
  it.each([
    ['it wants another scope', ',scope="repository:team/chart:pull,push"'],
    ['it says that the token is no good', ',error="invalid_token"'],
  ])('is followed by one more where %s', async (_, more) => {
    const server = await startBearer({
      challenge: (count) => (count > 1 ? undefined : count === 1 ? more : ''),
    })

    expect(await repositoryAt(server.host).tags()).toEqual(['1.0.0'])
    expect(tokensAsked(server)).toBe(2)
  })

  it.each([
    ['always wants another scope', (count: number) => `,scope="repository:team/chart:action${count}"`],
    ['never takes a token', () => ',error="invalid_token"'],
  ])('is followed by no third one where the registry %s', async (_, challenge) => {
    const server = await startBearer({ challenge })

    expect((await failureOf(repositoryAt(server.host, { credential }).tags())).kind).toBe('unauthorized')
    expect(tokensAsked(server)).toBe(2)
  })

  it('is the last where the registry says nothing new', async () => {
    const server = await startBearer({ challenge: () => ',scope="repository:team/chart:pull"' })

    expect((await failureOf(repositoryAt(server.host, { credential }).tags())).kind).toBe('unauthorized')
    expect(tokensAsked(server)).toBe(1)
  })
})

describe('a token', () => {
  it('is renewed where it expires in the middle of a pull', async () => {
    const bytes = Buffer.from('a chart layer')
    const server = await startBearer({
      // The registry forgets the first token; nobody here can know.
      challenge: (count) => (count === 0 || (count === 1 && pulled) ? ',error="invalid_token"' : undefined),
      answer: bytes,
    })
    let pulled = false
    const repository = repositoryAt(server.host, { credential })
    const layer = descriptorOf('application/tar+gzip', bytes)

    await read(await repository.fetch(layer))
    pulled = true

    expect(await read(await repository.fetch(layer))).toEqual(bytes)
    expect(tokensAsked(server)).toBe(2)
  })

  it('is asked for once where the registry wants more than the request needs', async () => {
    const server = await startBearer({
      challenge: (count) => (count > 0 ? undefined : ',scope="repository:team/chart:pull,push"'),
    })
    const repository = repositoryAt(server.host)

    await repository.tags()
    await repository.tags()

    expect(server.seen.map(({ url }) => url.replace(/\?.*/, ''))).toEqual([
      '/v2/team/chart/tags/list',
      '/token',
      '/v2/team/chart/tags/list',
      '/v2/team/chart/tags/list',
    ])
  })

  it('is asked for with the scope that is needed first, because some servers look no further', async () => {
    const server = await startBearer({
      challenge: (count) =>
        count > 0 ? undefined : ',scope="repository:other/chart:pull repository:team/chart:push"',
    })

    await repositoryAt(server.host).tags()

    expect(new URL(server.seen[1]?.url ?? '', 'http://any').searchParams.getAll('scope')).toEqual([
      'repository:team/chart:pull,push',
      'repository:other/chart:pull',
    ])
  })

  it('of one repository is not sent for another', async () => {
    const server = await startBearer()
    const registry = registriesAt(server.host).registry(server.host)

    await registry.repository('team/chart').tags()
    await registry.repository('team/other').tags()

    expect(tokensAsked(server)).toBe(2)
  })
})

describe('a registry that forbids something', () => {
  it('is asked once, with its reason kept', async () => {
    const server = await startServer((_request, response) => {
      answerError(response, 403, 'DENIED', 'requested access to the resource is denied')
    })

    expect(await failureOf(repositoryAt(server.host, { credential }).tags())).toEqual({
      kind: 'forbidden',
      message: `${server.host} does not allow this for ${server.host}/team/chart: requested access to the resource is denied.`,
    })
    expect(server.seen).toHaveLength(1)
  })
})

describe('an identity token without a password', () => {
  const identity = { identityToken: planted.refreshToken, username: '', password: '' }

  async function refused(status: number): Promise<{ kind: string; message: string; methods: string[] }> {
    const server = await startServer((request, response) => {
      if (request.method === 'POST') response.writeHead(status).end()
      else response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${server.host}/token"` }).end()
    })
    const failure = await failureOf(repositoryAt(server.host, { credential: identity }).tags())
    return { ...failure, methods: server.seen.map(({ method }) => method) }
  }

  it.each([404, 405])('is no use at a token server that answers with %d', async (status) => {
    expect(await refused(status)).toMatchObject({
      kind: 'unsupported',
      message: expect.stringMatching(
        /takes no identity tokens .*, and the login from ~\/\.docker\/config\.json is one/,
      ) as string,
      methods: ['GET', 'POST'],
    })
  })

  it.each([400, 401, 403])('is refused by a token server that answers with %d', async (status) => {
    expect(await refused(status)).toMatchObject({ kind: 'unauthorized', methods: ['GET', 'POST'] })
  })
})

describe('a server that repeats what it was sent', () => {
  it.each([
    ['a registry', 403],
    ['a registry', 401],
  ])('%s with status %d does not get the secret into the error', async (_, status) => {
    const server = await startServer((request, response) => {
      const { authorization } = request.headers
      const offer = `Basic realm="${(authorization ?? 'tests').replace(/"/g, '')}"`
      if (authorization === undefined) response.writeHead(401, { 'www-authenticate': offer }).end()
      else {
        response.setHeader('www-authenticate', offer)
        answerError(response, status, 'DENIED', `${authorization} is not allowed, ${planted.password}`)
      }
    })

    const { message } = await failureOf(repositoryAt(server.host, { credential }).tags())

    expect(message).toContain('***')
    expect(holdsSecret(message)).toBe(false)
  })

  it('a token server does not, either', async () => {
    const server = await startServer((request, response) => {
      if (request.url?.startsWith('/token') === true)
        answerError(response, 418, 'DENIED', `no ${request.headers.authorization ?? ''}`)
      else response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${server.host}/token"` }).end()
    })

    const { message } = await failureOf(repositoryAt(server.host, { credential }).tags())

    expect(message).toContain('no Basic ***')
  })
})
