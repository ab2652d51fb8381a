import { existsSync } from 'node:fs'
import { mkdir, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { ChartCache, removeChart, verifyCache, type Progress } from '../../../src/core/index.ts'
import { entryFor } from '../../../src/core/layout/indexFile.ts'
import { Layout } from '../../../src/core/layout/layout.ts'
import { describe as describeBytes, type Descriptor } from '../../../src/core/oci/descriptor.ts'
import { mediaTypes } from '../../../src/core/oci/mediaTypes.ts'
import { blobPath, storeChart } from '../../support/storedChart.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

describe('the health of a cache', () => {
  it('is good where there is none, and none is made', async () => {
    const cache = new ChartCache(join(await temporaryDirectory(), 'none'))

    expect(await verifyCache(cache)).toEqual({
      root: cache.root,
      references: 0,
      blobs: 0,
      bytes: 0,
      findings: [],
      offers: [],
    })
    expect(existsSync(cache.root)).toBe(false)
  })

  it('tells of a blob that is missing for every reference that needs it', async () => {
    const cache = await newCache()
    const { blobs } = await storeChart(cache, 'mychart:1')
    await storeChart(cache, 'mychart:2')
    await rm(blobPath(cache, blobs[1]?.descriptor.digest ?? ''))

    const { findings } = await verifyCache(cache)

    expect(findings.map(({ kind, reference, isFault }) => [kind, reference, isFault])).toEqual([
      ['missing-blob', 'mychart:1', true],
      ['missing-blob', 'mychart:2', true],
    ])
  })

  it('looks into image indexes and entries without a name; subjects may be elsewhere', async () => {
    const cache = await newCache()
    const { manifest, blobs } = await storeChart(cache, 'mychart:1')
    const lost = describeBytes(mediaTypes.manifest, Buffer.from('lost'))
    const index = await storedJson(cache, mediaTypes.index, {
      schemaVersion: 2,
      manifests: [manifest.descriptor, lost],
    })
    const signature = await storedJson(cache, mediaTypes.manifest, {
      schemaVersion: 2,
      config: blobs[0]?.descriptor,
      layers: [],
      subject: lost,
    })
    await new Layout(cache.root).change(({ entries, fields }) => ({
      entries: [...entries, entryFor(signature), entryFor(index)],
      fields,
    }))

    const { findings } = await verifyCache(cache)

    expect(findings).toMatchObject([{ kind: 'missing-blob', digest: lost.digest, isFault: true }])
    expect(findings[0]?.message).toBe(`The manifest of ${index.digest} is missing (${lost.digest}).`)
  })

  it('tells what lies among the blobs and is none, and blobs that are damaged though nothing needs them', async () => {
    const cache = await newCache()
    await storeChart(cache, 'mychart:1')
    const blobs = join(cache.root, 'blobs', 'sha256')
    for (const name of ['A'.repeat(64), 'b'.repeat(64), '.DS_Store']) await writeFile(join(blobs, name), 'x')

    const { findings } = await verifyCache(cache)

    expect(findings.map(({ kind, path, isFault }) => [kind, path, isFault])).toEqual([
      ['damaged-blob', join(blobs, 'b'.repeat(64)), true],
      ['stray-file', join(blobs, '.DS_Store'), false],
      ['stray-file', join(blobs, 'A'.repeat(64)), false],
    ])
  })

  it.each<[string, boolean, (journal: string) => Promise<void>]>([
    ['was one before', true, () => Promise.resolve()],
    ['need not have been one', false, rm],
  ])('tells that there is no index; where there %s, it is a fault: %s', async (_, isFault, forget) => {
    const cache = await newCache()
    await storeChart(cache, 'mychart:1')
    await rm(join(cache.root, 'index.json'))
    await forget(join(cache.root, '.chartroom', 'journal'))

    const { findings } = await verifyCache(cache)

    expect(findings).toMatchObject([{ kind: 'index', path: join(cache.root, 'index.json'), isFault }])
  })

  it('tells that the journal cannot be read, which keeps every change from being made', async () => {
    const cache = await newCache()
    await storeChart(cache, 'mychart:1')
    const path = join(cache.root, '.chartroom', 'journal')
    await rm(path)
    await mkdir(path)

    const { findings } = await verifyCache(cache)

    expect(findings).toMatchObject([{ kind: 'journal', path, isFault: true }])
    await expect(removeChart(cache, 'mychart:1')).rejects.toMatchObject({
      kind: 'store-corrupt',
      message: `${path} is not a journal that can be read, so nothing is changed beside it.`,
      advice: 'Move it away: what was on offer is forgotten then, and nothing else.',
    })
  })

  it('tells when Helm is just writing, and what it left behind long ago', async () => {
    const cache = await newCache()
    await storeChart(cache, 'mychart:1')
    const [now, longAgo] = ['now', 'long-ago'].map((name) => join(cache.root, 'ingest', name)) as [
      string,
      string,
    ]
    for (const directory of [now, longAgo]) {
      await mkdir(directory, { recursive: true })
      await writeFile(join(directory, 'data'), 'half')
    }
    await utimes(join(longAgo, 'data'), 0, 0)

    const { findings } = await verifyCache(cache)

    expect(findings.map(({ kind, path, isFault }) => [kind, path, isFault])).toEqual([
      ['leftover', longAgo, false],
      ['busy', join(cache.root, 'ingest'), false],
    ])
  })

  it('says how many bytes are read, up to the last one', async () => {
    const cache = await newCache()
    await storeChart(cache, 'mychart:1')
    const seen: Progress[] = []

    const { bytes } = await verifyCache(cache, { onProgress: (progress) => seen.push(progress) })

    expect(seen.map(({ done }) => done)).toEqual(seen.map(({ done }) => done).sort((a, b) => a - b))
    expect(seen.at(-1)).toEqual({ step: 'verifying', done: bytes, total: bytes })
  })

  it('is not looked at any longer than is wanted', async () => {
    const cache = await newCache()
    await storeChart(cache, 'mychart:1')
    const stop = new AbortController()

    const verifying = verifyCache(cache, {
      signal: stop.signal,
      onProgress: () => {
        stop.abort()
      },
    })

    await expect(verifying).rejects.toMatchObject({ name: 'AbortError' })
  })
})

async function newCache(): Promise<ChartCache> {
  return new ChartCache(await temporaryDirectory())
}

async function storedJson(cache: ChartCache, mediaType: string, value: unknown): Promise<Descriptor> {
  const bytes = Buffer.from(JSON.stringify(value))
  const descriptor = describeBytes(mediaType, bytes)
  await cache.push(descriptor, () => Readable.from([bytes]))
  return descriptor
}
