import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ChartCache } from '../../src/core/cache/cache.ts'
import { saveCharts } from '../../src/core/operations/saveCharts.ts'
import { bigChart } from '../support/bigChart.ts'
import { peakMemoryOf, peaksOfSmall } from '../support/peakMemory.ts'
import { runOrFail } from '../support/run.ts'
import { writeChart } from '../support/sampleChart.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { inTurn, median, report, reportCosts } from './compare.ts'
import { cli, costOf } from './processes.ts'

/** Of the time and of the size; of the rate; MiB. */
const limits = { time: 0.5, size: 1.02, rate: 10, growth: 20 }

describe('saving a chart of 95 MiB', () => {
  it('takes half the time of tar and gzip, and hardly more space', async () => {
    const directory = await temporaryDirectory()
    const chart = await bigChart(directory, 'big', 95)
    const archive = join(directory, 'big.tgz')
    let home = ''

    const costs = await inTurn(
      5,
      async () => {
        home = await temporaryDirectory()
        return await costOf(process.execPath, [cli, 'chart', 'save', chart, 'localhost:5000/big:1'], {
          HELM_CACHE_HOME: home,
        })
      },
      async () =>
        await costOf('bash', ['-c', 'tar -C "$1" -c big | gzip -n -6 > "$2"', 'bash', directory, archive]),
    )

    const [saved] = await new ChartCache(join(home, 'registry', 'cache')).list()
    const size = saved?.problem === undefined ? (saved?.size ?? Infinity) : Infinity
    const ratio = size / (await stat(archive)).size
    console.log(`  size × ${ratio.toFixed(4)} of tar and gzip (limit × ${limits.size})`)
    const isWithin = reportCosts('save of a chart of 95 MiB, against tar c | gzip -n -6', costs, limits.time)
    expect(ratio).toBeLessThanOrEqual(limits.size)
    expect(isWithin).toBe(true)
  })

  it('needs as much memory as one of 500 MiB', async () => {
    const { save: small } = await peaksOfSmall(async () => ({ save: await peakOf(95) }))
    const large = await peakOf(500)

    const isWithin = large - small <= limits.growth
    console.log(
      `${isWithin ? '✓' : '✗'} peak memory of a save: ${small.toFixed(0)} MiB for 95 MiB, ${large.toFixed(0)} MiB for 500 MiB (limit +${limits.growth} MiB)`,
    )
    expect(isWithin).toBe(true)
  })
})

describe('saving 200 small charts', () => {
  it('goes ten times as fast with one call as with a process each', async () => {
    const directory = await temporaryDirectory()
    const charts: { path: string; reference: string }[] = []
    for (let chart = 0; chart < 200; chart += 1) {
      const name = `chart-${chart}`
      charts.push({ path: await writeChart(directory, name), reference: `localhost:5000/team/${name}:1` })
    }

    const { ours, theirs } = await inTurn(
      3,
      async () => {
        const cache = new ChartCache(await temporaryDirectory())
        const start = performance.now()
        const outcomes = await saveCharts(cache, charts)
        expect(outcomes.filter(({ error }) => error !== undefined)).toEqual([])
        return performance.now() - start
      },
      async () => {
        const home = await temporaryDirectory()
        const start = performance.now()
        for (const { path, reference } of charts) {
          await runOrFail(process.execPath, [cli, 'chart', 'save', path, reference], {
            env: { ...process.env, HELM_CACHE_HOME: home },
          })
        }
        return performance.now() - start
      },
    )

    const isWithin = median(theirs) / median(ours) >= limits.rate
    report({
      what: '200 small charts saved by one call, against 200 processes',
      ours,
      theirs,
      limit: `× ${1 / limits.rate}`,
      isWithin,
    })
    expect(isWithin).toBe(true)
  })
})

/** In MiB. */
async function peakOf(size: number): Promise<number> {
  const directory = await temporaryDirectory()
  const chart = await bigChart(directory, `of-${size}`, size)
  const args = [
    'chart',
    'save',
    chart,
    'localhost:5000/a:1',
    '--max-unpacked',
    '600MiB',
    '--max-file',
    '30MiB',
  ]
  return await peakMemoryOf(process.execPath, [cli, ...args], {
    ...process.env,
    HELM_CACHE_HOME: join(directory, 'helm'),
  })
}
