import { describe, expect, it } from 'vitest'
import { copyChart } from '../../../../src/core/operations/copyChart.ts'
import { pushChart } from '../../../../src/core/operations/pushChart.ts'
import { changed, instead, silently } from '../../../support/faultRegistry/breaking.ts'
import { empty, errorAnswer } from '../../../support/faultRegistry/exchange.ts'
import { distribution2, distribution3, zot } from '../../../support/faultRegistry/manners.ts'
import { stock } from '../../../support/faultRegistry/stock.ts'
import { failureOf } from '../scriptedServer.ts'
import { always, everyManners, once, visit } from './visit.ts'
import { planted } from '../../../support/planted/secrets.ts'

const alice = { username: 'alice', password: planted.password }

describe.each(everyManners)('a push to %s', (_name, manners) => {
  it('goes to where each answer says, and every blob arrives in one upload of one part', async () => {
    const visitor = await visit({ manners })
    const pushed = await pushChart(visitor.cache, visitor.registries, await visitor.prepareLarge())

    expect(visitor.registry.store.manifest('team/new', '1.0.0')).toBeDefined()
    expect(visitor.registry.store.uploads.size).toBe(0)
    expect(pushed.reference).toBe(visitor.reference('team/new:1.0.0'))
    const counts = ['POST', 'PATCH', 'PUT'].map((method) => visitor.count(method, /\/blobs\/uploads\//))
    // The config is small: it goes with the request that closes its upload.
    expect(counts).toEqual([2, 1, 2])
  })

  it('names the newest state of an upload, as it was given', async () => {
    const visitor = await visit({ manners })
    await pushChart(visitor.cache, visitor.registries, await visitor.prepareLarge())

    const part = visitor.registry.heard.find(({ method }) => method === 'PATCH')
    const states = visitor.registry.heard
      .filter(({ url }) => url.pathname === part?.url.pathname)
      .map(({ method, url }) => [method, url.searchParams.get('_state')])
    expect(states).toEqual(
      manners.location === 'absolute'
        ? [
            ['PATCH', 'a+b/1=='],
            ['PUT', 'a+b/2=='],
          ]
        : [
            ['PATCH', null],
            ['PUT', null],
          ],
    )
  })

  it('sends no chunk that could overlap another: a second try is another upload', async () => {
    const visitor = await visit({ manners, fault: once('upload content', silently('reset')) })
    await pushChart(visitor.cache, visitor.registries, await visitor.prepareLarge())

    const chunks = visitor.registry.heard.filter(({ method }) => method === 'PATCH')
    expect(new Set(chunks.map(({ url }) => url.pathname)).size).toBe(2)
    expect(chunks.map(({ headers }) => headers['content-range'])).toEqual([undefined, undefined])
  })

  it('never asks for an upload in one request, which only some understand', async () => {
    const visitor = await visit({ manners })
    await pushChart(visitor.cache, visitor.registries, await visitor.prepareLarge())

    const opened = visitor.registry.heard.filter(({ method }) => method === 'POST')
    expect(opened.map(({ url, body }) => [url.search, body.length])).toEqual([
      ['', 0],
      ['', 0],
    ])
  })

  it('writes the last slash, without which an answer is a redirect or none', async () => {
    const visitor = await visit({ manners })
    await visitor.registries.registry(visitor.registry.host).ping()
    await pushChart(visitor.cache, visitor.registries, await visitor.prepareLarge())

    expect(visitor.asked.filter((line) => /\/v2$|\/uploads$/.test(line))).toEqual([])
  })
})

describe('an upload that the registry does not know any more', () => {
  it.each([
    [404, distribution2],
    [416, distribution3],
  ])('with status %d is begun anew', async (status, manners) => {
    const lost = instead(() => errorAnswer(status, 'BLOB_UPLOAD_UNKNOWN'))
    const visitor = await visit({ manners, fault: once('upload close', lost) })
    await pushChart(visitor.cache, visitor.registries, await visitor.prepareLarge())

    expect(visitor.count('POST', /uploads/)).toBe(3)
  })

  it('twice is an error that says so', async () => {
    const lost = instead(() => errorAnswer(404, 'BLOB_UPLOAD_UNKNOWN'))
    const visitor = await visit({ fault: always('upload content', lost) })
    const pushing = pushChart(visitor.cache, visitor.registries, await visitor.prepareLarge())

    expect(await failureOf(pushing)).toEqual({
      kind: 'unavailable',
      message: expect.stringMatching(
        /^\S+ does not know the upload of Blob \w{7} of \S+\/team\/new any more\.$/,
      ) as string,
    })
  })

  it('because somebody gave its older location is begun anew', async () => {
    const stale = changed((good) => ({
      ...good,
      headers: { location: good.headers['location']?.replace('%2F1', '%2F0') ?? '' },
    }))
    const visitor = await visit({ manners: distribution3, fault: once('upload open', stale) })
    await pushChart(visitor.cache, visitor.registries, await visitor.prepareLarge())

    expect(visitor.count('POST', /uploads/)).toBe(3)
  })
})

describe('a copy within a registry', () => {
  it.each([
    [distribution2, 0],
    [distribution3, 0],
    [zot, 2],
  ])('takes over what $name lets it, and sends the rest', async (manners, sent) => {
    const visitor = await visit({ manners })
    await stock(visitor.registry)

    await copyChart(visitor, visitor.reference(), visitor.reference('team/other:1.0.0'))

    expect(visitor.count('PUT', /uploads/)).toBe(sent)
    const asked = visitor.registry.heard.filter(({ method }) => method === 'POST')
    expect(asked.map(({ url }) => url.searchParams.get('from'))).toEqual(['team/chart', 'team/chart'])
    expect(visitor.registry.store.manifest('team/other', '1.0.0')).toBeDefined()
  })

  it('reads both scopes of a challenge that names two', async () => {
    const visitor = await visit({ admission: 'token', account: alice }, alice)
    await stock(visitor.registry)

    await copyChart(visitor, visitor.reference(), visitor.reference('team/other:1.0.0'))

    const scopes = visitor.registry.heard
      .filter(({ url }) => url.pathname === '/token')
      .map(({ url }) => url.searchParams.getAll('scope'))
    expect(scopes).toContainEqual(['repository:team/other:pull,push', 'repository:team/chart:pull'])
    expect(scopes).toHaveLength(new Set(scopes.map((scope) => scope.join(' '))).size)
  })
})

describe('a registry that says of a chunk that the blob is stored', () => {
  const created = changed((good) => ({ ...good, status: 201 }))

  it('may still want the upload to be closed', async () => {
    const visitor = await visit({ fault: always('upload content', created) })
    await pushChart(visitor.cache, visitor.registries, await visitor.prepareLarge())

    expect(visitor.count('PUT', /uploads/)).toBe(2)
  })

  it('may refuse to have it closed, where it has the blob', async () => {
    const visitor = await visit({
      fault: (exchange) => {
        if (exchange.operation === 'upload content') {
          const { repository, body } = { repository: 'team/new', body: exchange.asked.body }
          visitor.registry.store.addBlob(repository, body)
          created(exchange)
        } else if (exchange.operation === 'upload close' && exchange.asked.body.length === 0) {
          instead(() => empty(400))(exchange)
        } else return false
        return true
      },
    })
    await pushChart(visitor.cache, visitor.registries, await visitor.prepareLarge())

    expect(visitor.registry.store.manifest('team/new', '1.0.0')).toBeDefined()
  })

  it('and refuses to have it closed without having it, fails', async () => {
    const visitor = await visit({
      fault: (exchange) => {
        if (exchange.operation === 'upload content') created(exchange)
        else if (exchange.operation === 'upload close') instead(() => empty(400))(exchange)
        else return false
        return true
      },
    })
    const pushing = pushChart(visitor.cache, visitor.registries, await visitor.prepareLarge())

    expect((await failureOf(pushing)).kind).toBe('refused')
  })
})
