import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  ChartCache,
  defaultLimits,
  exportChart,
  pushChart,
  Registries,
  removeChart,
  saveChart,
  type OpenedChart,
} from '../../../src/core/index.ts'
import { OpenCharts } from '../../../src/extension/documents/openCharts.ts'
import { startCountingProxy } from '../../support/countingProxy.ts'
import { localRegistry, pushSmall } from '../../support/localRegistry.ts'
import { recordingLogger } from '../../support/recordingLogger.ts'
import { writeChart } from '../../support/sampleChart.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

const reference = 'localhost:5000/myrepo/mychart:2.7.0'

describe('opening a chart of the cache', () => {
  it('reads its list of files once, and again when another chart is saved under its name', async () => {
    const { charts, cache, save } = await desk()
    await save(reference)
    const first = await charts.open({ place: 'cache', reference })

    expect(await charts.open({ place: 'cache', reference })).toBe(first)
    await save(reference, 'replicas: 2\n')
    expect(await valuesOf(await charts.open({ place: 'cache', reference }))).toBe('replicas: 2\n')
    await removeChart(cache, reference)
    await expect(charts.open({ place: 'cache', reference })).rejects.toMatchObject({ kind: 'not-found' })
  })
})

describe('opening a chart that is too large', () => {
  it('works once its limit is raised, which then counts for its files, too', async () => {
    const { charts, cache, limits } = await desk()
    const large = { 'large.txt': 'x'.repeat(defaultLimits.file + 1) }
    const chart = await writeChart(await temporaryDirectory(), 'mychart', '0.1.0', large)
    const raised = { ...defaultLimits, file: defaultLimits.file + 1 }
    await saveChart(cache, chart, reference, { limits: raised })

    await expect(charts.open({ place: 'cache', reference })).rejects.toMatchObject({
      kind: 'too-large',
      evidence: { limit: 'file', expected: defaultLimits.file },
    })
    limits.now = raised
    const opened = await charts.open({ place: 'cache', reference })

    expect(await opened.read('large.txt')).toHaveLength(raised.file)
  })
})

describe('opening a chart of a registry', () => {
  it('fetches it once, asks once a moment whether it is the same, and saves nothing', async () => {
    const { charts, cache, remote, proxy, clock } = await desk()
    const location = await remote()
    proxy.clear()

    const [first, second] = await Promise.all([charts.open(location), charts.open(location)])
    await valuesOf(first)
    await charts.open(location)

    expect(second).toBe(first)
    expect(methods(proxy.lines())).toEqual(['GET manifests', 'GET blobs'])
    proxy.clear()
    clock.now += 60_000
    expect(await Promise.all([charts.open(location), charts.open(location)])).toEqual([first, first])
    expect(methods(proxy.lines())).toEqual(['HEAD manifests'])
    expect(await cache.list()).toEqual([])
  })

  it('opens another chart that the tag stands for by now', async () => {
    const { charts, remote, clock } = await desk()
    const location = await remote()
    await charts.open(location)

    await remote('replicas: 2\n')
    clock.now += 60_000

    expect(await valuesOf(await charts.open(location))).toBe('replicas: 2\n')
  })

  it('goes on showing what was opened while the registry is away, and says so in the log', async () => {
    const { charts, remote, clock, log, stop } = await desk()
    const location = await remote()
    const opened = await charts.open(location)

    await stop()
    clock.now += 60_000

    expect(await charts.open(location)).toBe(opened)
    expect(log.warnings).toContainEqual(expect.stringMatching(/ is shown as it was before: /))
  })

  it('tells what is not there, and what is no chart, and asks again the next time', async () => {
    const { charts, proxy, registry } = await desk()
    const missing = { place: 'registry', reference: `${proxy.host}/myrepo/mychart:9.9.9` } as const
    await pushSmall(registry.url, 'other', '1.0.0')

    await expect(charts.open(missing)).rejects.toMatchObject({ kind: 'not-found' })
    await expect(charts.open(missing)).rejects.toMatchObject({ kind: 'not-found' })
    await expect(charts.open({ place: 'registry', reference: `${proxy.host}/other:1.0.0` })).rejects.toThrow()
  })

  it('is not given up for one who still waits where another no longer wants it', async () => {
    const { charts, remote, proxy } = await desk()
    const location = await remote()
    const controller = new AbortController()
    proxy.hold(/blobs/)

    const given = charts.open(location, { signal: controller.signal })
    await proxy.until(({ path }) => path.includes('/blobs/'))
    const wanted = charts.open(location)
    controller.abort()
    await expect(given).rejects.toMatchObject({ name: 'AbortError' })
    proxy.release()

    expect(await valuesOf(await wanted)).toBe('replicas: 1\n')
  })
})

describe('opening an archive on disk', () => {
  it('looks inside without saving, and sees a new one in its place', async () => {
    const { charts, cache, save } = await desk()
    const folder = await temporaryDirectory()
    const archive = async (values: string): Promise<string> => {
      await save(reference, values)
      const { path } = await exportChart(cache, reference, folder, { archive: true, force: true })
      await removeChart(cache, reference)
      return path
    }
    const path = await archive('replicas: 1\n')
    const location = { place: 'archive', reference: path } as const
    const first = await charts.open(location)

    expect(await charts.open(location)).toBe(first)
    expect(await valuesOf(first)).toBe('replicas: 1\n')
    await archive('replicas: 2222\n')
    expect(await valuesOf(await charts.open(location))).toBe('replicas: 2222\n')
    expect(await cache.list()).toEqual([])
    await rm(path)
    await expect(charts.open(location)).rejects.toMatchObject({ kind: 'not-found' })
  })

  it('says what is wrong with it', async () => {
    const { charts } = await desk()
    const path = join(await temporaryDirectory(), 'no-chart.tgz')
    await writeFile(path, 'no archive')

    await expect(charts.open({ place: 'archive', reference: path })).rejects.toMatchObject({
      name: 'ChartroomError',
    })
  })
})

/** A cache, and a registry behind a proxy that counts. */
async function desk() {
  const cache = new ChartCache(await temporaryDirectory())
  const pushing = new ChartCache(await temporaryDirectory())
  const registry = await localRegistry()
  const proxy = await startCountingProxy(`localhost:${new URL(registry.url).port}`)
  const registries = new Registries({
    findCredential: () => Promise.resolve(undefined),
    wait: () => Promise.resolve(),
  })
  const log = recordingLogger()
  const clock = { now: 0 }
  const limits = { now: defaultLimits }
  const charts = new OpenCharts({
    cache: () => cache,
    registries,
    log,
    limits: () => limits.now,
    now: () => clock.now,
  })
  const save = async (name: string, values = 'replicas: 1\n', into = cache): Promise<void> => {
    const files = { 'values.yaml': values }
    await saveChart(into, await writeChart(await temporaryDirectory(), 'mychart', '0.1.0', files), name)
  }
  const remote = async (values?: string) => {
    const name = `${proxy.host}/myrepo/mychart:2.7.0`
    await save(name, values, pushing)
    await pushChart(pushing, registries, name, { overwrite: true })
    return { place: 'registry', reference: name } as const
  }
  const stop = async (): Promise<void> => {
    await registry.stop()
  }
  return { cache, charts, registry, proxy, log, clock, limits, save, remote, stop }
}

async function valuesOf(opened: OpenedChart): Promise<string> {
  return (await opened.read('values.yaml')).toString()
}

/** `GET manifests`, without attempts at another scheme and without the ping. */
function methods(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const found = /^(\S+) \/v2\/.+\/(manifests|blobs|tags)\//.exec(line)
    return found === null ? [] : [`${found[1] ?? ''} ${found[2] ?? ''}`]
  })
}
