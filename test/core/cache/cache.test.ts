import { chmod, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ChartCache, type CachedChart } from '../../../src/core/cache/cache.ts'
import { CacheReader } from '../../../src/core/cache/cacheReader.ts'
import { encodeChartManifest } from '../../../src/core/chart/chartManifest.ts'
import { encodeConfig } from '../../../src/core/chart/configBlob.ts'
import { chartMediaTypes, type ChartFormat } from '../../../src/core/chart/mediaTypes.ts'
import { messageOf } from '../../../src/core/base/errors.ts'
import { formatSize } from '../../../src/core/base/humanize.ts'
import { namedEntries } from '../../../src/core/layout/indexFile.ts'
import { describe as describeBytes } from '../../../src/core/oci/descriptor.ts'
import { hexOf, shortDigest } from '../../../src/core/oci/digest.ts'
import { encodeManifest, type RawManifest } from '../../../src/core/oci/manifest.ts'
import { readVerified } from '../../../src/core/oci/verify.ts'
import { listReferences } from '../../../src/core/operations/listReferences.ts'
import {
  cacheOf,
  cacheVariants,
  helmVersions,
  recordedRows,
  type HelmVersion,
} from '../../support/cacheFixture.ts'
import { CountingLayout } from '../../support/countingLayout.ts'
import { fixture } from '../../support/fixtures.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { filesUnder, treeOf } from '../../support/tree.ts'

const mychart = 'localhost:5000/myrepo/mychart:2.7.0'
const small = 'localhost:5000/myrepo/small:0.1.0'

const bothCharts = { [mychart]: 'mychart 0.1.0 legacy', [small]: 'v2-minimal 0.1.0 legacy' }

const damagedIndexes = ['index-array', 'index-bom', 'index-empty', 'index-null', 'index-truncated']

/** What each recorded cache lists: chart, version and format of a sound entry, or the kind of problem. */
const listings: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'appended-layer': { ...bothCharts, [mychart]: 'integrity' },
  'beta-layer': { ...bothCharts, 'localhost:5000/beta/small:0.1.0': 'v2-minimal 0.1.0 beta' },
  'container-image': { ...bothCharts, 'localhost:5000/library/image:1': 'not-a-chart' },
  'corrupt-config': bothCharts,
  // Lists look at the size of a layer only; reading it finds the damage.
  'corrupt-layer': bothCharts,
  'corrupt-manifest': { ...bothCharts, [mychart]: 'integrity' },
  'duplicate-refs': { ...bothCharts, [mychart]: 'v2-minimal 0.1.0 legacy' },
  'empty-layer': { ...bothCharts, [mychart]: 'integrity' },
  'index-missing': {},
  'index-no-manifests': {},
  'index-null-entry': bothCharts,
  'index-null-manifests': {},
  'index-trailing': bothCharts,
  'index-version-3': bothCharts,
  'layout-empty': bothCharts,
  'layout-missing': bothCharts,
  'layout-spaced': bothCharts,
  'layout-version': bothCharts,
  'legacy-annotated': { ...bothCharts, 'localhost:5000/annot/small:0.1.0': 'v2-minimal 0.1.0 legacy' },
  'missing-config': bothCharts,
  'missing-layer': { ...bothCharts, [mychart]: 'not-found' },
  'missing-manifest': { ...bothCharts, [mychart]: 'not-found' },
  'modern-container-name': {
    ...bothCharts,
    'localhost:5000/modern/v2-minimal:0.1.0': 'v2-minimal 0.1.0 modern',
  },
  'modern-layer': { ...bothCharts, 'localhost:5000/modern/v2-minimal:0.1.0': 'v2-minimal 0.1.0 modern' },
  'modern-layer-prov': { ...bothCharts, 'localhost:5000/modern/v2-minimal:0.1.0': 'v2-minimal 0.1.0 modern' },
  'name-slash': { ...bothCharts, 'localhost:5000/poison/x:1': 'invalid-chart' },
  'nested-index': { ...bothCharts, 'localhost:5000/nested/index:1': 'not-a-chart' },
  'pretty-index': bothCharts,
  'ref-odd-names': {
    ...bothCharts,
    '/a:1:0.1.0': 'v2-minimal 0.1.0 legacy',
    'localhost:5000/Upper/Case:X': 'v2-minimal 0.1.0 legacy',
    'localhost:5000/no-tag': 'v2-minimal 0.1.0 legacy',
    'localhost:5000/with space:1': 'v2-minimal 0.1.0 legacy',
    'myrepo/small:1:0.1.0': 'v2-minimal 0.1.0 legacy',
  },
  'ref-scheme': { ...bothCharts, 'oci://localhost:5000/a/b:1': 'v2-minimal 0.1.0 legacy' },
  'sha512-digest': { ...bothCharts, [mychart]: 'not-found' },
  'traversal-digest': { ...bothCharts, [mychart]: 'integrity' },
  'truncated-layer': { ...bothCharts, [mychart]: 'integrity' },
  'unknown-keys': bothCharts,
  'wrong-manifest-size': { ...bothCharts, [mychart]: 'integrity' },
}

describe.each(helmVersions)('a cache that Helm %s wrote', (version) => {
  it('lists the rows that Helm lists', async () => {
    const cache = await cacheOf(version, 'base')

    const rows = (await cache.list()).map(rowOf)

    // Helm 3.6.3 prints the digest of any manifest that it happens to meet first, 3.2.4 that of the layer.
    const digest = version === '3.6.3' ? [3] : []
    expect(rows.map((row) => without(row, digest))).toEqual(
      (await recordedRows(version, 'base')).map((row) => without(row.slice(0, 5), digest)),
    )
  })

  it.each(recorded(version))(
    '%s: lists every sound chart and says what is wrong with the others',
    async (variant, expected) => {
      const cache = await cacheOf(version, variant)
      const before = await treeOf(cache.root)

      const listed = await cache.list()

      expect(Object.fromEntries(listed.map(summaryOf))).toEqual(expected)
      expect(listed.map(({ reference }) => reference)).toEqual(Object.keys(expected).sort())
      for (const { problem } of listed) if (problem !== undefined) expectSentences(problem)
      expect(await treeOf(cache.root)).toEqual(before)
    },
  )

  it('cannot be listed where its index is damaged, and is left as it is', async () => {
    const variants = cacheVariants(version).filter((variant) => damagedIndexes.includes(variant))

    // At the same time, because each is read again for a while: it could be a file that is just being written.
    await Promise.all(
      variants.map(async (variant) => {
        const cache = await cacheOf(version, variant)
        const before = await treeOf(cache.root)
        await expect(cache.list()).rejects.toMatchObject({ kind: 'store-corrupt' })
        expect(await treeOf(cache.root)).toEqual(before)
      }),
    )
  })

  it('has no variant that is missing here', () => {
    const known = ['base', ...damagedIndexes, ...Object.keys(listings)]

    expect(cacheVariants(version).filter((variant) => !known.includes(variant))).toEqual([])
  })
})

describe('a broken entry', () => {
  it.each([
    ['missing-manifest', /^The manifest of localhost:5000\/myrepo\/mychart:2\.7\.0 is missing: /],
    ['corrupt-manifest', /^The manifest of localhost:5000\/myrepo\/mychart:2\.7\.0 is damaged: /],
    [
      'missing-layer',
      /^The chart layer of localhost:5000\/myrepo\/mychart:2\.7\.0 is missing from the cache/,
    ],
    ['truncated-layer', /^The chart layer of .+ is damaged: it should have 487 bytes but has \d+\.$/],
    ['container-image', /^localhost:5000\/library\/image:1 is not a Helm chart: it is a container image/],
    ['nested-index', /^localhost:5000\/nested\/index:1 is not a Helm chart: it is an index/],
    ['traversal-digest', /"sha256:\.\.\/\.\.\/\.\.\/index\.json" is not a sha256 or sha512 digest/],
  ])('says what is wrong: %s', async (variant, sentence) => {
    const cache = await cacheOf('3.6.3', variant)

    const problems = (await cache.list()).flatMap(({ problem }) => problem?.message ?? [])

    expect(problems).toEqual([expect.stringMatching(sentence)])
  })

  it.each(Object.keys(listings))('can be removed, and what stays is a sound list: %s', async (variant) => {
    const cache = await cacheOf('3.6.3', variant)
    const listed = await cache.list()
    const broken = listed.filter(({ problem }) => problem !== undefined)

    for (const { reference } of broken) await cache.remove(reference)

    expect(await cache.list()).toEqual(listed.filter(({ problem }) => problem === undefined))
  })

  it('is the error of whoever needs the chart', async () => {
    const cache = await cacheOf('3.6.3', 'missing-layer')

    await expect(cache.require(mychart)).rejects.toMatchObject({ kind: 'not-found' })
    expect((await cache.require(small)).name).toBe('v2-minimal')
  })
})

describe('reading a layer', () => {
  it('fails before its end where the layer is damaged', async () => {
    const cache = await cacheOf('3.6.3', 'corrupt-layer')
    const { layer } = await cache.require(mychart)

    const reading = readAll(await cache.fetch(layer))

    await expect(reading).rejects.toMatchObject({ kind: 'integrity' })
  })

  it('gives the bytes of a sound one', async () => {
    const cache = await cacheOf('3.6.3', 'base')
    const { layer } = await cache.require(mychart)

    expect(await readVerified(await cache.fetch(layer), layer, 'the layer')).toHaveLength(488)
  })

  it('does not count a damaged one as present, so the next push replaces it', async () => {
    const damaged = await cacheOf('3.6.3', 'corrupt-layer')
    const sound = await cacheOf('3.6.3', 'unknown-keys')
    const { layer } = await damaged.require(mychart)

    expect(await damaged.exists(layer)).toBe(false)
    await damaged.push(layer, async () => await sound.fetch(layer))

    expect(await readAll(await damaged.fetch(layer))).toBe(487)
  })
})

describe('a second list', () => {
  it('opens only the blobs that are new', async () => {
    const cache = await cacheOf('3.6.3', 'base')
    const layout = new CountingLayout(cache.root)
    const reader = new CacheReader(layout)
    const readAgain = async (): Promise<number> => {
      layout.opened = 0
      await reader.readAll([...namedEntries(await layout.readIndex())], {})
      return layout.opened
    }

    expect(await readAgain()).toBeGreaterThan(0)
    expect(await readAgain()).toBe(0)
    await save(cache, 'localhost:5000/new:1')
    expect(await readAgain()).toBe(2)
  })

  it('sees what has changed since', async () => {
    const cache = await cacheOf('3.6.3', 'base')
    await cache.list()
    const blob = blobPath(cache, (await cache.require(mychart)).manifestDigest)
    await chmod(blob, 0o644)
    await writeFile(blob, 'no longer a manifest')

    expect((await cache.find(mychart))?.problem?.kind).toBe('integrity')
  })
})

describe('the references of a cache', () => {
  it('come from the index alone, in the order of the list', async () => {
    const cache = await cacheOf('3.6.3', 'missing-manifest')
    const listed = (await cache.list()).map(({ reference }) => reference)
    await rm(join(cache.root, 'blobs'), { recursive: true })

    expect(await cache.names()).toEqual(listed)
  })

  it.each(helmVersions)('are found by its place alone: every cache of Helm %s', async (version) => {
    // At the same time, because a damaged index is read again for a while.
    await Promise.all(
      cacheVariants(version).map(async (variant) => {
        const cache = await cacheOf(version, variant)
        const [expected, found] = await Promise.all(
          [cache.names(), listReferences({ root: cache.root })].map(
            async (names) => await names.catch(messageOf),
          ),
        )

        expect(found, variant).toEqual(expected)
      }),
    )
  })

  it('are none where there is no cache', async () => {
    expect(await listReferences({ root: join(await temporaryDirectory(), 'none') })).toEqual([])
  })
})

describe('looking up a reference', () => {
  it.each([
    'localhost:5000/Upper/Case:X',
    '/a:1:0.1.0',
    'localhost:5000/no-tag',
    'localhost:5000/with space:1',
  ])('takes it byte for byte first: %s', async (reference) => {
    const cache = await cacheOf('3.6.3', 'ref-odd-names')

    expect((await cache.require(reference)).reference).toBe(reference)
  })

  it('takes it as it parses then', async () => {
    const cache = await cacheOf('3.6.3', 'base')

    expect((await cache.find(`oci://${mychart}`))?.reference).toBe(mychart)
  })

  it('names the tags that there are where the tag is missing', async () => {
    const cache = await cacheOf('3.6.3', 'base')

    await expect(cache.require('localhost:5000/myrepo/mychart')).rejects.toMatchObject({
      kind: 'invalid-reference',
      message: 'localhost:5000/myrepo/mychart needs a tag.',
      advice: `The cache has ${mychart}.`,
    })
  })

  it('names the tags that there are where it is another one', async () => {
    const cache = await cacheOf('3.6.3', 'base')

    await expect(cache.require('localhost:5000/myrepo/mychart:9.9.9')).rejects.toMatchObject({
      kind: 'not-found',
      message: 'localhost:5000/myrepo/mychart:9.9.9 is not in the cache.',
      advice: `The cache has ${mychart}.`,
    })
  })

  it('says what to do where there is nothing of the kind', async () => {
    const cache = new ChartCache(join(await temporaryDirectory(), 'none'))

    await expect(cache.require('localhost:5000/a/b:1')).rejects.toMatchObject({
      kind: 'not-found',
      advice: 'Save or pull it first.',
    })
    await expect(cache.remove('localhost:5000/a/b:1')).rejects.toMatchObject({ kind: 'not-found' })
    expect(await cache.find('localhost:5000/a/b:1')).toBeUndefined()
    await expect(stat(cache.root)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('naming a chart', () => {
  it('gives the entry of the guide to a chart that Helm 3.0-3.6 reads', async () => {
    const cache = new ChartCache(await temporaryDirectory())
    const { descriptor } = await save(cache, mychart)

    expect(await indexOf(cache)).toBe(
      `{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"${descriptor.digest}","size":${descriptor.size},"annotations":{"org.opencontainers.image.ref.name":"${mychart}"}}]}`,
    )
  })

  it.each<[string, ChartFormat]>([
    [mychart, 'modern'],
    [mychart, 'beta'],
    ['localhost/x:20210601', 'legacy'],
    ['[::1]:5000/x:1', 'legacy'],
  ])('hides one that Helm 3.0-3.6 cannot read from it: %s, %s', async (reference, format) => {
    const cache = new ChartCache(await temporaryDirectory())
    await save(cache, reference, format)

    expect(await annotationsIn(cache)).toEqual([{ 'io.containerd.image.name': reference }])
    expect((await cache.list()).map(summaryOf)).toEqual([[reference, `mychart 0.1.0 ${format}`]])
    expect((await cache.resolve(reference)).descriptor.digest).toBe(
      (await cache.require(reference)).manifestDigest,
    )
  })

  it('keeps one entry a reference, whatever was there before', async () => {
    const cache = new ChartCache(await temporaryDirectory())
    await save(cache, mychart, 'modern')
    await save(cache, mychart, 'legacy')
    expect(await annotationsIn(cache)).toEqual([{ 'org.opencontainers.image.ref.name': mychart }])
    await save(cache, mychart, 'modern')
    expect(await annotationsIn(cache)).toEqual([{ 'io.containerd.image.name': mychart }])
  })

  it('refuses what is not a chart before anything is written', async () => {
    const cache = new ChartCache(join(await temporaryDirectory(), 'none'))
    const config = describeBytes('application/vnd.oci.image.config.v1+json', Buffer.from('{}'))

    await expect(cache.tag(encodeManifest({ config, layers: [] }), mychart)).rejects.toMatchObject({
      kind: 'not-a-chart',
    })

    expect(await filesUnder(cache.root)).toEqual([])
  })

  it('refuses what is not complete, as where its content was swept away meanwhile', async () => {
    const cache = new ChartCache(await temporaryDirectory())
    const manifest = await save(cache, mychart)
    const before = await indexOf(cache)
    const { digest } = await cache.require(mychart)
    await rm(blobPath(cache, digest))

    await expect(cache.tag(manifest, 'localhost:5000/new:1')).rejects.toMatchObject({
      kind: 'not-found',
      message: `localhost:5000/new:1 was not stored: its blob ${digest} is not in the cache any more.`,
    })

    expect(await indexOf(cache)).toBe(before)
  })

  it('keeps everything in the index that others wrote', async () => {
    const cache = await cacheOf('3.6.3', 'unknown-keys')
    const before = JSON.parse(await indexOf(cache)) as unknown

    await save(cache, 'localhost:5000/new:1')
    await cache.remove('localhost:5000/new:1')

    expect(JSON.parse(await indexOf(cache))).toEqual(before)
  })

  it('keeps what others added to the entry when the same chart is saved again', async () => {
    const cache = await cacheOf('3.6.3', 'unknown-keys')
    const before = JSON.parse(await indexOf(cache)) as unknown
    const { manifest } = await cache.require(mychart)

    await cache.tag(manifest, mychart)

    expect(JSON.parse(await indexOf(cache))).toEqual(before)
  })
})

describe('removing a chart', () => {
  it('drops all entries of the name and keeps the order of the others', async () => {
    const cache = await cacheOf('3.6.3', 'duplicate-refs')

    await cache.remove(mychart)

    expect(await annotationsIn(cache)).toEqual([{ 'org.opencontainers.image.ref.name': small }])
  })

  it('leaves the index of the guide behind after the last one', async () => {
    const cache = new ChartCache(await temporaryDirectory())
    await save(cache, mychart)

    await cache.remove(mychart)

    expect(await indexOf(cache)).toBe('{"schemaVersion":2,"manifests":[]}')
  })

  it('can be undone, foreign fields included', async () => {
    const cache = await cacheOf('3.6.3', 'unknown-keys')
    const before = await cache.list()
    const removed = await cache.remove(mychart)
    expect(removed).toMatchObject({ reference: mychart, chart: { name: 'mychart' } })

    await cache.restore(removed)

    expect(await cache.list()).toEqual(before)
    expect(JSON.parse(await indexOf(cache))).toMatchObject({
      manifests: expect.arrayContaining([expect.objectContaining({ 'x-unknown': true })]) as unknown[],
    })
  })

  it('is not undone over what was saved since', async () => {
    const cache = await cacheOf('3.6.3', 'base')
    const removed = await cache.remove(mychart)
    await save(cache, mychart)

    await expect(cache.restore(removed)).rejects.toMatchObject({ kind: 'target-exists' })
  })
})

describe('the size of a cache', () => {
  it('counts each blob once, and only what the index needs', async () => {
    const cache = new ChartCache(await temporaryDirectory())
    expect(await cache.size()).toBe(0)
    await save(cache, mychart)
    const one = await cache.size()
    await save(cache, small)
    await save(cache, 'localhost:5000/other:1', 'modern')
    await cache.remove('localhost:5000/other:1')

    const blobs = await filesUnder(join(cache.root, 'blobs'))
    expect(blobs).toHaveLength(4)
    expect(await cache.size()).toBe(one)
  })

  it('counts what is there of broken entries', async () => {
    const cache = await cacheOf('3.6.3', 'missing-layer')

    expect(await cache.size()).toBe(321 + 117 + 320 + 57 + 199)
  })
})

describe('a listener', () => {
  it('hears that another program replaced index.json', async () => {
    const cache = await cacheOf('3.6.3', 'base')
    const heard = listen(cache)
    const aside = join(cache.root, 'aside')
    await writeFile(aside, '{"schemaVersion":2,"manifests":[]}')

    await rename(aside, join(cache.root, 'index.json'))

    await heard
    expect(await cache.list()).toEqual([])
  })

  it('hears of the first chart of a cache that did not exist', async () => {
    const cache = new ChartCache(join(await temporaryDirectory(), 'helm', 'registry', 'cache'))
    const heard = listen(cache)

    await save(new ChartCache(cache.root), mychart)

    await heard
    expect((await cache.list()).map(({ reference }) => reference)).toEqual([mychart])
  })

  it('hears that a damaged chart was saved again, although the index says the same', async () => {
    const cache = new ChartCache(await temporaryDirectory())
    await save(cache, mychart)
    const { digest } = await cache.require(mychart)
    await rm(blobPath(cache, digest))
    const heard = listen(cache)

    await save(cache, mychart)

    await heard
    expect((await cache.find(mychart))?.problem).toBeUndefined()
  })
})

function recorded(version: HelmVersion): [string, Readonly<Record<string, string>>][] {
  const variants = cacheVariants(version)
  return Object.entries(listings).filter(([variant]) => variants.includes(variant))
}

function rowOf(chart: CachedChart): string[] {
  if (chart.problem !== undefined) return [chart.reference, chart.problem.kind]
  const { reference, name, version, digest, size } = chart
  const shown = reference.length > 60 ? `${reference.slice(0, 57)}...` : reference
  return [shown, name, version, shortDigest(digest), formatSize(size)]
}

function without(row: readonly string[], positions: readonly number[]): string[] {
  return row.filter((_, position) => !positions.includes(position))
}

function summaryOf(chart: CachedChart): [string, string] {
  return chart.problem === undefined
    ? [chart.reference, `${chart.name} ${chart.version} ${chart.format}`]
    : [chart.reference, chart.problem.kind]
}

function expectSentences({ message, advice }: { message: string; advice?: string }): void {
  expect(message).toMatch(/^\S.+\.$/)
  expect(advice).toMatch(/^[A-Z].+\.$/)
}

/** A chart of the fixtures, saved as an operation would. */
async function save(
  cache: ChartCache,
  reference: string,
  format: ChartFormat = 'legacy',
): Promise<RawManifest> {
  const archive = await readFile(fixture('archives', 'plain.tgz'))
  const metadata = { name: 'mychart', version: '0.1.0', apiVersion: 'v2' }
  const layer = describeBytes(chartMediaTypes[format], archive)
  const configBytes = encodeConfig(metadata)
  const config = describeBytes(chartMediaTypes.config, configBytes)
  await cache.push(layer, () => Readable.from([archive]))
  await cache.push(config, () => Readable.from([configBytes]))
  const manifest = encodeChartManifest({ config, layer, format, metadata })
  await cache.tag(manifest, reference)
  return manifest
}

async function indexOf(cache: ChartCache): Promise<string> {
  return await readFile(join(cache.root, 'index.json'), 'utf8')
}

async function annotationsIn(cache: ChartCache): Promise<unknown[]> {
  const { manifests } = JSON.parse(await indexOf(cache)) as { manifests: { annotations: unknown }[] }
  return manifests.map(({ annotations }) => annotations)
}

function blobPath(cache: ChartCache, digest: Parameters<typeof hexOf>[0]): string {
  return join(cache.root, 'blobs', 'sha256', hexOf(digest))
}

async function readAll(content: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0
  for await (const chunk of content) size += chunk.length
  return size
}

/** Ends with the next change that a listener of the cache hears. */
async function listen(cache: ChartCache): Promise<void> {
  await new Promise<void>((resolve) => {
    const listening = cache.onDidChange(resolve)
    onTestFinished(() => {
      listening.dispose()
    })
  })
}
