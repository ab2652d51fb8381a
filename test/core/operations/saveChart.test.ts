import { appendFile, cp, mkdir, readFile, readdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ChartCache, saveChart } from '../../../src/core/index.ts'
import { digestOf, hexOf, type Digest } from '../../../src/core/oci/digest.ts'
import { fixture } from '../../support/fixtures.ts'
import { runOrFail } from '../../support/run.ts'
import { writeChart } from '../../support/sampleChart.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { treeOf } from '../../support/tree.ts'

describe('saving a chart directory', () => {
  it('stores it under the reference and tells what it is', async () => {
    const { cache, chart } = await workplace()

    const saved = await saveChart(cache, chart, 'localhost:5000/myrepo/mychart:2.7.0')

    expect(saved).toMatchObject({
      reference: 'localhost:5000/myrepo/mychart:2.7.0',
      name: 'mychart',
      version: '0.1.0',
      appVersion: '1.0',
      format: 'legacy',
      deprecated: false,
      warnings: [],
      dropsProvenance: false,
    })
    expect(await cache.list()).toMatchObject([{ reference: saved.reference, digest: saved.digest }])
  })

  it('takes the version as the tag where the reference has none', async () => {
    const { cache, chart } = await workplace()

    expect(await saveChart(cache, chart, 'localhost:5000/myrepo/mychart')).toMatchObject({
      reference: 'localhost:5000/myrepo/mychart:0.1.0',
    })
  })

  it('takes name and version where there is no reference', async () => {
    const { cache, chart } = await workplace()

    expect(await saveChart(cache, chart)).toMatchObject({ reference: 'mychart:0.1.0' })
  })

  it('gives the same digests every time', async () => {
    const [first, second] = [await workplace(), await workplace()]

    const one = await saveChart(first.cache, first.chart, 'a/b:1')
    const two = await saveChart(second.cache, second.chart, 'a/b:1')

    expect(two.digest).toBe(one.digest)
    expect(two.manifestDigest).toBe(one.manifestDigest)
  })

  it('writes the config blob that Helm writes for the chart of the guide', async () => {
    const { cache } = await workplace()

    const saved = await saveChart(
      cache,
      fixture('charts', 'guide-mychart'),
      'localhost:5000/myrepo/mychart:2.7.0',
    )

    const manifest = JSON.parse((await blob(cache, saved.manifestDigest)).toString()) as { config: unknown }
    expect(manifest.config).toEqual({
      mediaType: 'application/vnd.cncf.helm.config.v1+json',
      digest: 'sha256:8ec7c0f2f6860037c19b54c3cfbab48d9b4b21b485a93d87b64690fdb68c2111',
      size: 117,
    })
  })

  it('keeps what a list tells of it', async () => {
    const { cache, parent } = await workplace()
    const chart = await writeChart(parent, 'told', '1.0.0', {
      'Chart.yaml': [
        'apiVersion: v2\nname: told\nversion: 1.0.0\nkubeVersion: ">=1.28"\nmaintainers:',
        '- { name: Jane, email: jane@example.com }\n- { name: Joe, url: https://example.com }\n- {}\n',
      ].join('\n'),
    })

    await saveChart(cache, chart, 'localhost:5000/a/told:1.0.0')

    expect(await cache.list()).toMatchObject([
      { kubeVersion: '>=1.28', maintainers: ['Jane (jane@example.com)', 'Joe'], signed: false },
    ])
  })

  it('replaces what had the name before', async () => {
    const { cache, chart } = await workplace()
    await saveChart(cache, chart, 'localhost:5000/a/b:1')
    await appendFile(join(chart, 'values.yaml'), 'more: true\n')

    const second = await saveChart(cache, chart, 'localhost:5000/a/b:1')

    expect((await cache.list()).map(({ manifestDigest }) => manifestDigest)).toEqual([second.manifestDigest])
  })

  it('writes nothing for a cancelled save', async () => {
    const { cache, chart, root } = await workplace()
    const reason = new DOMException('no longer wanted', 'AbortError')

    await expect(saveChart(cache, chart, 'a/b:1', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)

    expect(Object.keys(await treeOf(root)).filter((path) => path.startsWith('blobs'))).toEqual([])
  })

  it.each([
    ['a path that is not there', 'nowhere', 'not-found'],
    ['a folder without Chart.yaml', '.', 'invalid-chart'],
  ])('refuses %s and writes nothing', async (_, path, kind) => {
    const { cache, root, parent } = await workplace()

    await expect(saveChart(cache, join(parent, path), 'a/b:1')).rejects.toMatchObject({ kind })

    expect(await treeOf(root)).toEqual({})
  })

  it('refuses what would make every list slow', async () => {
    const { cache, parent } = await workplace()
    const keywords = Array.from({ length: 300_000 }, () => '- abc').join('\n')
    const chart = await writeChart(parent, 'long', '1.0.0', {
      'Chart.yaml': `apiVersion: v2\nname: long\nversion: 1.0.0\nkeywords:\n${keywords}\n`,
    })

    await expect(saveChart(cache, chart, 'a/b:1')).rejects.toMatchObject({ kind: 'too-large' })
  })

  it('does not wait for a pipe', async () => {
    const { cache, parent } = await workplace()
    const pipe = join(parent, 'pipe')
    await runOrFail('mkfifo', [pipe])

    await expect(saveChart(cache, pipe, 'a/b:1')).rejects.toMatchObject({ kind: 'invalid-chart' })
  })

  it('stores nothing beside an index that cannot be read', async () => {
    const { cache, chart, root } = await workplace()
    await mkdir(root)
    await writeFile(join(root, 'index.json'), '[]')

    await expect(saveChart(cache, chart, 'a/b:1')).rejects.toMatchObject({ kind: 'store-corrupt' })

    expect(Object.keys(await treeOf(root))).toEqual(['index.json'])
  })

  it('refuses a reference with a digest', async () => {
    const { cache, chart } = await workplace()

    await expect(saveChart(cache, chart, `a/b@sha256:${'0'.repeat(64)}`)).rejects.toMatchObject({
      kind: 'invalid-reference',
    })
  })
})

describe('saving a chart archive', () => {
  const archive = fixture('repository', 'site', 'mychart-0.1.0.tgz')

  it('stores its bytes as they are', async () => {
    const { cache } = await workplace()

    const saved = await saveChart(cache, archive, 'localhost:5000/a/mychart')

    expect(saved.digest).toBe(digestOf(await readFile(archive)))
    expect(await blob(cache, saved.digest)).toEqual(await readFile(archive))
  })

  it('says that a .prov beside it cannot travel in the legacy format', async () => {
    const { cache, parent } = await workplace()
    await withProvenance(parent)

    const saved = await saveChart(cache, join(parent, 'signed.tgz'), 'localhost:5000/a/signed')

    expect(saved.dropsProvenance).toBe(true)
  })

  it('takes the .prov along in the modern format', async () => {
    const { cache, parent } = await workplace()
    await withProvenance(parent)

    const saved = await saveChart(cache, join(parent, 'signed.tgz'), 'localhost:5000/a/signed', {
      format: 'modern',
    })

    const manifest = JSON.parse((await blob(cache, saved.manifestDigest)).toString()) as {
      layers: { mediaType: string }[]
    }
    expect(manifest.layers.map(({ mediaType }) => mediaType).sort()).toEqual([
      'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
      'application/vnd.cncf.helm.chart.provenance.v1.prov',
    ])
    expect(saved).toMatchObject({ format: 'modern', signed: true, dropsProvenance: false })
  })

  it('refuses a .prov that is far too large and writes nothing', async () => {
    const { cache, root, parent } = await workplace()
    await withProvenance(parent)
    await truncate(join(parent, 'signed.tgz.prov'), 1024 ** 3)
    const before = process.memoryUsage().rss

    await expect(
      saveChart(cache, join(parent, 'signed.tgz'), 'localhost:5000/a/signed', { format: 'modern' }),
    ).rejects.toMatchObject({ kind: 'too-large' })

    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024)
    expect(await treeOf(root)).toEqual({})
    // All that is left behind is read to its end.
    await truncate(join(parent, 'signed.tgz.prov'), 0)
  })

  it('stores a .prov as it is, whatever paths stand in it', async () => {
    const { cache, parent } = await workplace()
    await withProvenance(parent)
    const hostile = 'files:\n  ../../../etc/passwd: sha256:00\n\u001b[31m\0'
    await writeFile(join(parent, 'signed.tgz.prov'), hostile)

    const saved = await saveChart(cache, join(parent, 'signed.tgz'), 'localhost:5000/a/signed', {
      format: 'modern',
    })

    const { layers } = JSON.parse((await blob(cache, saved.manifestDigest)).toString()) as {
      layers: { mediaType: string; digest: Digest }[]
    }
    const provenance = layers.find(({ mediaType }) => mediaType.endsWith('.prov'))
    expect((await blob(cache, provenance!.digest)).toString()).toBe(hostile)
    expect((await readdir(parent)).sort()).toEqual(['cache', 'charts', 'signed.tgz', 'signed.tgz.prov'])
  })

  it('refuses what is no archive and writes nothing', async () => {
    const { cache, root, parent } = await workplace()
    await writeFile(join(parent, 'text.tgz'), 'not an archive')

    await expect(saveChart(cache, join(parent, 'text.tgz'), 'a/b:1')).rejects.toMatchObject({
      kind: 'invalid-chart',
    })

    expect(await treeOf(root)).toEqual({})
  })
})

async function workplace(): Promise<{ parent: string; root: string; cache: ChartCache; chart: string }> {
  const parent = await temporaryDirectory()
  const root = join(parent, 'cache')
  return { parent, root, cache: new ChartCache(root), chart: await writeChart(join(parent, 'charts')) }
}

async function withProvenance(parent: string): Promise<void> {
  const signed = fixture('repository', 'site', 'crds-schema-docs-0.1.0.tgz')
  await cp(signed, join(parent, 'signed.tgz'))
  await cp(`${signed}.prov`, join(parent, 'signed.tgz.prov'))
}

async function blob(cache: ChartCache, digest: Digest): Promise<Buffer> {
  return await readFile(join(cache.root, 'blobs', 'sha256', hexOf(digest)))
}
