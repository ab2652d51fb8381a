import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import {
  ChartCache,
  forgetOffers,
  pruneCache,
  removeChart,
  restoreChart,
  restoreOffers,
  verifyCache,
} from '../../../src/core/index.ts'
import { observeSteps } from '../../../src/core/base/files.ts'
import { entryFor } from '../../../src/core/layout/indexFile.ts'
import { Layout } from '../../../src/core/layout/layout.ts'
import { describe as describeBytes, type Descriptor } from '../../../src/core/oci/descriptor.ts'
import { digestOf } from '../../../src/core/oci/digest.ts'
import { mediaTypes } from '../../../src/core/oci/mediaTypes.ts'
import { cleanUp } from '../../support/cleanUp.ts'
import type { PackedChart } from '../../support/packedChart.ts'
import { blobPath, storeChart } from '../../support/storedChart.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { treeOf } from '../../support/tree.ts'

const hour = 60 * 60 * 1000
const day = 24 * hour

const kept = 'localhost:5000/myrepo/kept:0.1.0'

describe('prune', () => {
  it('finds nothing in a cache that does not exist, and makes none', async () => {
    const cache = new ChartCache(join(await temporaryDirectory(), 'none'))

    expect(await pruneCache(cache)).toMatchObject({ swept: [], waiting: [], isBusy: false })
    expect(existsSync(cache.root)).toBe(false)
  })

  it('moves what nothing needs to the trash when it has been seen without use for a day', async () => {
    const { cache, orphan } = await cacheWithOrphan()
    const now = Date.now()

    const first = await pruneCache(cache, { now })
    const early = await pruneCache(cache, { now: now + day - 1 })
    const due = await pruneCache(cache, { now: now + day })

    expect(first.waiting).toEqual([{ digest: orphan.digest, size: 6, since: new Date(now).toISOString() }])
    expect(early.swept).toEqual([])
    expect(due).toMatchObject({ swept: first.waiting, bytes: 6, waiting: [], isBusy: false, dryRun: false })
    expect(existsSync(blobPath(cache, orphan.digest))).toBe(false)
    expect(await inTrash(cache)).toEqual([orphan.digest])
    expect((await verifyCache(cache)).findings).toEqual([])
  })

  it('does not take the age of a file for the time without use: other programs use a blob that is there', async () => {
    const { cache, orphan } = await cacheWithOrphan()
    const longAgo = new Date('2020-01-01')
    await utimes(blobPath(cache, orphan.digest), longAgo, longAgo)

    expect((await pruneCache(cache)).swept).toEqual([])
  })

  it('begins to count anew when a blob was in use meanwhile', async () => {
    const { cache } = await cacheWithOrphan()
    const now = Date.now()
    const chart = await storeChart(cache, 'localhost:5000/myrepo/other:1', { name: 'other' })
    await forgetEverything(cache)
    const index = await readFile(join(cache.root, 'index.json'))
    await withoutEntry(cache, 'localhost:5000/myrepo/other:1')

    await pruneCache(cache, { now })
    await writeFile(join(cache.root, 'index.json'), index)
    await pruneCache(cache, { now: now + day - hour })
    await withoutEntry(cache, 'localhost:5000/myrepo/other:1')
    const { swept } = await pruneCache(cache, { now: now + day })

    expect(swept.map(({ digest }) => digest)).not.toContain(chart.manifest.descriptor.digest)
  })

  it('moves it at once where no time is to pass', async () => {
    const { cache, orphan } = await cacheWithOrphan()

    expect((await pruneCache(cache, { olderThan: 0 })).swept).toMatchObject([{ digest: orphan.digest }])
  })

  it('changes nothing in a dry run, which counts as seeing', async () => {
    const { cache, orphan } = await cacheWithOrphan()
    const before = await treeOf(cache.root)
    const now = Date.now()

    const dry = await pruneCache(cache, { dryRun: true, olderThan: 0, now })

    expect(dry).toMatchObject({ swept: [{ digest: orphan.digest }], dryRun: true })
    const { [join('.chartroom', 'unreferenced.json')]: _, ...after } = await treeOf(cache.root)
    expect(after).toEqual(before)
    expect((await pruneCache(cache, { now: now + day })).swept).toHaveLength(1)
  })

  it('deletes what has been in the trash for a week, and says how much that was', async () => {
    const { cache } = await cacheWithOrphan()
    const now = Date.now()
    await pruneCache(cache, { olderThan: 0, now })

    const early = await pruneCache(cache, { now: now + 7 * day - 1 })
    const dry = await pruneCache(cache, { now: now + 7 * day, dryRun: true })
    const due = await pruneCache(cache, { now: now + 7 * day })

    expect(early.emptied).toEqual({ blobs: 0, bytes: 0 })
    expect([dry.emptied, due.emptied]).toEqual([
      { blobs: 1, bytes: 6 },
      { blobs: 1, bytes: 6 },
    ])
    expect(await inTrash(cache)).toEqual([])
  })

  it('leaves alone what has no digest for a name', async () => {
    const { cache } = await cacheWithOrphan()
    const strange = ['.DS_Store', 'A'.repeat(64), `${'a'.repeat(64)}.tmp`, 'a'.repeat(63)]
    for (const name of strange) await writeFile(join(cache.root, 'blobs', 'sha256', name), 'x')
    await mkdir(join(cache.root, 'blobs', 'blake3'))

    await pruneCache(cache, { olderThan: 0 })

    expect(await readdir(join(cache.root, 'blobs', 'sha256'))).toEqual(expect.arrayContaining(strange))
    expect(existsSync(join(cache.root, 'blobs', 'blake3'))).toBe(true)
  })

  it('sweeps blobs of sha512, too', async () => {
    const { cache } = await cacheWithOrphan()
    const bytes = Buffer.from('sha512')
    const digest = digestOf(bytes, 'sha512')
    await cache.push({ mediaType: 'text/plain', digest, size: 6 }, () => Readable.from([bytes]))

    const { swept } = await pruneCache(cache, { olderThan: 0 })

    expect(swept.map((blob) => blob.digest)).toContain(digest)
  })

  it('stops where it is told to', async () => {
    const { cache } = await cacheWithOrphan()

    await expect(pruneCache(cache, { olderThan: 0, signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    })
    expect(await inTrash(cache)).toEqual([])
  })
})

describe('prune spares', () => {
  it('what entries without a name need, image indexes with all they name, and subjects', async () => {
    const { cache } = await cacheWithOrphan()
    const layout = new Layout(cache.root)
    const nested = await storedUnnamed(cache, 'nested')
    const subject = await storedUnnamed(cache, 'subject')
    const index = await storedJson(cache, mediaTypes.index, {
      schemaVersion: 2,
      manifests: [nested.manifest.descriptor],
    })
    const signature = await storedJson(cache, mediaTypes.manifest, {
      schemaVersion: 2,
      config: nested.blobs[0]?.descriptor,
      layers: [],
      subject: subject.manifest.descriptor,
    })
    await layout.change(({ entries, fields }) => ({
      entries: [...entries, entryFor(index), entryFor(signature)],
      fields,
    }))

    const { swept } = await pruneCache(cache, { olderThan: 0 })

    expect(swept).toHaveLength(1)
    const needed = [index, signature, ...[nested, subject].flatMap(blobsOf)]
    for (const { digest } of needed) expect(existsSync(blobPath(cache, digest))).toBe(true)
  })

  it('what a manifest of an unknown kind mentions, and what that needs', async () => {
    const { cache } = await cacheWithOrphan()
    const nested = await storedUnnamed(cache, 'nested')
    const blob = await storedJson(cache, 'text/plain', 'content of an artifact')
    const mediaType = 'application/vnd.cncf.oras.artifact.manifest.v1+json'
    const artifact = await storedJson(cache, mediaType, {
      mediaType,
      blobs: [blob],
      subject: nested.manifest.descriptor,
    })
    await new Layout(cache.root).change(({ entries, fields }) => ({
      entries: [
        ...entries.filter(({ descriptor }) => descriptor?.digest !== nested.manifest.descriptor.digest),
        entryFor(artifact),
      ],
      fields,
    }))

    const { swept } = await pruneCache(cache, { olderThan: 0 })

    expect(swept).toHaveLength(1)
    for (const { digest } of [artifact, blob, ...blobsOf(nested)])
      expect(existsSync(blobPath(cache, digest))).toBe(true)
    expect((await verifyCache(cache)).findings).toEqual([])
  })

  it('a link, which would lead elsewhere from the trash', async () => {
    const { cache, orphan } = await cacheWithOrphan()
    const path = blobPath(cache, orphan.digest)
    await rename(path, join(cache.root, 'elsewhere'))
    await symlink(join('..', '..', 'elsewhere'), path)

    expect(await pruneCache(cache, { olderThan: 0 })).toMatchObject({ swept: [], waiting: [] })
    expect(existsSync(path)).toBe(true)
  })

  it('everything where there is no index', async () => {
    const { cache } = await cacheWithOrphan()
    await rm(join(cache.root, 'index.json'))

    for (const dryRun of [true, false]) {
      const pruning = pruneCache(cache, { olderThan: 0, dryRun })
      await expect(pruning).rejects.toMatchObject({ kind: 'store-corrupt' })
    }
    expect(await inTrash(cache)).toEqual([])
  })

  it('everything while a process stores the first chart, which has no index yet', async () => {
    const { cache } = await cacheWithOrphan()
    await rm(join(cache.root, 'index.json'))

    const pruned = await cache.whileStoring(async () => await pruneCache(cache, { olderThan: 0 }))

    expect(pruned).toMatchObject({ swept: [], isBusy: true })
    expect(await inTrash(cache)).toEqual([])
  })

  it('what a removal needs that can be undone, for a day', async () => {
    const { cache, chart } = await cacheWithOrphan()
    const removed = await removeChart(cache, kept)

    const first = await pruneCache(cache, { olderThan: 0 })
    await restoreChart(cache, removed)
    await cache.require(kept)
    await removeChart(cache, kept)
    const later = await pruneCache(cache, { olderThan: 0, now: Date.now() + day })

    expect(first.undoable.blobs).toBe(3)
    expect(first.swept).toHaveLength(1)
    expect(later.swept.map(({ digest }) => digest).sort()).toEqual(
      blobsOf(chart)
        .map(({ digest }) => digest)
        .sort(),
    )
  })

  it('what an offer needs, until it is forgotten', async () => {
    const { cache } = await cacheWithOrphan()
    const dropped = ['one', 'two'].map((name) => `localhost:5000/myrepo/${name}:1`)
    for (const name of ['one', 'two']) await storeChart(cache, `localhost:5000/myrepo/${name}:1`, { name })
    await withoutEntry(cache, ...dropped)
    const hasBeenRead = new ChartCache(cache.root)

    expect((await pruneCache(cache, { olderThan: 0 })).undoable.blobs).toBe(6)
    expect(await restoreOffers(hasBeenRead, dropped.slice(0, 1))).toHaveLength(1)
    await forgetOffers(hasBeenRead)
    const { swept } = await pruneCache(cache, { olderThan: 0 })

    expect(swept).toHaveLength(3)
    expect((await verifyCache(cache)).findings).toEqual([])
  })

  it('everything while a process stores a chart', async () => {
    const { cache, orphan } = await cacheWithOrphan()

    const pruned = await cache.whileStoring(async () => await pruneCache(cache, { olderThan: 0 }))

    expect(pruned).toMatchObject({ swept: [], waiting: [{ digest: orphan.digest }], isBusy: true })
    expect((await pruneCache(cache, { olderThan: 0 })).swept).toHaveLength(1)
  })

  it('a blob that a process has found while it was on its way to the trash', async () => {
    const { cache, orphan } = await cacheWithOrphan()
    const lease = join(cache.root, '.chartroom', 'leases', 'somebody')
    cleanUp(() => {
      stop()
      return Promise.resolve()
    })
    const stop = observeSteps(async (step, path) => {
      if (step !== 'rename' || !path.includes('trash')) return
      await mkdir(dirname(lease), { recursive: true })
      await writeFile(lease, '')
    })

    const pruned = await pruneCache(cache, { olderThan: 0 })

    expect(pruned).toMatchObject({ swept: [], isBusy: true })
    expect(await readFile(blobPath(cache, orphan.digest), 'utf8')).toBe('orphan')
  })

  it('a chart that Helm has named again while it was on its way to the trash', async () => {
    const { cache, orphan } = await cacheWithOrphan()
    const chart = await storeChart(cache, 'localhost:5000/myrepo/other:1', { name: 'other' })
    await forgetEverything(cache)
    const index = await readFile(join(cache.root, 'index.json'))
    await withoutEntry(cache, 'localhost:5000/myrepo/other:1')
    // As Helm does it: by what it has read before, and without the lock.
    let moved = 0
    const stop = observeSteps(async (step, path) => {
      if (step !== 'rename' || !path.includes('trash')) return
      moved += 1
      if (moved === 3) await writeFile(join(cache.root, 'index.json'), index)
    })

    const pruned = await pruneCache(cache, { olderThan: 0 })
    stop()

    expect(moved).toBeGreaterThan(3)
    expect(pruned.swept.map(({ digest }) => digest)).toEqual([orphan.digest])
    expect((await verifyCache(cache)).findings).toEqual([])
    expect(blobsOf(chart).map(({ digest }) => existsSync(blobPath(cache, digest)))).toEqual([
      true,
      true,
      true,
    ])
  })

  it('everything while Helm downloads a chart', async () => {
    const { cache } = await cacheWithOrphan()
    await mkdir(join(cache.root, 'ingest', 'a'.repeat(64)), { recursive: true })
    await writeFile(join(cache.root, 'ingest', 'a'.repeat(64), 'data'), 'half')

    expect(await pruneCache(cache, { olderThan: 0 })).toMatchObject({ swept: [], isBusy: true })
  })
})

describe('prune refuses, and names what is in the way,', () => {
  it('an index that cannot be read', async () => {
    const { cache } = await cacheWithOrphan()
    await writeFile(join(cache.root, 'index.json'), '{')

    await expect(pruneCache(cache, { olderThan: 0 })).rejects.toMatchObject({ kind: 'store-corrupt' })
    expect(await inTrash(cache)).toEqual([])
  })

  it.each([
    [
      'missing',
      async (path: string) => {
        await rm(path)
      },
    ],
    [
      'damaged',
      async (path: string) => {
        await rm(path)
        await writeFile(path, 'x')
      },
    ],
  ])('a manifest that is %s', async (_, harm) => {
    const { cache, chart } = await cacheWithOrphan()
    await harm(blobPath(cache, chart.manifest.descriptor.digest))

    const pruned = pruneCache(cache, { olderThan: 0 })

    await expect(pruned).rejects.toMatchObject({ kind: 'store-corrupt', evidence: { reference: kept } })
    await expect(pruned).rejects.toThrow(`The manifest of ${kept}`)
    expect(await inTrash(cache)).toEqual([])
  })

  it('an entry that makes no sense', async () => {
    const { cache } = await cacheWithOrphan()
    await new Layout(cache.root).change(({ entries, fields }) => ({
      entries: [...entries, { raw: null }],
      fields,
    }))

    await expect(pruneCache(cache, { olderThan: 0 })).rejects.toMatchObject({ kind: 'store-corrupt' })
  })
})

/** A cache with one chart, and one blob that nothing needs. */
async function cacheWithOrphan(): Promise<{ cache: ChartCache; chart: PackedChart; orphan: Descriptor }> {
  const cache = new ChartCache(await temporaryDirectory())
  const chart = await storeChart(cache, kept)
  const bytes = Buffer.from('orphan')
  const orphan = describeBytes('text/plain', bytes)
  await cache.push(orphan, () => Readable.from([bytes]))
  return { cache, chart, orphan }
}

async function storedUnnamed(cache: ChartCache, name: string): Promise<PackedChart> {
  const chart = await storeChart(cache, name, { name })
  const layout = new Layout(cache.root)
  await layout.change(({ entries, fields }) => ({
    entries: entries.filter((entry) => entry.name !== name),
    fields,
  }))
  await forgetEverything(cache)
  return chart
}

/** What other programs put into the index Chartroom does not offer back. */
async function forgetEverything({ root }: ChartCache): Promise<void> {
  await rm(join(root, '.chartroom', 'journal'))
}

async function storedJson(cache: ChartCache, mediaType: string, value: unknown): Promise<Descriptor> {
  const bytes = Buffer.from(JSON.stringify(value))
  const descriptor = describeBytes(mediaType, bytes)
  await cache.push(descriptor, () => Readable.from([bytes]))
  return descriptor
}

function blobsOf({ manifest, blobs }: PackedChart): Descriptor[] {
  return [manifest.descriptor, ...blobs.map(({ descriptor }) => descriptor)]
}

/** Rewrites the index without some names, as a program does that knows of no journal. */
async function withoutEntry({ root }: ChartCache, ...references: string[]): Promise<void> {
  const path = join(root, 'index.json')
  const index = JSON.parse(await readFile(path, 'utf8')) as {
    manifests: { annotations?: Record<string, string> }[]
  }
  const isDropped = ({ annotations = {} }: { annotations?: Record<string, string> }): boolean =>
    references.some((reference) => Object.values(annotations).includes(reference))
  await writeFile(
    path,
    JSON.stringify({ ...index, manifests: index.manifests.filter((entry) => !isDropped(entry)) }),
  )
}

async function inTrash({ root }: ChartCache): Promise<string[]> {
  const paths = Object.keys(await treeOf(join(root, '.chartroom', 'trash')))
  return paths.map((path) => path.split('/').slice(-2).join(':'))
}
