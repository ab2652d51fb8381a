import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Credential } from '../../../../src/core/base/credential.ts'
import { diagnoseRegistry, diagnosisReport, type Diagnosis } from '../../../../src/core/index.ts'
import type { HostOptions } from '../../../../src/core/registry/hosts/hostOptions.ts'
import { answerError, answerJson, registriesAt, startServer, type Script } from '../scriptedServer.ts'
import { outline, stepOf } from './outline.ts'
import { mark, planted } from '../../../support/planted/secrets.ts'
import { holdsSecret } from '../../../support/planted/search.ts'

const alice = { username: 'alice', password: planted.password, origin: '~/.docker/config.json' }
const asAlice = `Basic ${Buffer.from(`alice:${planted.password}`).toString('base64')}`

async function diagnosisOf(
  host: string,
  credential?: Partial<Credential>,
  options: HostOptions = { plainHttp: true },
): Promise<Diagnosis> {
  return await diagnoseRegistry(
    registriesAt(host, { options, ...(credential === undefined ? {} : { credential }) }),
    host,
  )
}

const basicRegistry: Script = (request, response) => {
  if (request.headers.authorization === asAlice) answerJson(response, { repositories: [] })
  else response.writeHead(401, { 'www-authenticate': 'Basic realm="tests"' }).end()
}

interface BearerOptions {
  /** Where the registry sends its clients; `HOST` is its own. */
  readonly realm?: string
  readonly token?: string
  /** Status of the token server. */
  readonly status?: number
}

/** A registry and its token server in one. */
function bearerRegistry({
  realm = 'http://HOST/token',
  token = 'token-1',
  status = 200,
}: BearerOptions): Script {
  return (request, response) => {
    if (request.url?.startsWith('/token') === true) {
      if (status === 200) answerJson(response, { token, expires_in: 300 })
      else answerError(response, status, 'UNAUTHORIZED', 'no')
    } else if (request.headers.authorization === `Bearer ${token}`) {
      if (request.url === '/v2/_catalog') answerError(response, 403, 'DENIED', 'not for you')
      else answerJson(response, {})
    } else {
      const where = realm.replace('HOST', request.headers.host ?? '')
      response
        .writeHead(401, {
          'www-authenticate': `Bearer realm="${where}",service="tests",scope="registry:catalog:*"`,
        })
        .end()
    }
  }
}

/** A signed token, as a real token server makes them. */
function jwt(access: unknown): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'ES256' })}.${part({ sub: 'alice', jti: 'secret-id', access })}`
  return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`
}

describe('a registry that wants user name and password', () => {
  it('and takes those that are there works', async () => {
    const { host } = await startServer(basicRegistry)
    const diagnosis = await diagnosisOf(host, alice)

    expect(diagnosis.verdict).toEqual({ works: true, message: `The connection to ${host} works.` })
    expect(stepOf(diagnosis, 'challenge')).toMatchObject({
      summary: 'Basic',
      facts: { offers: ['basic'], realm: 'tests' },
    })
    expect(stepOf(diagnosis, 'login')).toMatchObject({
      summary: 'alice, from ~/.docker/config.json',
      facts: { user: 'alice', from: '~/.docker/config.json' },
    })
    expect(stepOf(diagnosis, 'catalogue').facts).toEqual({ firstPage: 0, more: false })
  })

  it('and gets none says that it wants one', async () => {
    const { host } = await startServer(basicRegistry)

    expect((await diagnosisOf(host)).verdict).toEqual({
      works: false,
      kind: 'unauthorized',
      message: `${host} wants a login (it offers Basic, realm "tests").`,
      advice: `Log in to ${host}.`,
    })
  })

  it('and refuses those that are there is told with where they come from', async () => {
    const { host } = await startServer(basicRegistry)

    expect((await diagnosisOf(host, { ...alice, password: 'old' })).verdict).toMatchObject({
      kind: 'unauthorized',
      message: `${host} rejected the login from ~/.docker/config.json (it offers Basic, realm "tests").`,
    })
  })

  it('is asked as nobody where the login must not be sent', async () => {
    const server = await startServer(basicRegistry)
    const registries = registriesAt(server.host, { credential: alice })
    const diagnosis = await diagnoseRegistry(registries, server.host, { anonymous: true })

    expect(diagnosis.verdict.kind).toBe('unauthorized')
    expect(outline(diagnosis)).not.toContain('login ok')
    expect(server.seen.every(({ authorization }) => authorization === undefined)).toBe(true)
  })

  it('in ways that nobody here knows is told with them', async () => {
    const { host } = await startServer((_request, response) => {
      response.writeHead(401, { 'www-authenticate': 'Negotiate, NTLM' }).end()
    })

    expect((await diagnosisOf(host, alice)).verdict).toMatchObject({
      kind: 'unsupported',
      message: `${host} wants a login but offers negotiate, ntlm alone; Chartroom knows Basic and Bearer.`,
    })
  })
})

describe('a registry with a token server', () => {
  it('is told with what the token allows and how long, and that the catalogue is not part of it', async () => {
    const token = jwt([{ type: 'repository', name: 'team/chart', actions: ['pull', 'push'] }])
    const { host } = await startServer(bearerRegistry({ token }))
    const diagnosis = await diagnosisOf(host, alice)

    expect(diagnosis.verdict).toMatchObject({
      works: true,
      message: expect.stringMatching(
        /works\. Catalogue: .* does not list its repositories for this login/,
      ) as string,
      advice: expect.stringContaining('Pin the repositories') as string,
    })
    expect(stepOf(diagnosis, 'token')).toMatchObject({
      state: 'ok',
      facts: { kind: 'JWT', grants: ['repository:team/chart:pull,push'], lifetimeSeconds: 295 },
    })
    expect(stepOf(diagnosis, 'challenge').facts).toEqual({
      offers: ['bearer'],
      chosen: 'bearer',
      realm: `http://${host}`,
      service: 'tests',
      scope: 'registry:catalog:*',
      trusted: 'yes, the same host',
    })
  })

  it('whose tokens cannot be read works as well', async () => {
    const { host } = await startServer(bearerRegistry({}))

    expect(stepOf(await diagnosisOf(host), 'token')).toMatchObject({
      summary: 'the registry takes a token for anybody',
      facts: { kind: 'it cannot be read' },
    })
  })

  it('that refuses the login is told', async () => {
    const { host } = await startServer(bearerRegistry({ status: 401 }))
    const diagnosis = await diagnosisOf(host, alice)

    expect(diagnosis.verdict.message).toContain('rejected the login from ~/.docker/config.json')
    expect(outline(diagnosis)).toContain('token failed')
  })

  it('under a name that may not have the login is named, and nothing goes there', async () => {
    const elsewhere = await startServer(bearerRegistry({}))
    const port = elsewhere.host.slice('127.0.0.1:'.length)
    const { host } = await startServer(
      bearerRegistry({ realm: `http://tokens.invalid:${port}/token?key=secret` }),
    )
    const diagnosis = await diagnosisOf(host, alice)

    expect(stepOf(diagnosis, 'challenge')).toMatchObject({
      state: 'warning',
      facts: { realm: `http://tokens.invalid:${port}`, trusted: 'no' },
    })
    expect(diagnosis.verdict).toMatchObject({
      kind: 'refused',
      message: `${host} wants your login to be sent to tokens.invalid:${port}, which is not known to belong to it. It was not sent.`,
      advice: expect.stringContaining('trust it for this registry') as string,
    })
    expect(elsewhere.seen).toEqual([])
  })

  it('that is not named is told', async () => {
    const { host } = await startServer((_request, response) => {
      response.writeHead(401, { 'www-authenticate': 'Bearer service="tests"' }).end()
    })

    expect((await diagnosisOf(host, alice)).verdict).toMatchObject({
      kind: 'unsupported',
      message: `${host} wants a token but does not say where to get one.`,
    })
  })
})

describe('a registry without a catalogue', () => {
  it.each([404, 405])('(%d) works, with a word about what to do', async (status) => {
    const { host } = await startServer((request, response) => {
      if (request.url === '/v2/') answerJson(response, {})
      else response.writeHead(status).end()
    })
    const diagnosis = await diagnosisOf(host)

    expect(diagnosis.verdict.works).toBe(true)
    expect(stepOf(diagnosis, 'catalogue')).toMatchObject({
      state: 'warning',
      facts: { refusedWith: 'unsupported' },
    })
  })
})

describe('what is no registry', () => {
  it.each([
    ['a web page for everything', 200, { 'content-type': 'text/html' }, 'with a web page'],
    ['nothing there', 404, {}, 'GET /v2/ gives 404'],
    [
      'another place',
      302,
      { location: 'https://user:pass@www.example.com/login?token=x' },
      'leads to https://www.example.com',
    ],
  ])('but has %s is told', async (_, status, headers, words) => {
    const { host } = await startServer((_request, response) => {
      response.writeHead(status, headers).end()
    })

    const { verdict } = await diagnosisOf(host)
    expect(verdict.kind).toBe('unsupported')
    expect(verdict.message).toContain(words)
  })

  it('or cannot answer at the moment is told with its status', async () => {
    const { host } = await startServer((_request, response) => {
      response.writeHead(503).end()
    })

    expect((await diagnosisOf(host)).verdict).toMatchObject({
      kind: 'unavailable',
      message: `${host} cannot answer at the moment (status 503).`,
    })
  })
})

describe('clocks that differ', () => {
  it('are a warning', async () => {
    const { host } = await startServer((_request, response) => {
      answerJson(response, { repositories: [] }, { date: new Date(Date.now() - 3_600_000).toUTCString() })
    })
    const clock = stepOf(await diagnosisOf(host), 'clock')

    expect(clock.state).toBe('warning')
    expect(clock.summary).toMatch(/^this machine is 36\d\d s ahead of the registry$/)
  })
})

describe('a diagnosis', () => {
  it('holds no secret, whoever repeats it, and wherever', async () => {
    const token = jwt([{ type: 'repository', name: planted.password, actions: [planted.password] }])
    const echo = `${planted.password} ${asAlice} ${token} ${planted.refreshToken}`
    const { host } = await startServer((request, response) => {
      const headers = {
        server: echo,
        'docker-distribution-api-version': echo,
        date: echo,
        'www-authenticate': `Bearer realm="http://${mark}:pw-in-url@${request.headers.host ?? ''}/token?sig=query-secret",service="${echo}",scope="repository:${planted.password}:pull"`,
      }
      if (request.url?.startsWith('/token') === true) answerJson(response, { token })
      else if (request.headers.authorization === undefined) response.writeHead(401, headers).end(echo)
      else if (request.url === '/v2/') response.writeHead(200, headers).end(echo)
      else {
        response
          .writeHead(403, { ...headers, 'content-type': 'application/json' })
          .end(JSON.stringify({ errors: [{ code: 'DENIED', message: echo }] }))
      }
    })
    const diagnosis = await diagnosisOf(
      host,
      { ...alice, identityToken: planted.refreshToken },
      { plainHttp: true, trustedRealms: ['https://user:pw-in-setting@tokens.example.com'] },
    )

    const texts = [JSON.stringify(diagnosis), ...diagnosisReport(diagnosis)].join('\n')
    for (const secret of [
      ...['pw-in-url', 'pw-in-setting', 'query-secret'],
      ...[token, token.split('.')[2] ?? '', 'secret-id'],
    ])
      expect(texts).not.toContain(secret)
    expect(holdsSecret(texts)).toBe(false)
    expect(outline(diagnosis)).toContain('catalogue warning')
  })

  it('shows text of strangers on one line each, and not too much of it', async () => {
    const { host } = await startServer((_request, response) => {
      answerJson(response, { repositories: [] }, { server: `\u009b31m${'x'.repeat(5000)}` })
    })
    const { facts } = stepOf(await diagnosisOf(host), 'ping')

    expect(facts['server']).toBe(`31m${'x'.repeat(197)}…`)
  })

  it('can be read as text', async () => {
    const { host } = await startServer(basicRegistry)
    const lines = diagnosisReport(await diagnosisOf(host, alice))

    expect(lines[0]).toBe(`Connection to ${host}`)
    expect(lines[1]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z, chartroom, Node [\d.]+, \w+$/)
    expect(lines[3]).toBe(`The connection to ${host} works.`)
    expect(lines).toContainEqual(expect.stringMatching(/^ok {7}Ping {8} *\d+ ms {3}GET \/v2\/ gives 401$/))
    expect(lines).toContain('          user: alice')
  })
})
