import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { ChartCache } from '../../../src/core/index.ts'
import { CacheReading, type CacheListing } from '../../../src/extension/views/cacheReading.ts'
import { writeLargeCache } from '../../support/largeCache.ts'
import { recordingLogger } from '../../support/recordingLogger.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

it('lists a small cache once, when everything has been read', async () => {
  const { heard, reading } = await readingOf({ repositories: 2, versions: 2 })

  await reading.refresh()

  expect(heard.map(outline)).toEqual(['4 charts, 0 unread'])
})

it('lists a large cache by name first, and says so', async () => {
  const { heard, long, reading } = await readingOf({ repositories: 11, versions: 10 })

  void reading.refresh()
  await reading.first
  expect(heard.map(outline)).toEqual(['110 charts, 110 unread'])
  await reading.refresh()

  expect(heard.map(outline).slice(0, 2)).toEqual(['110 charts, 110 unread', '110 charts, 0 unread'])
  expect(long).toHaveLength(1)
})

it('takes no more than the place of a large cache until its names have been told', async () => {
  const { asked, reading } = await readingOf({ repositories: 11, versions: 10 })

  const all = reading.refresh()
  await reading.first
  expect(asked).toEqual([])
  await all

  expect(asked).not.toEqual([])
})

it('reads what somebody looks at before the rest', async () => {
  const { heard, reading } = await readingOf({ repositories: 11, versions: 10 })
  const references = ['localhost:5000/team/chart-0007:1.0.0', 'localhost:5000/team/chart-0007:1.1.0']

  const all = reading.refresh()
  await reading.first
  await reading.readNow(references)
  await all

  expect(heard.map(outline)).toEqual([
    '110 charts, 110 unread',
    '110 charts, 108 unread',
    '110 charts, 0 unread',
  ])
})

it('tells what is wrong with an index in place of charts', async () => {
  const { cache, heard, reading } = await readingOf({ repositories: 1, versions: 1 })
  await writeFile(join(cache.root, 'index.json'), '[]')

  await reading.refresh()

  expect(heard.map(outline)).toEqual([expect.stringMatching(/^index\.json is damaged: /)])
})

it('tells whether a repair may help', async () => {
  const { cache, heard, reading } = await readingOf({ repositories: 1, versions: 1 })
  const index = join(cache.root, 'index.json')

  await writeFile(index, '[]')
  await reading.refresh()
  await rm(index)
  await mkdir(index)
  await reading.refresh()
  await rm(cache.root, { recursive: true })
  await writeFile(cache.root, 'a file')
  await reading.refresh()
  await rm(cache.root)
  await mkdir(cache.root)

  expect(heard).toMatchObject([{ isDamaged: true }, { isDamaged: false }, { isDamaged: false }])
})

it('never tells about a cache that was left for another one', async () => {
  const { heard, reading, use } = await readingOf({ repositories: 11, versions: 10 })
  const other = await writeLargeCache(await temporaryDirectory(), { repositories: 1, versions: 3 })

  const all = reading.refresh()
  await reading.first
  use(other)
  await all

  expect(heard.map(outline)).toEqual(['110 charts, 110 unread', '3 charts, 0 unread'])
})

interface Heard {
  /** The caches that were asked for, whenever one was. */
  readonly asked: readonly ChartCache[]
  readonly cache: ChartCache
  readonly heard: CacheListing[]
  readonly long: Promise<unknown>[]
  readonly reading: CacheReading
  readonly use: (other: ChartCache) => void
}

async function readingOf(size: { repositories: number; versions: number }): Promise<Heard> {
  const cache = await writeLargeCache(await temporaryDirectory(), size)
  const asked: ChartCache[] = []
  const heard: CacheListing[] = []
  const long: Promise<unknown>[] = []
  let current = cache
  const reading = new CacheReading({
    root: () => current.root,
    cache: () => {
      asked.push(current)
      return current
    },
    log: recordingLogger(),
    onListing: (listing) => heard.push(listing),
    onLong: (work) => long.push(work),
  })
  const use = (other: ChartCache): void => {
    current = other
  }
  return { asked, cache, heard, long, reading, use }
}

function outline(listing: CacheListing): string {
  if ('failure' in listing) return listing.failure
  const unread = listing.charts.filter((chart) => 'isUnread' in chart)
  return `${listing.charts.length} charts, ${unread.length} unread`
}
