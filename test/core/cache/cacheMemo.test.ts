import { hash } from 'node:crypto'
import {
  chmod,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ChartCache, type CachedChart } from '../../../src/core/cache/cache.ts'
import { CacheReader } from '../../../src/core/cache/cacheReader.ts'
import { observeSteps, type FileStep } from '../../../src/core/base/files.ts'
import type { Digest } from '../../../src/core/oci/digest.ts'
import { CountingLayout } from '../../support/countingLayout.ts'
import { fileSystemError } from '../../support/fileSystemError.ts'
import { writeLargeCache } from '../../support/largeCache.ts'
import { Random } from '../../support/random.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

/** Enough for a memo to be worth its while. */
const charts = { repositories: 13, versions: 10 }

beforeEach(() => {
  // What was written just now is not remembered for long: its times might not show another change.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 })
})

afterEach(() => {
  vi.useRealTimers()
})

describe('a list of many charts', () => {
  it('opens no blob where another process has read them', async () => {
    const root = await cacheOfMany()

    expect(await openedBy(root)).toBe(2 * 130)
    expect(await openedBy(root)).toBe(0)
  })

  it('opens those that are new, and tells the same as without what is remembered', async () => {
    const root = await cacheOfMany({ repositories: 14, versions: 10 })
    const index = await readIndex(root)
    await writeIndex(root, index.slice(0, 130))
    await listed(root)
    await writeIndex(root, index)
    const remembered = await listed(root)
    const opened = await openedBy(root)
    await rm(memoOf(root))

    expect(remembered).toEqual(await listed(root))
    expect(opened).toBe(2 * 10)
  })

  it('keeps nothing that might still change without its times telling', async () => {
    vi.useRealTimers()
    const root = await cacheOfMany()

    await listed(root)

    expect(await readdir(root)).not.toContain('.chartroom')
  })

  it('is made of few files only when they are many', async () => {
    const root = await temporaryDirectory()
    await writeLargeCache(root, { repositories: 10, versions: 10 })

    await listed(root)

    expect(await readdir(root)).not.toContain('.chartroom')
  })

  it('drops what the index does not need any more when it is written again', async () => {
    const root = await cacheOfMany({ repositories: 30, versions: 10 })
    const index = await readIndex(root)
    await writeIndex(root, index.slice(0, 150))
    await listed(root)
    await writeIndex(root, index.slice(150))
    await listed(root)

    expect(new Set((await recordsIn(root)).map(([digest]) => digest))).toEqual(
      new Set(index.slice(150).map(({ digest }) => digest)),
    )
  })

  it('has the next one read what is remembered where it is cancelled itself', async () => {
    const layout = new CountingLayout(await rememberedCache())
    const reader = new CacheReader(layout)
    const index = await layout.readIndex()

    await expect(reader.list(index, { signal: AbortSignal.abort() })).rejects.toThrow('aborted')

    expect(await reader.list(index, {})).toHaveLength(130)
    expect(layout.opened).toBe(0)
  })
})

describe('a process that lists a cache again and again', () => {
  it('forgets what has left the index, and writes no more of it', async () => {
    const root = await cacheOfMany({ repositories: 30, versions: 10 })
    const all = await readIndex(root)
    const layout = new CountingLayout(root)
    const reader = new CacheReader(layout)
    const openedWith = async (manifests: readonly unknown[]): Promise<number> => {
      const before = layout.opened
      await writeIndex(root, manifests)
      await reader.list(await layout.readIndex(), {})
      return layout.opened - before
    }

    expect(await openedWith(all.slice(0, 150))).toBe(2 * 150)
    expect(await openedWith(all.slice(150))).toBe(2 * 150)
    expect(new Set((await recordsIn(root)).map(([digest]) => digest))).toEqual(
      new Set(all.slice(150).map(({ digest }) => digest)),
    )
    expect(await openedWith(all)).toBe(2 * 150)
    expect(await openedWith(all)).toBe(0)
  })

  it('forgets what was read in the archive of a chart that has left', async () => {
    const root = await cacheOfMany({ repositories: 1, versions: 2 })
    const [first, second] = await readIndex(root)
    const { manifest } = await new ChartCache(root).require('localhost:5000/team/chart-0001:1.0.0')
    await rm(blobIn(root, (JSON.parse(manifest.bytes.toString()) as Parts).config.digest))
    const layout = new CountingLayout(root)
    const reader = new CacheReader(layout)
    const fetchedWith = async (...manifests: unknown[]): Promise<number> => {
      const before = layout.fetched
      await writeIndex(root, manifests)
      await reader.list(await layout.readIndex(), {})
      return layout.fetched - before
    }

    expect(await fetchedWith(first, second)).toBe(1)
    expect(await fetchedWith(first)).toBe(0)
    await fetchedWith(second)
    expect(await fetchedWith(first, second)).toBe(1)
  })

  it('looks at a chart that comes back, also where a quick look is enough', async () => {
    const root = await cacheOfMany({ repositories: 51, versions: 10 })
    const all = await readIndex(root)
    const cache = new ChartCache(root)
    const [chart] = await cache.list()
    await writeIndex(root, all.slice(1))
    await cache.list({ isQuick: true })
    await rm(blobIn(root, chart?.manifestDigest ?? ''))
    await writeIndex(root, all)

    const [back] = await cache.list({ isQuick: true })

    expect(back?.problem?.kind).toBe('not-found')
  })

  it('sees by a quick look, too, what was damaged since, unless the charts are very many', async () => {
    const cache = new ChartCache(await cacheOfMany({ repositories: 50, versions: 10 }))
    const [first, second] = await cache.list({ isQuick: true })
    const digests = [first?.manifestDigest, second?.problem === undefined ? second?.digest : undefined]
    for (const digest of digests) {
      await chmod(blobIn(cache.root, digest ?? ''), 0o644)
      await truncate(blobIn(cache.root, digest ?? ''), 10)
    }

    const broken = (await cache.list({ isQuick: true })).filter(({ problem }) => problem !== undefined)

    expect(broken.map(({ problem }) => problem?.kind)).toEqual(['integrity', 'integrity'])
  })
})

describe('a blob that was found sound', () => {
  const damages: [string, (path: string) => Promise<void>][] = [
    [
      'is overwritten in place, its time put back',
      async (path) => {
        const { mtime, atime } = await stat(path)
        await chmod(path, 0o644)
        await writeFile(path, (await readFile(path, 'latin1')).replaceAll('a', 'b'), 'latin1')
        await utimes(path, atime, mtime)
      },
    ],
    [
      'is replaced by another of its size and time',
      async (path) => {
        const { mtime, atime } = await stat(path)
        await writeFile(`${path}.new`, (await readFile(path, 'latin1')).replaceAll('a', 'b'), 'latin1')
        await utimes(`${path}.new`, atime, mtime)
        await rename(`${path}.new`, path)
      },
    ],
    [
      'is cut off',
      async (path) => {
        await chmod(path, 0o644)
        await truncate(path, 10)
      },
    ],
    [
      'is gone',
      async (path) => {
        await rm(path)
      },
    ],
    [
      'is a directory',
      async (path) => {
        await rm(path)
        await mkdir(path)
      },
    ],
  ]

  it.each(damages)('does not look sound where it %s', async (_, damage) => {
    const root = await rememberedCache()
    const [first, second, third] = await listed(root)
    const parts = await new ChartCache(root).require(second?.reference ?? '')
    await damage(blobIn(root, first?.manifestDigest ?? ''))
    await damage(blobIn(root, (JSON.parse(parts.manifest.bytes.toString()) as Parts).config.digest))
    await damage(blobIn(root, third?.problem === undefined ? (third?.digest ?? '') : ''))

    const remembered = await listed(root)
    const all = await rememberedBy(new ChartCache(root))
    await rm(memoOf(root))

    expect(remembered[0]?.problem).toBeDefined()
    expect(remembered).toEqual(await listed(root))
    expect(all).toEqual(remembered)
  })

  it('is read again where the index calls it something else', async () => {
    const root = await rememberedCache()
    const index = join(root, 'index.json')
    const text = await readFile(index, 'utf8')
    await writeFile(index, text.replaceAll('image.manifest.v1', 'image.index.v1'))

    expect((await listed(root)).filter(({ problem }) => problem === undefined)).toEqual([])
  })
})

describe('a memo', () => {
  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['was cut off', (bytes) => bytes.subarray(0, -1)],
    ['is empty', () => Buffer.alloc(0)],
    ['has one flipped bit', (bytes) => flipped(bytes)],
    ['is of another version', (bytes) => Buffer.from(bytes.toString().replace('memo 1', 'memo 2'))],
    ['is something else', () => Buffer.from('{"version":1}')],
    ['holds no list', () => sealed({})],
    ['holds what is no record', () => sealed([null, 1, [], [1], { 0: 1 }])],
  ])('that %s is as good as none', async (_, change) => {
    const root = await rememberedCache()
    const before = await listed(root)
    await writeFile(memoOf(root), change(await readFile(memoOf(root))))

    expect(await listed(root)).toEqual(before)
    // Whatever it was, a good one has its place now.
    expect(await openedBy(root)).toBe(0)
  })

  it('that is a directory, or far too large, is as good as none', async () => {
    const root = await rememberedCache()
    const before = await listed(root)
    await truncate(memoOf(root), 65 * 1024 * 1024)
    expect(await listed(root)).toEqual(before)
    await rm(memoOf(root))
    await mkdir(memoOf(root))

    expect(await listed(root)).toEqual(before)
  })

  it('with wrong types anywhere makes nothing of its record, and breaks nothing', async () => {
    const root = await rememberedCache()
    const before = await listed(root)
    const random = new Random()
    const poison = [
      null,
      1,
      {},
      [],
      'x'.repeat(100),
      '../../../index.json',
      [{ digest: 'sha256:../x', size: 1 }],
    ]
    const poisoned = (await recordsIn(root)).map((record) => {
      // Numbers are left: they say which file it was, and another one is read. So is an empty list, which is right.
      const place = random.one([...record.keys()].filter((key) => typeof record[key] !== 'number'))
      const value = random.one(
        poison.filter((item) => JSON.stringify(item) !== JSON.stringify(record[place])),
      )
      return record.map((item, position) => (position === place ? value : item))
    })
    await writeFile(memoOf(root), sealed(poisoned))

    expect(await listed(root), `seed ${random.seed}`).toEqual(before)
  })

  it('is not waited for until it is on the disk, because nothing is lost with it but time', async () => {
    const root = await rememberedCache()
    await rm(memoOf(root))
    const steps: FileStep[] = []
    const stop = observeSteps((step) => {
      steps.push(step)
    })

    await listed(root)

    stop()
    expect(steps).toEqual(['create', 'write', 'write', 'rename'])
    expect(await recordsIn(root)).toHaveLength(charts.repositories * charts.versions)
  })

  it('is for its owner alone to change, whatever the umask', async () => {
    const root = await rememberedCache()
    await rm(memoOf(root))
    const before = process.umask(0)
    try {
      await listed(root)
    } finally {
      process.umask(before)
    }

    expect((await stat(memoOf(root))).mode & 0o777).toBe(0o644)
  })

  it('that cannot be written fails no list, and leaves the old one and nothing else', async () => {
    const root = await rememberedCache()
    const before = await readFile(memoOf(root))
    await writeLargeCache(root, charts)
    for (const failing of ['makeDirectory', 'create', 'write', 'rename'] satisfies FileStep[]) {
      if (failing === 'makeDirectory') await rm(join(root, '.chartroom', 'tmp'), { recursive: true })
      const stop = observeSteps((step, path) => {
        if (step === failing) throw fileSystemError('EROFS', path)
      })

      expect(await listed(root)).toHaveLength(130)

      stop()
      expect(await readFile(memoOf(root)), failing).toEqual(before)
      expect(await readdir(join(root, '.chartroom')), failing).not.toContain('lock')
      if (failing !== 'makeDirectory') expect(await readdir(join(root, '.chartroom', 'tmp'))).toEqual([])
    }
  })
})

interface Parts {
  readonly config: { readonly digest: string }
}

async function cacheOfMany(size = charts): Promise<string> {
  const root = await temporaryDirectory()
  await writeLargeCache(root, size)
  return root
}

/** The same, listed before by another process. */
async function rememberedCache(): Promise<string> {
  const root = await cacheOfMany()
  await listed(root)
  expect(await readdir(join(root, '.chartroom'))).toContain('memo')
  return root
}

async function listed(root: string): Promise<readonly CachedChart[]> {
  return await new ChartCache(root).list()
}

async function readIndex(root: string): Promise<{ digest: string }[]> {
  return (JSON.parse(await readFile(join(root, 'index.json'), 'utf8')) as { manifests: { digest: string }[] })
    .manifests
}

async function writeIndex(root: string, manifests: readonly unknown[]): Promise<void> {
  await writeFile(join(root, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }))
}

async function recordsIn(root: string): Promise<unknown[][]> {
  return JSON.parse((await readFile(memoOf(root), 'utf8')).replace(/^.*\n/, '')) as unknown[][]
}

/** The second list of a process, which remembers by itself. */
async function rememberedBy(cache: ChartCache): Promise<readonly CachedChart[]> {
  await cache.list()
  return await cache.list()
}

/** How many blobs a list of another process opens. */
async function openedBy(root: string): Promise<number> {
  const layout = new CountingLayout(root)
  await new CacheReader(layout).list(await layout.readIndex(), {})
  return layout.opened
}

function memoOf(root: string): string {
  return join(root, '.chartroom', 'memo')
}

function blobIn(root: string, digest: Digest | string): string {
  return join(root, 'blobs', 'sha256', digest.replace('sha256:', ''))
}

/** A memo with the right first line, whatever it holds. */
function sealed(document: unknown): Buffer {
  const body = JSON.stringify(document)
  return Buffer.from(`chartroom memo 1 ${hash('sha256', body)}\n${body}`)
}

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  const middle = Math.floor(copy.length / 2)
  copy[middle] = (copy[middle] ?? 0) ^ 1
  return copy
}
