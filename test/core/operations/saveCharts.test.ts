import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ChartCache } from '../../../src/core/cache/cache.ts'
import { observeSteps } from '../../../src/core/base/files.ts'
import { saveChart } from '../../../src/core/operations/saveChart.ts'
import { saveCharts } from '../../../src/core/operations/saveCharts.ts'
import { writeChart } from '../../support/sampleChart.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

describe('saving many charts', () => {
  it('gives each what saving it alone gives', async () => {
    const charts = await chartsNamed(['one', 'two', 'three'])
    const [together, alone] = [await emptyCache(), await emptyCache()]

    const outcomes = await saveCharts(together, charts)

    for (const [position, { path, reference }] of charts.entries()) {
      const { digest, manifestDigest } = await saveChart(alone, path, reference)
      expect(outcomes[position]?.value).toMatchObject({ reference, digest, manifestDigest, warnings: [] })
    }
    expect(await together.names()).toEqual(await alone.names())
  })

  it('changes the index once', async () => {
    const cache = await emptyCache()
    const charts = await chartsNamed(Array.from({ length: 20 }, (_, chart) => `chart-${chart}`))
    let changes = 0
    const stop = observeSteps((step, path) => {
      if (step === 'rename' && path === join(cache.root, 'index.json')) changes += 1
    })

    await saveCharts(cache, charts)
    stop()

    expect(changes).toBe(1)
    expect(await cache.names()).toHaveLength(20)
  })

  it('reports each failure for itself, and saves the others', async () => {
    const cache = await emptyCache()
    const [good, other] = await chartsNamed(['good', 'other'])
    const bad = await writeChart(await temporaryDirectory(), 'bad', 'no version')

    const outcomes = await saveCharts(cache, [
      { path: join(bad, 'missing') },
      good!,
      { path: bad, reference: 'localhost:5000/team/bad:1' },
      { path: other!.path, reference: 'not a reference' },
      other!,
    ])

    expect(outcomes.map(({ error }) => error)).toMatchObject([
      { kind: 'not-found' },
      undefined,
      { kind: 'invalid-chart' },
      { kind: 'invalid-reference' },
      undefined,
    ])
    expect(await cache.names()).toEqual([good?.reference, other?.reference])
  })

  it('writes nothing where no chart can be read', async () => {
    const cache = new ChartCache(join(await temporaryDirectory(), 'none'))

    const [outcome] = await saveCharts(cache, [{ path: '/nowhere' }])

    expect(outcome?.error).toMatchObject({ kind: 'not-found' })
    await expect(stat(cache.root)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('lets the last of several with one reference count', async () => {
    const cache = await emptyCache()
    const [first, last] = await chartsNamed(['first', 'last'])
    const reference = 'localhost:5000/team/same:1'

    await saveCharts(cache, [
      { path: first!.path, reference },
      { path: last!.path, reference },
    ])

    expect(await cache.list()).toMatchObject([{ reference, name: 'last' }])
  })

  it('saves none where it is stopped', async () => {
    const cache = await emptyCache()
    const stop = new AbortController()
    const charts = await chartsNamed(['one', 'two', 'three'])

    const saving = saveCharts(cache, charts, {
      signal: stop.signal,
      onProgress: () => {
        stop.abort()
      },
    })

    await expect(saving).rejects.toMatchObject({ name: 'AbortError' })
    expect(await cache.names()).toEqual([])
  })

  it('says how many bytes are stored of all', async () => {
    const cache = await emptyCache()
    const progress: number[] = []

    const outcomes = await saveCharts(cache, await chartsNamed(['one', 'two']), {
      onProgress: ({ done }) => progress.push(done),
    })

    const sizes = outcomes.map(({ value }) => value?.size ?? 0)
    expect(progress.at(-1)).toBe(sizes.reduce((sum, size) => sum + size, 0))
  })

  it('leaves the old index where it cannot be replaced', async () => {
    const cache = await emptyCache()
    await saveCharts(cache, await chartsNamed(['one']))
    const index = join(cache.root, 'index.json')
    const before = await readFile(index, 'utf8')
    const stop = observeSteps((step, path) => {
      if (step === 'rename' && path === index) throw new Error('the disk is gone')
    })

    const saving = saveCharts(cache, await chartsNamed(['two', 'three']))

    await expect(saving).rejects.toThrow('the disk is gone')
    stop()
    expect(await readFile(index, 'utf8')).toBe(before)
  })
})

async function emptyCache(): Promise<ChartCache> {
  return new ChartCache(await temporaryDirectory())
}

async function chartsNamed(names: readonly string[]): Promise<{ path: string; reference: string }[]> {
  const parent = await temporaryDirectory()
  return await Promise.all(
    names.map(async (name) => ({
      path: await writeChart(parent, name),
      reference: `localhost:5000/team/${name}:0.1.0`,
    })),
  )
}
