import { createServer } from 'node:http'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  listCharts,
  pruneCache,
  pushChart,
  removeChart,
  repairCache,
  restoreChart,
  verifyCache,
  type ChartCache,
} from '../../../src/core/index.ts'
import { entryFor, entryOf } from '../../../src/core/layout/indexFile.ts'
import { Layout } from '../../../src/core/layout/layout.ts'
import { describe as describeBytes } from '../../../src/core/oci/descriptor.ts'
import { mediaTypes } from '../../../src/core/oci/mediaTypes.ts'
import { cleanUp } from '../../support/cleanUp.ts'
import { localRegistry } from '../../support/localRegistry.ts'
import { nameOfEnded } from '../../support/nameOfEnded.ts'
import type { PackedChart } from '../../support/packedChart.ts'
import { blobPath, storeChart } from '../../support/storedChart.ts'
import { treeOf } from '../../support/tree.ts'
import { workplace, type Workplace } from '../../support/workplace.ts'

describe('a repair of a cache', () => {
  it('fetches what is missing or damaged from the registry, and nothing else', async () => {
    const { place, reference, chart, requests } = await pushed()
    const [config, layer] = chart.blobs
    await rm(blob(place.cache, chart.manifest))
    await rm(blob(place.cache, config))
    await damage(blob(place.cache, layer))
    await storeChart(place.cache, reference.replace('mychart', 'sound'), { name: 'sound' })

    const { done, left } = await repairCache(place.cache, { registries: place.registries })

    expect(left).toEqual([])
    expect(done.map((sentence) => sentence.replace(/ \(sha256.*/, ''))).toEqual(
      ['manifest', 'config', 'layer'].map(
        (what) => `Fetched the ${what} of ${reference} from ${requests.host} again`,
      ),
    )
    expect(requests.seen().filter((path) => path !== '/v2/' && !path.includes('/mychart/'))).toEqual([])
    await place.cache.require(reference)
    expect((await verifyCache(place.cache)).findings).toEqual([])
  })

  it('asks a registry that cannot be reached once, and says why content is still missing', async () => {
    const place = await workplace()
    const charts = []
    for (const name of ['one', 'two', 'three']) {
      charts.push(await storeChart(place.cache, `localhost:1/myrepo/${name}:1`, { name }))
    }
    for (const { blobs } of charts) await rm(blob(place.cache, blobs[1]))
    const asked: string[] = []

    const { done, left } = await repairCache(place.cache, {
      registries: place.registries,
      log: { debug: (line) => asked.push(line), info: () => undefined, warn: () => undefined },
    })

    expect(done).toEqual([])
    expect(left.map(({ message }) => message.replace(/sha256:\w+/, '…'))).toEqual(
      ['one', 'two', 'three'].map(
        (name) =>
          `The layer of localhost:1/myrepo/${name}:1 is missing (…). It could not be fetched: localhost:1 could not be reached (connection refused).`,
      ),
    )
    expect(asked.filter((line) => line.includes('/blobs/')).length).toBeLessThan(6)
  })

  it('restores from the trash what is sound there', async () => {
    const place = await workplace()
    const { cache } = place
    const chart = await storeChart(cache, 'mychart:1')
    const index = await readFile(join(cache.root, 'index.json'))
    await removeChart(cache, 'mychart:1')
    const { swept } = await pruneCache(cache, { olderThan: 0, now: Date.now() + 25 * 60 * 60 * 1000 })
    await writeFile(join(cache.root, 'index.json'), index)

    const { done, left } = await repairCache(cache)

    expect(swept).toHaveLength(3)
    expect(left).toEqual([])
    expect(done).toEqual(
      (['manifest', 'config', 'layer'] as const).map((role, position) => {
        const { digest } =
          position === 0
            ? chart.manifest.descriptor
            : (chart.blobs[position - 1]?.descriptor ?? { digest: '' })
        return `Restored the ${role} of mychart:1 from the trash (${digest}).`
      }),
    )
    expect((await verifyCache(cache)).findings).toEqual([])
  })

  it('takes an entry out of the index only where its manifest is nowhere; that can be undone', async () => {
    const place = await workplace()
    const { cache } = place
    const chart = await storeChart(cache, 'mychart:1')
    await storeChart(cache, 'other:1', { name: 'other' })
    const before = await readFile(join(cache.root, 'index.json'))
    const manifest = await readFile(blob(cache, chart.manifest))
    await rm(blob(cache, chart.manifest))

    const { done } = await repairCache(cache, { now: Date.parse('2026-01-02T03:04:05.678Z') })

    expect(done).toEqual([
      `Took mychart:1 out of the index: its manifest ${chart.manifest.descriptor.digest} is missing. No registry is known to have it.`,
    ])
    expect((await listCharts(cache)).map(({ reference }) => reference)).toEqual(['other:1'])
    expect(await readFile(join(cache.root, '.chartroom', 'index-2026-01-02T03-04-05.678Z.json'))).toEqual(
      before,
    )
    expect(await cache.offers()).toEqual([])
    await writeFile(blob(cache, chart.manifest), manifest)
    const { manifests } = JSON.parse(before.toString()) as { manifests: unknown[] }
    const [removed] = (await listCharts(cache)).slice(0, 1)
    await restoreChart(cache, {
      reference: 'mychart:1',
      chart: removed ?? expect.fail(),
      entry: manifests[0],
    })
    await cache.require('mychart:1')
  })

  it('keeps the last five indexes that it replaced', async () => {
    const { cache } = await workplace()
    await storeChart(cache, 'mychart:1')
    for (let day = 1; day <= 7; day += 1) {
      await new Layout(cache.root).change(({ entries, fields }) => ({
        entries: [...entries, { raw: null }],
        fields,
      }))
      await repairCache(cache, { now: Date.parse(`2026-01-0${day}T00:00:00Z`) })
    }

    const kept = (await readdir(join(cache.root, '.chartroom'))).filter((name) => name.startsWith('index-'))

    expect(kept.sort()).toEqual([3, 4, 5, 6, 7].map((day) => `index-2026-01-0${day}T00-00-00.000Z.json`))
  })

  it('rebuilds an index from what can be read of it, from the journal and from the manifests', async () => {
    const { cache } = await workplace()
    const path = join(cache.root, 'index.json')
    const unnamed = await storeChart(cache, 'by-another-program:1', { name: 'foreign' })
    await rm(join(cache.root, '.chartroom', 'journal'))
    await removeChart(cache, 'by-another-program:1')
    for (const name of ['one', 'two', 'three']) await storeChart(cache, `${name}:1`, { name })
    const text = await readFile(path, 'utf8')
    await writeFile(path, text.slice(0, text.indexOf('two:1')))

    const { done, left } = await repairCache(cache)

    expect(done).toEqual([
      'Wrote the index anew; the damaged one is kept beside it.',
      '1 entry could still be read in the damaged index.',
      '2 entries came from the journal of Chartroom.',
      'Of 1 chart nobody knows the name: nothing of it is lost when it is saved or pulled again.',
    ])
    expect(left).toEqual([])
    expect((await listCharts(cache)).map(({ reference }) => reference)).toEqual(['one:1', 'three:1', 'two:1'])
    const { entries } = await new Layout(cache.root).readIndex()
    expect(entries.find(({ name }) => name === undefined)?.descriptor).toEqual(unnamed.manifest.descriptor)
    expect((await pruneCache(cache, { olderThan: 0 })).swept).toEqual([])
  })

  it('makes an index where there is none', async () => {
    const { cache } = await workplace()
    const chart = await storeChart(cache, 'mychart:1')
    await rm(join(cache.root, 'index.json'))

    const { done, left } = await repairCache(cache)

    expect(done).toEqual(['Wrote the index anew.', '1 entry came from the journal of Chartroom.'])
    expect(left).toEqual([])
    expect((await cache.require('mychart:1')).manifestDigest).toBe(chart.manifest.descriptor.digest)
  })

  it('leaves a name to the sound chart where the entry that counted is of no use', async () => {
    const { cache } = await workplace()
    const chart = await storeChart(cache, 'mychart:1')
    const lost = describeBytes(mediaTypes.manifest, Buffer.from('lost'))
    await new Layout(cache.root).change(({ entries, fields }) => ({
      entries: [...entries, entryFor(lost, 'mychart:1')],
      fields,
    }))

    const { done, left } = await repairCache(cache)

    expect(done).toEqual([
      `Took mychart:1 out of the index: its manifest ${lost.digest} is missing. No registry is known to have it.`,
    ])
    expect(left).toEqual([])
    expect((await cache.require('mychart:1')).manifestDigest).toBe(chart.manifest.descriptor.digest)
  })

  it('leaves what other programs name by digests of their own', async () => {
    const { cache } = await workplace()
    await storeChart(cache, 'mychart:1')
    const digest = `blake3:${'0'.repeat(64)}`
    const foreign = { mediaType: mediaTypes.manifest, digest, size: 2 }
    await new Layout(cache.root).change(({ entries, fields }) => ({
      entries: [...entries, entryOf(foreign)],
      fields,
    }))

    const { done, left } = await repairCache(cache)

    expect(done).toEqual([])
    expect(left).toMatchObject([{ kind: 'entry', isFault: true }])
    expect((await new Layout(cache.root).readIndex()).entries.at(-1)?.raw).toEqual(foreign)
  })

  it('removes what ended processes left behind, and breaks their lock', async () => {
    const { cache } = await workplace()
    await storeChart(cache, 'mychart:1')
    const own = join(cache.root, '.chartroom')
    const ended = (await nameOfEnded('x')).replace('.x.chartroom-', '')
    await writeFile(join(own, 'tmp', ended), 'half a blob')
    await mkdir(join(own, 'leases'), { recursive: true })
    await writeFile(join(own, 'leases', ended), '')
    const { thisProcess } = await import('../../../src/core/base/owner.ts')
    const holder = {
      ...(await thisProcess()),
      pid: 999_999_999,
      token: 'x',
      purpose: 'save a chart',
      since: '',
    }
    await writeFile(join(own, 'lock'), JSON.stringify(holder))

    const { findings } = await verifyCache(cache)
    const { done } = await repairCache(cache)

    expect(findings.map(({ kind, isFault }) => [kind, isFault])).toEqual([
      ['leftover', false],
      ['leftover', false],
      ['leftover', false],
    ])
    expect(done).toEqual([
      'Broke the lock that process 999999999 left behind.',
      'Removed 2 files and folders that were left behind.',
    ])
    expect((await verifyCache(cache)).findings).toEqual([])
  })

  it('does nothing where the blobs lie on a disk that is not there', async () => {
    const { cache, directory } = await workplace()
    await storeChart(cache, 'mychart:1')
    const blobs = join(cache.root, 'blobs')
    await rm(blobs, { recursive: true })
    await symlink(join(directory, 'unplugged'), blobs)
    const before = await treeOf(cache.root)

    const { done, left } = await repairCache(cache)

    expect(done).toEqual([])
    expect(left).toMatchObject([
      {
        kind: 'place',
        message: `${blobs} is a link to ${join(directory, 'unplugged')}, which is not there, so no chart can be read or stored.`,
      },
    ])
    expect(await treeOf(cache.root)).toEqual(before)
  })

  it('leaves a cache alone that is not there', async () => {
    const { cache } = await workplace()

    expect(await repairCache(cache)).toEqual({ done: [], left: [] })
    expect(existsSync(cache.root)).toBe(false)
  })

  it('changes nothing at all in a cache that is sound', async () => {
    const { cache } = await workplace()
    await storeChart(cache, 'mychart:1')
    const before = await treeOf(cache.root)

    expect(await repairCache(cache)).toEqual({ done: [], left: [] })

    expect(await treeOf(cache.root)).toEqual(before)
  })
})

/** A chart in a cache and at a registry, which tells what it is asked from now on. */
async function pushed(): Promise<{
  place: Workplace
  reference: string
  chart: PackedChart
  requests: { readonly host: string; seen(): string[] }
}> {
  const seen: string[] = []
  const registry = await localRegistry()
  const proxy = createServer((request, response) => {
    seen.push(request.url ?? '')
    void fetch(`http://${registry.host}${request.url ?? ''}`).then(async (answer) => {
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
      response.end(Buffer.from(await answer.arrayBuffer()))
    })
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  cleanUp(async () => {
    await new Promise((resolve) => proxy.close(resolve))
  })
  const place = await workplace()
  const chart = await storeChart(place.cache, `${registry.host}/myrepo/mychart:1`)
  await pushChart(place.cache, place.registries, `${registry.host}/myrepo/mychart:1`)
  await removeChart(place.cache, `${registry.host}/myrepo/mychart:1`)
  const host = `localhost:${(proxy.address() as AddressInfo).port}`
  const reference = `${host}/myrepo/mychart:1`
  await storeChart(place.cache, reference)
  return { place, reference, chart, requests: { host, seen: () => seen } }
}

function blob(
  cache: ChartCache,
  of: PackedChart['manifest'] | PackedChart['blobs'][number] | undefined,
): string {
  return blobPath(cache, of?.descriptor.digest ?? '')
}

async function damage(path: string): Promise<void> {
  await rm(path)
  await writeFile(path, 'damaged')
}
