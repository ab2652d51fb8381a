import { rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type * as Core from '../../src/core/index.ts'
import { bigChart } from '../support/bigChart.ts'
import { startCountingProxy } from '../support/countingProxy.ts'
import { startDockerRegistry, type DockerRegistry } from '../support/dockerRegistry.ts'
import { oras } from '../support/peers.ts'
import { peakMemoryOf, peaksOfSmall } from '../support/peakMemory.ts'
import { runOrFail } from '../support/run.ts'
import { writeChart } from '../support/sampleChart.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { inTurn, median, report, reportCosts } from './compare.ts'
import { cli, costOf } from './processes.ts'

/** As it is delivered. What vitest makes of the sources is slower. */
const { ChartCache, pushCharts, Registries, saveCharts } = createRequire(import.meta.url)(
  '../../dist/core.cjs',
) as typeof Core

const peer = await oras()
const wide = ['--max-unpacked', '600MiB', '--max-file', '30MiB']
const rounds = 5

/** Of the time of oras, of its rate; MiB of memory, and by how much more for a chart of five times the size. */
const limits = { time: 3, rate: 3, memory: 150, growth: 20 }

let registry: DockerRegistry

beforeAll(async () => {
  if (peer.missing !== undefined) throw new Error(peer.missing)
  registry = await startDockerRegistry()
})

describe('a chart of 95 MiB', () => {
  let directory: string
  let layout: string

  beforeAll(async () => {
    directory = await temporaryDirectory()
    layout = join(directory, 'layout')
    const chart = await bigChart(directory, 'big', 95)
    await chartroom(directory, 'chart', 'save', chart, `${registry.host}/big/chart:1`)
    await chartroom(directory, 'chart', 'push', `${registry.host}/big/chart:1`)
    await runOrFail(peer.command, copied(`${registry.host}/big/chart:1`, `${layout}:1`))
  })

  it('is pushed in three times the time of oras at most', async () => {
    let count = 0

    const costs = await inTurn(
      rounds,
      async () => {
        const reference = `${registry.host}/pushed/chart-${++count}:1`
        await chartroom(directory, 'chart', 'copy', `${registry.host}/big/chart:1`, reference)
        return await costOf(process.execPath, [cli, 'chart', 'push', reference], environment(directory))
      },
      async () =>
        await costOf(peer.command, sent(`${layout}:1`, `${registry.host}/pushed/chart-${++count}:1`)),
    )

    const what = 'push of a chart of 95 MiB, against oras copy from a layout'
    expect(reportCosts(what, costs, limits.time)).toBe(true)
  })

  it('is pulled in three times the time of oras at most', async () => {
    const costs = await inTurn(
      rounds,
      async () => {
        const home = await temporaryDirectory()
        return await costOf(
          process.execPath,
          [cli, 'chart', 'pull', `${registry.host}/big/chart:1`],
          environment(home),
        )
      },
      async () => {
        const to = join(await temporaryDirectory(), 'layout')
        return await costOf(peer.command, copied(`${registry.host}/big/chart:1`, `${to}:1`))
      },
    )

    const what = 'pull of a chart of 95 MiB, against oras copy to a layout'
    expect(reportCosts(what, costs, limits.time)).toBe(true)
  })

  it('needs as much memory as one of 500 MiB, and not much', async () => {
    const small = await peaksOfSmall(async () => await peaksOf(95))
    const large = await peaksOf(500)

    for (const verb of ['push', 'pull'] as const) {
      const isWithin = large[verb] - small[verb] <= limits.growth && large[verb] <= limits.memory
      console.log(
        `${isWithin ? '✓' : '✗'} peak memory of a ${verb}: ${small[verb].toFixed(0)} MiB for 95 MiB, ${large[verb].toFixed(0)} MiB for 500 MiB (limit ${limits.memory} MiB, +${limits.growth} MiB)`,
      )
      expect(isWithin).toBe(true)
    }
  })
})

describe('200 small charts', () => {
  it('are pushed by one call at three times the rate of 200 processes of oras, and a second time without a blob', async () => {
    const directory = await temporaryDirectory()
    const layout = join(directory, 'layout')
    const cache = new ChartCache(join(directory, 'cache'))
    const charts: { path: string; reference: string }[] = []
    for (let chart = 0; chart < 200; chart += 1) {
      const name = `chart-${chart}`
      charts.push({ path: await writeChart(directory, name), reference: `team/${name}:1` })
    }
    await saveCharts(cache, charts)
    let round = 0
    const named = async (host: string): Promise<string[]> => {
      const references = charts.map(({ reference }) => `${host}/round-${round}/${reference}`)
      const manifests = await Promise.all(charts.map(async ({ reference }) => await cache.resolve(reference)))
      await cache.tagAll(manifests.map((manifest, index) => ({ manifest, name: references[index] ?? '' })))
      return references
    }
    const first = await named(registry.host)
    await pushCharts(cache, registriesOfNobody(), first)
    for (const [index, reference] of first.entries()) {
      await runOrFail(peer.command, copied(reference, `${layout}:${index}`))
    }

    const { ours, theirs } = await inTurn(
      3,
      async () => {
        round += 1
        const references = await named(registry.host)
        const start = performance.now()
        const outcomes = await pushCharts(cache, registriesOfNobody(), references)
        const elapsed = performance.now() - start
        expect(outcomes.filter(({ error }) => error !== undefined)).toEqual([])
        return elapsed
      },
      async () => {
        round += 1
        const start = performance.now()
        for (const [index, { reference }] of charts.entries()) {
          await runOrFail(
            peer.command,
            sent(`${layout}:${index}`, `${registry.host}/round-${round}/${reference}`),
          )
        }
        return performance.now() - start
      },
    )

    const isWithin = median(theirs) / median(ours) >= limits.rate
    const what = '200 small charts pushed by one call, against 200 processes of oras'
    report({ what, ours, theirs, limit: `× ${(1 / limits.rate).toFixed(2)}`, isWithin })

    const proxy = await startCountingProxy(registry.host)
    const again = await named(proxy.host)
    await pushCharts(cache, registriesOfNobody(), again)
    const sentFirst = proxy.requests.filter(({ path }) => path.includes('digest=')).length
    proxy.clear()
    const start = performance.now()
    await pushCharts(cache, registriesOfNobody(), again)
    const counts = ['HEAD', 'POST', 'PUT'].map((method) => {
      return `${proxy.requests.filter((request) => request.method === method).length} ${method}`
    })
    console.log(
      `  pushed again: ${sentFirst} blobs the first time, then ${counts.join(', ')} in ${(performance.now() - start).toFixed(0)} ms`,
    )
    expect(proxy.requests.filter(({ method }) => method === 'POST')).toEqual([])
    expect(isWithin).toBe(true)
  })
})

function registriesOfNobody(): Core.Registries {
  return new Registries({ findCredential: () => Promise.resolve(undefined) })
}

function environment(home: string): Record<string, string> {
  // Certificates of this machine have to do with neither side, and reading them takes time.
  return {
    HOME: home,
    HELM_CACHE_HOME: join(home, 'helm'),
    SSL_CERT_FILE: '',
    SSL_CERT_DIR: '',
    NODE_EXTRA_CA_CERTS: '',
  }
}

async function chartroom(home: string, ...args: readonly string[]): Promise<void> {
  await runOrFail(process.execPath, [cli, ...args], { env: { ...process.env, ...environment(home) } })
}

/** The arguments for oras to copy from a registry to a layout, and the other way. */
function copied(reference: string, layout: string): string[] {
  return ['copy', '--no-tty', '--from-plain-http', reference, '--to-oci-layout', layout]
}

function sent(layout: string, reference: string): string[] {
  return ['copy', '--no-tty', '--from-oci-layout', layout, '--to-plain-http', reference]
}

type Peaks = Readonly<Record<'push' | 'pull', number>>

/** Of a chart so many MiB large, in MiB. */
async function peaksOf(size: number): Promise<Peaks> {
  const directory = await temporaryDirectory()
  const reference = `${registry.host}/of-${size}/chart:1`
  const chart = await bigChart(directory, `of-${size}`, size)
  await chartroom(directory, 'chart', 'save', chart, reference, ...wide)
  const push = await peakOf(directory, 'push', reference)
  await rm(join(directory, 'helm'), { recursive: true })
  return { push, pull: await peakOf(directory, 'pull', reference, ...wide) }
}

/** In MiB. */
async function peakOf(home: string, verb: string, ...args: readonly string[]): Promise<number> {
  return await peakMemoryOf(process.execPath, [cli, 'chart', verb, ...args], {
    ...process.env,
    ...environment(home),
  })
}
