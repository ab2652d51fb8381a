import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ChartCache, kindOf, pruneCache, saveChart } from '../../src/core/index.ts'
import { withLock } from '../../src/core/layout/lock.ts'
import { HelmCommand } from '../support/helmLike.ts'
import { Random } from '../support/random.ts'

/** Work that several processes do at the same time in one cache. */
export type Stress =
  | (Writing & { readonly work: 'mix'; readonly count: number })
  | (Writing & { readonly work: 'addAndRemove'; readonly count: number })
  | (Writing & { readonly work: 'helm'; readonly count: number })
  | (Writing & { readonly work: 'saveAndRemove'; readonly charts: string; readonly count: number })
  | { readonly work: 'pruneAgainAndAgain'; readonly cache: string }
  | {
      readonly work: 'lock'
      readonly cache: string
      readonly log: string
      readonly name: string
      readonly seed: number
      readonly count: number
    }

interface Writing {
  readonly cache: string
  /** What the names begin with that this process adds. */
  readonly name: string
  readonly seed: number
}

/** Charts that are in the cache before anybody begins. */
export const seeds = ['seed/one:1.0.0', 'seed/two:1.0.0', 'seed/three:1.0.0']

/** How many charts, `chart0` and so on, `saveAndRemove` chooses from. */
export const chartCount = 20

/** A tag that all move. */
export const shared = 'shared/moving:1.0.0'

/** What a process did. */
export interface Written {
  /** Names, each with the digest that it has to have at the end. */
  readonly present: readonly (readonly [name: string, digest: string])[]
  /** What it took out on purpose and did not add again. */
  readonly removed: readonly string[]
}

/** Adds names, moves them and removes them, all of which must work; now and then it moves a tag that all share. */
export async function mix({ cache: root, name, seed, count }: Writing & { count: number }): Promise<Written> {
  const random = new Random(seed)
  const cache = new ChartCache(root)
  const manifests = await Promise.all(seeds.map(async (reference) => await cache.resolve(reference)))
  const present = new Map<string, string>()
  for (let number = 0; number < count; number += 1) {
    const known = [...present.keys()]
    const manifest = random.one(manifests)
    const what = known.length === 0 ? 'add' : random.one(['add', 'add', 'move', 'remove', 'share'])
    if (what === 'remove') {
      const reference = random.one(known)
      await cache.remove(reference)
      present.delete(reference)
      continue
    }
    const reference = what === 'add' ? `${name}:${number}.0.0` : what === 'move' ? random.one(known) : shared
    await cache.tag(manifest, reference)
    if (what !== 'share') present.set(reference, manifest.descriptor.digest)
  }
  return { present: [...present], removed: [] }
}

/** Adds names, moves some and removes some, beside programs that drop any of them. Tells of every addition. */
export async function addAndRemove({
  cache: root,
  name,
  seed,
  count,
}: Writing & { count: number }): Promise<Written> {
  const random = new Random(seed)
  const cache = new ChartCache(root)
  const manifests = await Promise.all(seeds.map(async (reference) => await cache.resolve(reference)))
  const present = new Map<string, string>()
  const removed: string[] = []
  for (let number = 0; number < count; number += 1) {
    const known = [...present.keys()]
    if (known.length > 0 && random.happens(0.3)) {
      // One of the last, which most likely nobody has dropped yet.
      const reference = random.one(known.slice(-3))
      if (!(await isRemoved(cache, reference))) continue
      present.delete(reference)
      removed.push(reference)
    } else {
      const isMove = known.length > 0 && random.happens(0.2)
      const reference = isMove ? random.one(known.slice(-3)) : `${name}:${number}.0.0`
      const manifest = random.one(manifests)
      await cache.tag(manifest, reference)
      present.set(reference, manifest.descriptor.digest)
    }
  }
  return { present: [...present], removed }
}

/** `false` where another program has dropped it already. */
async function isRemoved(cache: ChartCache, reference: string): Promise<boolean> {
  try {
    await cache.remove(reference)
    return true
  } catch (error) {
    if (kindOf(error) === 'not-found') return false
    throw error
  }
}

/** Does what Helm 3.6.3 does when it pulls: half a second can pass between its reading of the index and its writing. */
export async function helm({ cache: root, name, seed, count }: Writing & { count: number }): Promise<number> {
  const random = new Random(seed)
  let failed = 0
  for (let number = 0; number < count; number += 1) {
    const digest = `sha256:${String(seed).padStart(64, '0')}`
    try {
      const command = await HelmCommand.begin(root)
      await delay(50 + random.below(350))
      await command.save(`${name}:${number}.0.0`, { digest, size: 1 }).end()
    } catch (error) {
      // Helm ends with an error where it reads an index that another Helm is just writing.
      if (kindOf(error) !== 'store-corrupt') throw error
      failed += 1
    }
  }
  return failed
}

/** Saves charts that others save, too, and removes some; each has to be whole for as long as it has a name. */
export async function saveAndRemove({
  cache: root,
  charts,
  name,
  seed,
  count,
}: Writing & { charts: string; count: number }): Promise<Written> {
  const random = new Random(seed)
  // Removed days ago, as it seems: nobody may undo that any more, so nothing keeps its content from being swept.
  const cache = new ChartCache(root, { now: () => Date.now() - 72 * 60 * 60 * 1000 })
  const present = new Map<string, string>()
  for (let number = 0; number < count; number += 1) {
    const reference = `${name}:${number % 10}.0.0`
    const chart = join(charts, `chart${random.below(chartCount)}`)
    present.set(reference, (await saveChart(cache, chart, reference)).manifestDigest)
    await cache.require(reference)
    if (random.happens(0.9)) {
      await cache.remove(reference)
      present.delete(reference)
    }
  }
  return { present: [...present], removed: [] }
}

/** @param tell hears how many blobs were swept, each time */
export async function pruneAgainAndAgain(root: string, tell: (swept: string) => void): Promise<never> {
  for (;;) tell(String((await pruneCache(new ChartCache(root), { olderThan: 0 })).swept.length))
}

/** Takes a lock and writes down when it has it. Now and then the process ends itself while it has it. */
export async function lock(
  { cache, log, name, seed, count }: Stress & { work: 'lock' },
  die: () => void,
): Promise<void> {
  const random = new Random(seed)
  for (let number = 0; number < count; number += 1) {
    await withLock(
      cache,
      'a test',
      async () => {
        await appendFile(log, `${name} enters\n`)
        if (random.happens(0.02)) {
          await appendFile(log, `${name} dies\n`)
          die()
        }
        await appendFile(log, `${name} leaves\n`)
      },
      { patience: 60_000 },
    )
  }
}
