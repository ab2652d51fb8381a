import { describe, expect, it } from 'vitest'
import {
  kindOf,
  pullCharts,
  pushCharts,
  Registries,
  type ChartOutcome,
  type Progress,
} from '../../../src/core/index.ts'
import { atRegistries } from '../../../src/core/operations/atRegistries.ts'
import { startCountingProxy } from '../../support/countingProxy.ts'
import { localRegistry } from '../../support/localRegistry.ts'
import { storeChart } from '../../support/storedChart.ts'
import { workplace } from '../../support/workplace.ts'
import { answerJson, startServer } from '../registry/scriptedServer.ts'

const names = Array.from({ length: 8 }, (_, index) => `chart-${index}`)

describe('pushing many charts', () => {
  it('pushes each, and a second time sends no blob', async () => {
    const { proxy, place, references } = await charts()

    const outcomes = await pushCharts(place.cache, place.registries, references)

    expect(outcomes.map(({ reference, value }) => [reference, value?.reference])).toEqual(
      references.map((reference) => [reference, reference]),
    )
    expect(proxy.lines().filter((line) => /^PUT .*digest=/.test(line))).toHaveLength(2 * references.length)

    proxy.clear()
    await pushCharts(place.cache, place.registries, references)

    expect(countOf(proxy.requests)).toEqual({ HEAD: 2 * references.length, PUT: references.length })
  })

  it('is held up by a slow registry at that one only', async () => {
    const [slow, fast] = [await charts(), await charts()]
    const registries = new Registries({ findCredential: () => Promise.resolve(undefined) })
    slow.proxy.hold(/\/blobs\//)
    const done: string[] = []
    const all = [...slow.references, ...fast.references]
    for (const reference of slow.references) {
      await fast.place.cache.tag(await slow.place.cache.resolve(reference), reference)
    }
    const pushing = pushCharts(fast.place.cache, registries, all, {
      onOutcome: ({ reference }) => {
        done.push(reference)
        if (done.length === fast.references.length) slow.proxy.release()
      },
    })

    await pushing

    expect(new Set(done.slice(0, fast.references.length))).toEqual(new Set(fast.references))
  })

  it('goes on after one that fails, and says which and why', async () => {
    const { place, references } = await charts()
    const asked = [
      ...references.slice(0, 3),
      'localhost:1/team/mychart:1',
      'not a reference',
      ...references.slice(3),
    ]
    await storeChart(place.cache, 'localhost:1/team/mychart:1')

    const outcomes = await pushCharts(place.cache, place.registries, asked)

    expect(outcomes.map(({ reference }) => reference)).toEqual(asked)
    expect(failuresOf(outcomes)).toEqual([
      [3, 'unavailable'],
      [4, 'invalid-reference'],
    ])
  })

  it('reports the bytes of all of them together', async () => {
    const { place, references } = await charts()
    const reported: Progress[] = []

    const outcomes = await pushCharts(place.cache, place.registries, references, {
      onProgress: (progress) => reported.push(progress),
    })

    const done = reported.map((progress) => progress.done)
    expect(done).toEqual(done.toSorted((one, other) => one - other))
    const { done: last = 0, total } = reported.at(-1) ?? {}
    expect(last).toBe(total)
    expect(last).toBeGreaterThan(outcomes.reduce((sum, { value }) => sum + (value?.total ?? 0), 0))
  })

  it('tells the seconds that a registry asks to wait as they are, and never adds them to bytes', async () => {
    const reported: Progress[] = []
    const waiting = { step: 'waiting', done: 1, total: 7 } as const

    await atRegistries(
      ['localhost:1/team/one:1', 'localhost:1/team/two:1'],
      { onProgress: (progress) => reported.push(progress) },
      async (_reference, { onProgress }) => {
        onProgress?.({ step: 'pushing', done: 100, total: 200 })
        onProgress?.(waiting)
        await Promise.resolve()
        onProgress?.({ step: 'pushing', done: 200, total: 200 })
      },
    )

    expect(reported.filter(({ step }) => step === 'waiting')).toEqual([waiting, waiting])
    expect(reported.filter(({ step }) => step !== 'waiting')).toEqual([
      { step: 'pushing', done: 100 },
      { step: 'pushing', done: 200, total: 400 },
      { step: 'pushing', done: 300, total: 400 },
      { step: 'pushing', done: 400, total: 400 },
    ])
  })

  it('ends when it is stopped, when nothing is under way any more, and has told what was done before', async () => {
    const { proxy, place, references } = await charts()
    const controller = new AbortController()
    const told: ChartOutcome<unknown>[] = []

    const pushing = pushCharts(place.cache, place.registries, references, {
      signal: controller.signal,
      onOutcome: (outcome) => {
        told.push(outcome)
        if (told.length === 2) controller.abort()
      },
    })

    await expect(pushing).rejects.toMatchObject({ name: 'AbortError' })
    const requests = proxy.requests.length
    const tagged = proxy.lines().filter((line) => /^PUT .*\/manifests\/.* 201$/.test(line))
    expect(failuresOf(told)).toEqual([])
    expect(tagged.length).toBeGreaterThanOrEqual(2)
    expect(tagged.length).toBeLessThan(references.length)
    await new Promise((resolve) => setImmediate(resolve))
    expect(proxy.requests).toHaveLength(requests)
  })

  it('asks for one token a repository, and for none a second time', async () => {
    const tokens: (string | null)[] = []
    const server = await startServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://localhost')
      request.resume()
      if (url.pathname === '/token') {
        tokens.push(url.searchParams.get('scope'))
        answerJson(response, { token: 't' })
      } else if (request.headers.authorization !== 'Bearer t') {
        const realm = `Bearer realm="http://${request.headers.host ?? ''}/token",service="tests"`
        response.writeHead(401, { 'www-authenticate': realm }).end()
      } else if (request.method === 'HEAD') response.writeHead(200).end()
      else response.writeHead(201).end()
    })
    const place = await workplace()
    const references = names.flatMap((name) => [
      `${server.host}/team/${name}:1`,
      `${server.host}/team/${name}:2`,
    ])
    for (const reference of references) await storeChart(place.cache, reference)

    const outcomes = await pushCharts(place.cache, place.registries, references)

    expect(failuresOf(outcomes)).toEqual([])
    expect(tokens.toSorted()).toEqual([...new Set(tokens)].toSorted())
  })
})

describe('pulling many charts', () => {
  it('brings each into the cache, and goes on after one that is not there', async () => {
    const { place, references } = await charts()
    await pushCharts(place.cache, place.registries, references)
    const { cache, registries } = await workplace()
    const [first = '', ...others] = references
    const missing = first.replace(/:[^:]*$/, ':missing')

    const outcomes = await pullCharts(cache, registries, [missing, ...others])

    expect(failuresOf(outcomes)).toEqual([[0, 'not-found']])
    expect(await cache.names()).toEqual(others.toSorted())
    expect(outcomes.flatMap(({ value }) => value?.isNewer ?? [])).toEqual(others.map(() => true))
  })
})

/** Charts in a cache, to be pushed to a registry of their own that counts requests. */
async function charts() {
  const proxy = await startCountingProxy((await localRegistry()).host)
  const place = await workplace()
  const references = names.map((name) => `${proxy.host}/team/${name}:0.1.0`)
  for (const [index, reference] of references.entries()) {
    await storeChart(place.cache, reference, { name: names[index] ?? '' })
  }
  return { proxy, place, references }
}

function failuresOf(outcomes: readonly ChartOutcome<unknown>[]): unknown[] {
  return outcomes.flatMap(({ position, error }) => (error === undefined ? [] : [[position, kindOf(error)]]))
}

function countOf(requests: readonly { readonly method: string }[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { method } of requests) counts[method] = (counts[method] ?? 0) + 1
  return counts
}
