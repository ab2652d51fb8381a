import { cp, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  copyChart,
  listCharts,
  pullChart,
  pushChart,
  saveChart,
  type CopiedChart,
} from '../../../src/core/index.ts'
import { encodeChartManifest } from '../../../src/core/chart/chartManifest.ts'
import { chartMediaTypes } from '../../../src/core/chart/mediaTypes.ts'
import { fixture } from '../../support/fixtures.ts'
import { localRegistry } from '../../support/localRegistry.ts'
import { packedChart } from '../../support/packedChart.ts'
import { workplace, type Workplace } from '../../support/workplace.ts'
import { serveChart } from './servedChart.ts'

const chart = fixture('charts', 'guide-mychart')
const original = 'localhost:5000/myrepo/mychart:2.7.0'
const signed = 'crds-schema-docs-0.1.0.tgz'

describe('copying a chart of the cache', () => {
  it('gives it a second name in the cache, with the same manifest', async () => {
    const place = await workplace()
    const saved = await saveChart(place.cache, chart, original)

    const copied = await copyChart(place, original, 'ghcr.io/acme/mychart:stable')

    expect(copied).toMatchObject({
      source: original,
      place: 'cache',
      reference: 'ghcr.io/acme/mychart:stable',
      name: 'mychart',
      digest: saved.digest,
      manifestDigest: saved.manifestDigest,
      dropsProvenance: false,
    })
    expect(await place.cache.names()).toEqual(['ghcr.io/acme/mychart:stable', original])
  })

  it('keeps the tag where the new name has none', async () => {
    const place = await workplace()
    await saveChart(place.cache, chart, original)

    expect(await copyChart(place, original, 'other')).toMatchObject({ reference: 'other:2.7.0' })
  })

  it('wants a tag where neither name has one', async () => {
    const place = await workplace()
    const saved = await saveChart(place.cache, chart, original)
    const manifest = await place.cache.resolve(original)
    const byDigest = `localhost:5000/myrepo/mychart@${saved.manifestDigest}`
    await place.cache.tag(manifest, byDigest)

    await expect(copyChart(place, byDigest, 'other')).rejects.toMatchObject({
      kind: 'invalid-reference',
      message: 'other needs a tag.',
    })
    expect(await copyChart(place, byDigest, 'other:1')).toMatchObject({ digest: saved.digest })
  })

  it('refuses a digest as the new name', async () => {
    const place = await workplace()
    const { manifestDigest } = await saveChart(place.cache, chart, original)

    await expect(copyChart(place, original, `other@${manifestDigest}`)).rejects.toMatchObject({
      kind: 'invalid-reference',
    })
  })

  it('replaces what has the new name, unless it may not', async () => {
    const place = await workplace()
    const saved = await saveChart(place.cache, chart, original)
    const { manifestDigest } = await saveChart(place.cache, fixture('charts', 'v2-minimal'), 'other:1')

    const refused = copyChart(place, original, 'other:1', { overwrite: false })
    await expect(refused).rejects.toMatchObject({
      kind: 'target-exists',
      message: `other:1 holds another chart in the cache (${manifestDigest.slice(7, 14)}). Nothing was copied.`,
    })

    expect(await copyChart(place, original, 'other:1')).toMatchObject({ digest: saved.digest })
    expect(await copyChart(place, original, 'other:1', { overwrite: false })).toMatchObject({
      digest: saved.digest,
    })
  })

  it('says what the cache has in place of a chart that it does not have', async () => {
    const place = await workplace()
    await saveChart(place.cache, chart, original)

    await expect(copyChart(place, 'nothing:1', 'other:1')).rejects.toMatchObject({
      kind: 'not-found',
      message: 'nothing:1 is not in the cache.',
    })
    await expect(copyChart(place, 'localhost:5000/myrepo/mychart', 'other:1')).rejects.toMatchObject({
      kind: 'invalid-reference',
      advice: `The cache has ${original}.`,
    })
  })
})

describe('converting a chart of the cache', () => {
  it('gives the manifest that saving in that format gives, and back again the first one', async () => {
    const place = await workplace()
    const legacy = await saveChart(place.cache, chart, original)
    const modern = await saveChart(place.cache, chart, 'saved:1', { format: 'modern' })

    const there = await copyChart(place, original, 'modern:1', { format: 'modern' })
    const back = await copyChart(place, 'modern:1', 'legacy:1', { format: 'legacy' })

    expect(there).toMatchObject({
      format: 'modern',
      digest: legacy.digest,
      manifestDigest: modern.manifestDigest,
    })
    expect(back).toMatchObject({ format: 'legacy', manifestDigest: legacy.manifestDigest })
  })

  it('may be done in place', async () => {
    const place = await workplace()
    await saveChart(place.cache, chart, original)

    await copyChart(place, original, original, { format: 'modern' })

    expect(await listCharts(place.cache)).toMatchObject([{ reference: original, format: 'modern' }])
  })

  it('leaves a manifest alone that has the format already', async () => {
    const place = await placeWithSigned()
    const before = await place.cache.resolve(original)

    const copied = await copyChart(place, original, 'same:1', { format: 'modern' })

    expect(copied).toMatchObject({ manifestDigest: before.descriptor.digest, signed: true })
  })

  it('drops the provenance on the way to the legacy format, and says so', async () => {
    const place = await placeWithSigned()

    const copied = await copyChart(place, original, 'legacy:1', { format: 'legacy' })

    expect(copied).toMatchObject({ format: 'legacy', signed: false, dropsProvenance: true })
    expect(await copyChart(place, original, 'modern:1')).toMatchObject({
      signed: true,
      dropsProvenance: false,
    })
  })

  it.each(['legacy', 'modern'] as const)('makes a %s chart of one from the betas', async (format) => {
    const place = await workplace()
    const beta = await saveBeta(place)

    const copied = await copyChart(place, beta.reference, 'converted:1', { format })

    expect(copied).toMatchObject({ format, digest: beta.digest, name: 'old' })
    expect(await listCharts(place.cache)).toMatchObject([
      { reference: beta.reference, format: 'beta' },
      { reference: 'converted:1', format },
    ])
  })

  it('keeps the time of making, else gives the one that it is told', async () => {
    const place = await placeWithSigned()
    await saveChart(place.cache, chart, 'plain:1')

    await copyChart(place, original, 'legacy:1', { format: 'legacy', epoch: 1 })
    const again = await copyChart(place, original, 'same:1', { format: 'modern', epoch: 1 })
    const told = await copyChart(place, 'plain:1', 'told:1', { format: 'modern', epoch: 1_700_000_000 })

    expect(await createdOf(place, again)).toBe('2026-11-22T16:16:29Z')
    expect(await createdOf(place, told)).toBe('2023-11-14T22:13:20Z')
  })
})

describe('copying a chart from registry to registry', () => {
  it('brings it there byte for byte, and not through the cache', async () => {
    const [from, to] = [await localRegistry(), await localRegistry()]
    const place = await placeWithSigned()
    const source = `${from.host}/team/signed:0.1.0`
    await copyChart(place, original, source)
    await pushChart(place.cache, place.registries, source)
    const other = await workplace()

    const copied = await copyChart(other, source, `${to.host}/mirror/signed`)

    expect(copied).toMatchObject({
      source,
      place: 'registry',
      reference: `${to.host}/mirror/signed:0.1.0`,
      name: 'crds-schema-docs',
      version: '0.1.0',
      signed: true,
    })
    expect(await other.cache.names()).toEqual([])
    const pulled = await pullChart(other.cache, other.registries, copied.reference)
    expect(pulled.manifestDigest).toBe((await place.cache.resolve(original)).descriptor.digest)
  })

  it('leaves a tag alone that holds another chart, where it may not move', async () => {
    const [from, to] = [await localRegistry(), await localRegistry()]
    const place = await workplace()
    for (const [path, reference] of [
      [chart, `${from.host}/a:1`],
      [fixture('charts', 'v2-minimal'), `${to.host}/b:1`],
    ] as const) {
      await saveChart(place.cache, path, reference)
      await pushChart(place.cache, place.registries, reference)
    }
    const copying = async (overwrite: boolean): Promise<CopiedChart> =>
      await copyChart(await workplace(), `${from.host}/a:1`, `${to.host}/b:1`, { overwrite })

    await expect(copying(false)).rejects.toMatchObject({ kind: 'target-exists' })
    expect(await copying(true)).toMatchObject({ reference: `${to.host}/b:1`, name: 'mychart' })
  })

  it('converts on the way', async () => {
    const [from, to] = [await localRegistry(), await localRegistry()]
    const place = await workplace()
    await saveChart(place.cache, chart, `${from.host}/a:1`)
    await pushChart(place.cache, place.registries, `${from.host}/a:1`)
    const modern = await saveChart(place.cache, chart, 'saved:1', { format: 'modern' })

    const copied = await copyChart(await workplace(), `${from.host}/a:1`, `${to.host}/a:1`, {
      format: 'modern',
    })

    expect(copied).toMatchObject({ format: 'modern', manifestDigest: modern.manifestDigest })
  })

  it('needs a registry to copy to', async () => {
    const server = await serveChart()
    const place = await workplace()

    await expect(copyChart(place, server.reference, 'chart:1')).rejects.toMatchObject({
      kind: 'invalid-reference',
      message: `chart:1 names no registry, and ${server.reference} is not in the cache, so it cannot be copied.`,
    })
  })

  it('names nothing where a blob is not what its digest says', async () => {
    const to = await localRegistry()
    const server = await serveChart({ sent: { layer: Buffer.from('something else') } })
    const place = await workplace()

    await expect(copyChart(place, server.reference, `${to.host}/a:1`)).rejects.toMatchObject({
      kind: 'integrity',
    })
    const tags = await fetch(`${to.url}/v2/a/manifests/1`)
    expect(tags.status).toBe(404)
  })
})

/** A cache with a chart that Helm 4.3.1 signed, saved with its provenance. */
async function placeWithSigned(): Promise<Workplace> {
  const place = await workplace()
  const archive = join(place.directory, signed)
  for (const file of [signed, `${signed}.prov`]) {
    await cp(fixture('modern', 'helm-4.3.1', file), join(place.directory, file))
  }
  const time = new Date('2026-11-22T16:16:29Z')
  await utimes(archive, time, time)
  await saveChart(place.cache, archive, original, { format: 'modern' })
  return place
}

/** A chart in the format before Helm 3.0, as one that was pulled. */
async function saveBeta(place: Workplace): Promise<{ reference: string; digest: string }> {
  const { blobs } = await packedChart('old', '0.1.0')
  for (const { descriptor, bytes } of blobs) await place.cache.push(descriptor, () => only(bytes))
  const [config, layer] = blobs.map(({ descriptor }) => descriptor)
  if (config === undefined || layer === undefined) throw new Error('A chart has a config and a layer.')
  const manifest = encodeChartManifest({
    config,
    layer: { ...layer, mediaType: chartMediaTypes.beta },
    format: 'beta',
    metadata: { apiVersion: 'v2', name: 'old', version: '0.1.0' },
  })
  await place.cache.tag(manifest, 'beta:1')
  return { reference: 'beta:1', digest: layer.digest }
}

async function* only(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes)
}

async function createdOf({ cache }: Workplace, { reference }: CopiedChart): Promise<unknown> {
  const { bytes } = await cache.resolve(reference)
  const { annotations } = JSON.parse(bytes.toString()) as { annotations?: Record<string, string> }
  return annotations?.['org.opencontainers.image.created']
}
