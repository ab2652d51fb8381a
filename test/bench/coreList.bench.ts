import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { ChartCache } from '../../src/core/cache/cache.ts'
import { saveChart } from '../../src/core/operations/saveChart.ts'
import { writeLargeCache } from '../support/largeCache.ts'
import { runOrFail } from '../support/run.ts'
import { writeChart } from '../support/sampleChart.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { inTurn, median, report, reportCosts } from './compare.ts'
import { cli, costOf, type Cost } from './processes.ts'

const scripts = join(import.meta.dirname, 'scripts')
const core = join(import.meta.dirname, '..', '..', 'dist', 'core.cjs')
const sizes = [100, 1000, 10_000] as const

/** Of a process against one that only reads; of a reference among many against one among few; of a refresh against reading all. */
const limits = { process: 2, growth: 1.5, refresh: 0.1 }

const homes = new Map<number, string>()

beforeAll(async () => {
  for (const size of sizes) {
    const home = await temporaryDirectory()
    homes.set(size, home)
    await writeLargeCache(rootIn(home), { repositories: size / 10, versions: 10 })
  }
  // What was written a moment ago is not remembered: its times might not show another change.
  await delay(11_000)
})

describe('listing the cached charts', () => {
  it.each(sizes.flatMap((size) => [[size, 'cold'] as const, [size, 'warm'] as const]))(
    'takes a process hardly longer than only reading the files: %i references, %s',
    async (size, state) => {
      const home = homes.get(size) ?? ''
      const list = async (): Promise<Cost> =>
        await costOf(process.execPath, [cli, 'chart', 'list', '--output', 'json'], { HELM_CACHE_HOME: home })
      if (state === 'warm') await list()

      const costs = await inTurn(
        size > 1000 ? 5 : 9,
        async () => {
          // Cold is a process that finds nothing of what another one has read and verified, and leaves that behind.
          if (state === 'cold') await rm(memoIn(home), { force: true })
          return await list()
        },
        async () => await costOf(process.execPath, [join(scripts, 'readEverything.cjs'), rootIn(home)]),
      )

      const what = `chart list of ${size} references (${state}), against only reading index, manifests and configs`
      expect(reportCosts(what, costs, limits.process)).toBe(true)
    },
  )

  it.each(['cold', 'warm'] as const)(
    'costs as much for one reference of many as of few: %s',
    async (state) => {
      const perReference = async (size: number): Promise<number> => {
        const cache = new ChartCache(rootIn(homes.get(size) ?? ''))
        if (state === 'warm') await cache.list()
        if (state === 'cold') await rm(memoIn(homes.get(size) ?? ''), { force: true })
        return (await processorTime(async () => await cache.list())) / size
      }
      await perReference(1000)

      const { ours, theirs } = await inTurn(
        5,
        async () => 1000 * (await perReference(10_000)),
        async () => 1000 * (await perReference(1000)),
      )

      const isWithin = median(ours) / median(theirs) <= limits.growth
      const what = `processor time of 1 000 references (${state}), among 10 000 against among 1 000`
      report({ what, ours, theirs, limit: `× ${limits.growth}`, isWithin })
      expect(isWithin).toBe(true)
    },
  )

  it('costs a small part of it after one change', async () => {
    const root = rootIn(homes.get(10_000) ?? '')
    const cache = new ChartCache(root)
    await cache.list()
    const directory = await temporaryDirectory()
    let version = 0

    const { ours, theirs } = await inTurn(
      5,
      async () => {
        version += 1
        const chart = await writeChart(directory, 'changing', `1.0.${version}`)
        await saveChart(new ChartCache(root), chart, 'localhost:5000/team/changing:1')
        return await processorTime(async () => await cache.list({ isQuick: true }))
      },
      async () => {
        await rm(memoIn(homes.get(10_000) ?? ''), { force: true })
        return await processorTime(async () => await new ChartCache(root).list())
      },
    )

    const isWithin = median(ours) / median(theirs) <= limits.refresh
    const what = 'processor time of a refresh after one change of 10 000 references, against reading all'
    report({ what, ours, theirs, limit: `× ${limits.refresh}`, isWithin })
    expect(isWithin).toBe(true)
  })

  it('says what the first page costs a fresh process', async () => {
    const root = rootIn(homes.get(10_000) ?? '')
    const runs: Record<string, number>[] = []
    for (let round = 0; round < 5; round += 1) {
      const { stdout } = await runOrFail(process.execPath, [join(scripts, 'firstPage.cjs'), core, root])
      runs.push(JSON.parse(stdout) as Record<string, number>)
    }

    const parts = ['start', 'load', 'names', 'firstPage', 'processor']
    const medians = parts.map((part) => `${part} ${median(runs.map((run) => run[part] ?? 0)).toFixed(1)}`)
    console.log(`  first page of 10 000 references in a fresh process, in ms: ${medians.join(', ')}`)
  })
})

function memoIn(home: string): string {
  return join(rootIn(home), '.chartroom', 'memo')
}

function rootIn(home: string): string {
  return join(home, 'registry', 'cache')
}

/** Milliseconds of all processors. */
async function processorTime(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
