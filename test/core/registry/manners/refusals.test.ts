import { describe, expect, it } from 'vitest'
import { pullChart } from '../../../../src/core/operations/pullChart.ts'
import { pushChart } from '../../../../src/core/operations/pushChart.ts'
import { instead } from '../../../support/faultRegistry/breaking.ts'
import { empty, errorAnswer, json, text } from '../../../support/faultRegistry/exchange.ts'
import { distribution3, zot } from '../../../support/faultRegistry/manners.ts'
import { stock } from '../../../support/faultRegistry/stock.ts'
import { failureOf } from '../scriptedServer.ts'
import { always, everyManners, once, visit, type Visit } from './visit.ts'
import { planted } from '../../../support/planted/secrets.ts'

const alice = { username: 'alice', password: planted.password }
const mallory = { ...alice, password: 'guessed' }

describe.each(everyManners)('somebody at %s', (_name, manners) => {
  it('with a login pulls and pushes', async () => {
    const visitor = await visit({ manners, admission: 'password', account: alice }, alice)
    await stock(visitor.registry)

    await pullChart(visitor.cache, visitor.registries, visitor.reference())
    await pushChart(visitor.cache, visitor.registries, await visitor.prepare())

    expect(visitor.registry.store.manifest('team/new', '1.0.0')).toBeDefined()
  })

  it('with a wrong password is told where it came from', async () => {
    const visitor = await visit({ manners, admission: 'password', account: alice }, mallory)

    expect(await failureOf(pull(visitor))).toEqual({
      kind: 'unauthorized',
      message: expect.stringMatching(
        /^\S+ rejected the login from ~\/\.docker\/config\.json \(it offers Basic, realm "(?:registry|zot)"\)\.$/,
      ) as string,
    })
  })

  it('without a login is told that one is wanted', async () => {
    const visitor = await visit({ manners, admission: 'password', account: alice })

    expect(await failureOf(pull(visitor))).toMatchObject({
      kind: 'unauthorized',
      message: expect.stringContaining('wants a login') as string,
    })
  })

  it('asks for one token for all that a push reads and writes, in whatever order actions are named', async () => {
    const visitor = await visit({ manners, admission: 'token', account: alice }, alice)
    await pushChart(visitor.cache, visitor.registries, await visitor.prepare())

    const asked = visitor.registry.heard.filter(({ url }) => url.pathname === '/token')
    expect(asked.map(({ url }) => url.searchParams.getAll('scope')).sort()).toEqual([
      ['repository:team/new:pull'],
      ['repository:team/new:pull,push'],
    ])
  })
})

describe('a registry that lets everybody read', () => {
  it('is not told who somebody is, although it offers a login with every answer', async () => {
    const visitor = await visit({ manners: zot, admission: 'readers', account: alice }, mallory)
    await stock(visitor.registry)

    await pull(visitor)

    expect(visitor.registry.heard.map(({ headers }) => headers['authorization'])).toEqual(
      visitor.registry.heard.map(() => undefined),
    )
  })

  it('proves no login with its 200, and is asked once more with the password', async () => {
    const visitor = await visit({ manners: zot, admission: 'readers', account: alice })
    const registry = visitor.registries.registry(visitor.registry.host)
    const login = { ...mallory, origin: 'this login' }

    expect((await failureOf(registry.verifyLogin(login))).kind).toBe('unauthorized')
    await registry.verifyLogin({ ...alice, origin: 'this login' })
  })

  it('wants a login for a push', async () => {
    const visitor = await visit({ manners: zot, admission: 'readers', account: alice }, alice)
    await pushChart(visitor.cache, visitor.registries, await visitor.prepare())

    expect(visitor.registry.store.manifest('team/new', '1.0.0')).toBeDefined()
  })
})

describe('a registry that forbids', () => {
  it('with 403 is not asked again, whatever it offers', async () => {
    const denied = errorAnswer(403, 'DENIED', 'requested access to the resource is denied', {
      'www-authenticate': 'basic realm=zot',
    })
    const visitor = await visit(
      {
        manners: zot,
        admission: 'password',
        account: alice,
        fault: always(
          'manifest',
          instead(() => denied),
        ),
      },
      alice,
    )

    expect(await failureOf(pull(visitor))).toEqual({
      kind: 'forbidden',
      message: `${visitor.registry.host} does not allow this for ${visitor.reference()}: requested access to the resource is denied.`,
    })
    expect(visitor.count('GET', /manifests/)).toBe(2)
  })

  it('with 401 and too little scope, as distribution 3, is forbidden and no matter of the password', async () => {
    const visitor = await visit(
      {
        manners: distribution3,
        admission: 'token',
        account: alice,
        fault: always(
          'upload open',
          instead(({ refuse }) => refuse('insufficient_scope')),
        ),
      },
      alice,
    )
    const pushing = pushChart(visitor.cache, visitor.registries, await visitor.prepare())

    expect(await failureOf(pushing)).toMatchObject({
      kind: 'forbidden',
      message: expect.stringContaining('may not push') as string,
    })
  })

  it('with 401 because the token is no good any more gets another one', async () => {
    const visitor = await visit(
      {
        manners: distribution3,
        admission: 'token',
        account: alice,
        fault: once(
          'blob',
          instead(({ refuse }) => refuse('invalid_token')),
        ),
      },
      alice,
    )
    await stock(visitor.registry)

    await pull(visitor)

    expect(visitor.count('GET', /^\/token$/)).toBeGreaterThan(1)
  })
})

describe('an answer of an error', () => {
  it.each([
    ['404 without a body', empty(404), 'not-found', 'was not found at the registry.'],
    ['404 as text', text(404, '404 page not found\n'), 'not-found', 'was not found at the registry.'],
    [
      '404 as a web page',
      text(404, '<h1>404</h1>', 'text/html'),
      'not-found',
      'was not found at the registry.',
    ],
    ['405 without a body', empty(405), 'unsupported', 'does not support this for'],
    ['405 as text', text(405, 'Method Not Allowed'), 'unsupported', ': Method Not Allowed.'],
    ['403 without a list', json(403, { code: 'DENIED', message: 'not you' }), 'forbidden', ': not you.'],
    ['403 with an empty list', json(403, { errors: [] }), 'forbidden', 'does not allow this for'],
    ['403 with a list of nothing', json(403, { errors: [null] }), 'forbidden', 'does not allow this for'],
    ['501 without a body', empty(501), 'unsupported', 'does not support this for'],
    ['400 of TLS', text(400, 'Client sent an HTTP request to an HTTPS server.'), 'tls', 'wants HTTPS'],
    [
      '400 of TLS by nginx',
      text(400, '<center>The plain HTTP request was sent to HTTPS port</center>', 'text/html'),
      'tls',
      'wants HTTPS',
    ],
    [
      '400 of TLS by Apache',
      text(400, "<p>Reason: You're speaking plain HTTP to an SSL-enabled server port.", 'text/html'),
      'tls',
      'wants HTTPS',
    ],
  ])('%s becomes a sentence', async (_what, answer, kind, sentence) => {
    const visitor = await visit({
      fault: always(
        'manifest',
        instead(() => answer),
      ),
    })

    expect(await failureOf(pull(visitor))).toEqual({
      kind,
      message: expect.stringContaining(sentence) as string,
    })
  })
})

async function pull({ cache, registries, ...visitor }: Visit): Promise<void> {
  await pullChart(cache, registries, `${visitor.registry.host}/team/chart:1.0.0`)
}
