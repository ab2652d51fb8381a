import { deepEqual, equal, ok, rejects, throws } from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { CancellationError, CancellationTokenSource, extensions, Uri, workspace } from 'vscode'
import { ChartCache, helmChartCache, removeChart, saveChart, surroundings } from '../../src/core/index.ts'
import type { ApiError, ChartroomApi, ChartroomExports } from '../../src/extension/api/contract.ts'
import { startLocalRegistry, type LocalRegistry } from '../../src/localRegistry/index.ts'
import { writeChart } from '../support/sampleChart.ts'

describe('Another extension', () => {
  const cache = new ChartCache(helmChartCache(surroundings()))
  let directory: string
  let registry: LocalRegistry
  let reference: string
  let api: ChartroomApi

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'chartroom-host-test-'))
    registry = await startLocalRegistry({ port: 0, storage: join(directory, 'registry') })
    reference = `${registry.host}/myrepo/mychart:2.7.0`
    api = (await chartroom()).getApi(1)
  })

  afterEach(async () => {
    await registry.stop()
    await rm(directory, { recursive: true, force: true })
    await rm(cache.root, { recursive: true, force: true })
  })

  it('gets version 1, and a sentence where it wants one that is not there', async () => {
    equal(api.version, 1)
    equal((await chartroom()).getApi(1), api)
    const { getApi } = (await chartroom()) as { getApi: (version: unknown) => unknown }
    for (const version of [0, 2, '1', undefined]) {
      throws(() => getApi(version), {
        name: 'Error',
        message: `Another extension asks for version ${String(version)} of Chartroom’s interface, and this Chartroom has version 1. One of the two wants an update.`,
      })
    }
  })

  it('lists the charts of the cache, sound and broken ones', async () => {
    deepEqual(await api.list(), [])

    await saveChart(cache, await writeChart(directory), reference)
    const other = await saveChart(
      cache,
      await writeChart(directory, 'other', '1.0.0'),
      `${registry.host}/myrepo/other:1.0.0`,
    )
    await writeFile(blobOf(other.manifestDigest), 'damaged')

    const [chart, broken, ...others] = await api.list()
    deepEqual(others, [])
    ok(chart !== undefined && chart.problem === undefined)
    const { digest, manifestDigest, size, created, ...rest } = chart
    deepEqual(rest, {
      reference,
      name: 'mychart',
      appVersion: '1.0',
      description: 'A sample',
      version: '0.1.0',
      deprecated: false,
      format: 'legacy',
    })
    ok([digest, manifestDigest].every((text) => /^sha256:[0-9a-f]{64}$/.test(text)))
    ok(size > 0)
    ok(created !== undefined && !Number.isNaN(Date.parse(created)))
    deepEqual(Object.keys(broken ?? {}), ['reference', 'problem'])
    equal(broken?.problem?.kind, 'integrity')
  })

  it('pushes, resolves and pulls, with the same digest everywhere', async () => {
    await saveChart(cache, await writeChart(directory), reference)
    const progress: { done: number; total?: number }[] = []

    const pushed = await api.push(reference, { onProgress: (step) => progress.push(step) })
    ok(progress.length > 0)
    equal((await api.resolve(reference)).place, 'cache')

    await removeChart(cache, reference)
    const remote = await api.resolve(reference)
    equal(remote.place, 'registry')
    equal(remote.manifestDigest, pushed.manifestDigest)
    deepEqual(await api.list(), [])
    const values = await workspace.fs.readFile(Uri.joinPath(remote.files, 'values.yaml'))
    equal(Buffer.from(values).toString(), 'replicas: 1\n')

    const pulled = await api.pull(reference)
    equal(pulled.isNewer, true)
    equal(pulled.manifestDigest, pushed.manifestDigest)
    equal((await api.pull(reference)).isNewer, false)
  })

  it('replaces what a tag holds at its registry only where it says so', async () => {
    await saveChart(cache, await writeChart(directory), reference)
    const { manifestDigest } = await api.push(reference)
    await saveChart(
      cache,
      await writeChart(directory, 'mychart', '0.1.0', { 'values.yaml': 'replicas: 2\n' }),
      reference,
    )

    await rejects(async () => await api.push(reference), { kind: 'target-exists' })

    ok((await api.push(reference, { overwrite: true })).manifestDigest !== manifestDigest)
  })

  it('hears what failed, and that a call was cancelled', async () => {
    await rejects(
      async () => await api.pull(reference),
      ({ kind, message }: ApiError) => kind === 'not-found' && message.includes('myrepo/mychart'),
    )
    await rejects(async () => await api.resolve('no reference'), { kind: 'invalid-reference' })
    const cancelling = new CancellationTokenSource()
    const pulling = api.pull(reference, { token: cancelling.token })
    cancelling.cancel()
    await rejects(pulling, CancellationError)
    await rejects(async () => await api.list({ token: cancelling.token }), CancellationError)
  })

  it('hears of changes of the cache until it does not want to any more', async () => {
    let heard = 0
    let tell: () => void = () => undefined
    const listening = api.onDidChangeCharts(() => {
      heard += 1
      tell()
    })
    const next = new Promise<void>((resolve) => {
      tell = resolve
    })

    await saveChart(cache, await writeChart(directory), reference)
    await next
    listening.dispose()
    const before = heard

    // Somebody who listens still hears it, so the change has been told by then.
    const other = new Promise<void>((resolve) => {
      const stillListening = api.onDidChangeCharts(() => {
        stillListening.dispose()
        resolve()
      })
    })
    await removeChart(cache, reference)
    await other
    equal(heard, before)
  })

  function blobOf(digest: string): string {
    return join(cache.root, 'blobs', 'sha256', digest.slice('sha256:'.length))
  }
})

async function chartroom(): Promise<ChartroomExports> {
  const extension = extensions.getExtension<ChartroomExports>('chartroom.chartroom')
  ok(extension !== undefined)
  return await extension.activate()
}
