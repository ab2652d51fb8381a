import { existsSync } from 'node:fs'
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { ChartCache, exportChart, removeChart, saveChart } from '../../src/core/index.ts'
import { writeLargeCache } from '../support/largeCache.ts'
import { writeChart } from '../support/sampleChart.ts'
import { perform, type Change } from './changes.ts'
import {
  cacheViolations,
  credentialViolations,
  exportViolations,
  leftoversBeside,
  leftoversIn,
  lookAtCache,
  treeAt,
} from './invariants.ts'
import type { TestRegistries } from './registries.ts'
import { runWorker } from './workers.ts'

/** One change of the disk that may be cut short anywhere, in a directory of its own: the place. */
export interface Scenario {
  readonly name: string
  /** Makes what is there before. */
  prepare(place: string): Promise<void>
  change(place: string): Change
  /**
   * What is wrong in a place.
   * @param allowed places as which this one may look; only that after the change where the change was acknowledged
   * @param isSettled whether somebody has worked there since, who may have mended something
   */
  violations(place: string, allowed: readonly string[], isSettled: boolean): Promise<string[]>
  /** What somebody does there afterwards, which must work. */
  next(place: string): Promise<void>
  /** What a process that ended left there. */
  leftovers(place: string): Promise<string[]>
}

/** Every change of the disk that a person can ask for. */
export function scenarios({ open, closed }: TestRegistries): Scenario[] {
  const pulled = `${open}/team/mychart:0.1.0`
  return [
    inCache('saving a folder into a new cache', none, (cache, place) => ({
      work: 'save',
      cache,
      chart: chartIn(place),
      reference: 'example.com/team/mychart:0.1.0',
    })),
    inCache('saving a folder under a name that is taken', some, (cache, place) => ({
      work: 'save',
      cache,
      chart: chartIn(place),
      reference: kept,
    })),
    inCache('pulling into a new cache', none, (cache) => ({ work: 'pull', cache, reference: pulled })),
    pulling(pulled),
    inCache('removing where a dead process has the lock', someAndLocked, (cache) => ({
      work: 'remove',
      cache,
      reference: kept,
    })),
    inCache('removing', some, (cache) => ({ work: 'remove', cache, reference: kept })),
    inCache('pruning', someAndUnused, (cache) => ({ work: 'prune', cache })),
    exporting('exporting into a new folder', {}),
    exporting('exporting over an older one', { force: true }),
    exporting('exporting an archive', { archive: true }),
    exporting('exporting an archive over an older one', { archive: true, force: true }),
    loggingIn('the first login', closed, undefined),
    loggingIn('another login', closed, {
      auths: { 'example.com': { auth: 'b3RoZXI6c2VjcmV0' } },
      HttpHeaders: { 'X-Own': 'kept' },
    }),
  ]
}

/** Lists so many charts that what was read of them is remembered, which nothing depends on. */
export function listing(): Scenario {
  return inCache('listing many charts', many, (cache) => ({ work: 'list', cache }))
}

/** Pulls a chart into a cache that has others. */
export function pulling(reference: string): Scenario {
  return inCache('pulling into a cache with charts', some, (cache) => ({ work: 'pull', cache, reference }))
}

const kept = 'example.com/team/kept:1.0.0'
const afterwards = 'example.com/team/next:0.1.0'

function chartIn(place: string): string {
  return join(place, 'charts', 'mychart')
}

function none(): Promise<void> {
  return Promise.resolve()
}

async function some(cache: ChartCache, place: string): Promise<void> {
  const charts = join(place, 'charts')
  await saveChart(cache, await writeChart(charts, 'kept', '1.0.0'), kept)
  await saveChart(cache, await writeChart(charts, 'other', '2.0.0'), 'example.com/team/other:2.0.0')
  // Content that only a removed chart needed.
  await saveChart(cache, await writeChart(charts, 'gone', '3.0.0'), 'example.com/team/gone:3.0.0')
  await removeChart(cache, 'example.com/team/gone:3.0.0')
}

async function many(cache: ChartCache): Promise<void> {
  await writeLargeCache(cache.root, { repositories: 13, versions: 10 })
}

/** And content that nothing needs. */
async function someAndUnused(cache: ChartCache, place: string): Promise<void> {
  await some(cache, place)
  for (const text of ['one', 'two']) await cache.ingest('text/plain', Readable.from([Buffer.from(text)]))
}

/** And a lock, of a process that was killed while it had it. */
async function someAndLocked(cache: ChartCache, place: string): Promise<void> {
  await some(cache, place)
  const log = join(place, 'log')
  const job = { work: 'lock', cache: cache.root, log, name: 'dead', seed: 1, count: 1 } as const
  // The sixth step takes the ticket away, for which the lock was given.
  await runWorker({ ...job, kill: { step: 6, when: 'before' } })
  if (!existsSync(join(cache.root, '.chartroom', 'lock'))) throw new Error('Nobody has the lock.')
}

function inCache(
  name: string,
  fill: (cache: ChartCache, place: string) => Promise<void>,
  change: (cache: string, place: string) => Change,
): Scenario {
  const cacheOf = (place: string): string => join(place, 'cache')
  return {
    name,
    prepare: async (place) => {
      await writeChart(join(place, 'charts'))
      await writeChart(join(place, 'charts'), 'next')
      await fill(new ChartCache(cacheOf(place)), place)
    },
    change: (place) => change(cacheOf(place), place),
    violations: async (place, allowed, isSettled) => {
      const looks = await Promise.all(allowed.map(async (path) => await lookAtCache(cacheOf(path))))
      const look = await lookAtCache(cacheOf(place))
      if (!isSettled) return cacheViolations(look, looks)
      const entries = new Map(look.entries)
      const isThere = entries.delete(afterwards)
      return [
        ...cacheViolations({ ...look, entries }, looks),
        ...(isThere ? [] : [`${afterwards} is not there`]),
      ]
    },
    next: async (place) => {
      const before = await lookAtCache(cacheOf(place))
      const cache = new ChartCache(cacheOf(place))
      await saveChart(cache, join(place, 'charts', 'next'), afterwards)
      for (const name of [...before.entries.keys(), afterwards]) await cache.require(name)
    },
    leftovers: async (place) => await leftoversIn(cacheOf(place)),
  }
}

function exporting(name: string, how: { readonly archive?: boolean; readonly force?: boolean }): Scenario {
  const { archive = false, force = false } = how
  const cacheOf = (place: string): string => join(place, 'cache')
  const out = (place: string): string => join(place, 'out')
  const target = (place: string): string => join(out(place), archive ? 'mychart-0.1.0.tgz' : 'mychart')
  return {
    name,
    prepare: async (place) => {
      const chart = await writeChart(join(place, 'charts'))
      await saveChart(new ChartCache(cacheOf(place)), chart, kept)
      if (!force) return
      await mkdir(out(place))
      if (archive) await writeFile(target(place), 'an older archive')
      else await writeChart(out(place), 'mychart', '0.0.9', { 'mine.txt': 'only here' })
    },
    change: (place) => ({
      work: 'export',
      cache: cacheOf(place),
      reference: kept,
      destination: out(place),
      ...how,
    }),
    violations: async (place, allowed, isSettled) => {
      const trees = await Promise.all(allowed.map(async (path) => await treeAt(target(path))))
      // A kill between two renames leaves nothing under the name until somebody exports there again.
      return await exportViolations(target(place), isSettled ? trees : [...trees, {}])
    },
    next: async (place) => {
      await exportChart(new ChartCache(cacheOf(place)), kept, out(place), { name: 'next' })
    },
    leftovers: async (place) => await leftoversBeside(target(place)),
  }
}

function loggingIn(name: string, host: string, before: unknown): Scenario {
  const file = (place: string): string => join(place, '.cache', 'helm', 'registry', 'config.json')
  return {
    name,
    prepare: async (place) => {
      if (before === undefined) return
      await mkdir(join(file(place), '..'), { recursive: true })
      await writeFile(file(place), JSON.stringify(before), { mode: 0o600 })
    },
    change: (place) => ({ work: 'login', home: place, host }),
    violations: async (place, allowed) => {
      const contents = await Promise.all(allowed.map(async (path) => await contentOf(file(path))))
      return await credentialViolations(file(place), contents)
    },
    next: async (place) => {
      // A lock that was left behind holds for ten seconds.
      const lock = `${file(place)}.lock`
      if (existsSync(lock)) await utimes(lock, 1, 1)
      await perform({ work: 'login', home: place, host })
    },
    leftovers: async (place) => await leftoversBeside(file(place)),
  }
}

async function contentOf(path: string): Promise<unknown> {
  return existsSync(path) ? JSON.parse(await readFile(path, 'utf8')) : undefined
}
