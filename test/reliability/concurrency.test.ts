import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ChartCache, restoreOffers, saveChart } from '../../src/core/index.ts'
import { writeChart } from '../support/sampleChart.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { leftoversIn, lookAtCache } from './invariants.ts'
import { Random } from '../support/random.ts'
import { rounds } from './rounds.ts'
import { chartCount, seeds, shared, type Written } from './stress.ts'
import { runWorker, startWorker } from './workers.ts'

describe('several processes at the same time', () => {
  it('end in exactly the right set', async () => {
    const { seed } = new Random()
    const { root, cache } = await seededCache()
    const count = rounds(200)

    const written = await together(8, async (number) => {
      return await writtenBy({ work: 'mix', cache: root, name: `mix${number}`, seed: seed + number, count })
    })

    const look = await lookAtCache(root)
    const digests = await Promise.all(
      seeds.map(async (name) => (await cache.resolve(name)).descriptor.digest),
    )
    const expected = new Map([
      ...seeds.map((name, number) => [name, digests[number] ?? ''] as const),
      ...written.flatMap(({ present }) => present),
    ])
    const moved = look.entries.get(shared) ?? ''
    const entries = new Map(look.entries)
    entries.delete(shared)
    console.log(
      `8 processes × ${count} changes: ${entries.size} of ${expected.size} references, seed ${seed}`,
    )
    expect(sorted(entries)).toEqual(sorted(expected))
    expect(digests).toContain(moved)
    expect(faultsOf(look)).toEqual([])
    expect(await leftoversIn(root)).toEqual([])
    expect(await cache.offers()).toEqual([])
  })

  it('beside others that work as Helm lose nothing that is not offered back, and undo no removal', async () => {
    const { seed } = new Random()
    const { root, cache } = await seededCache()
    const [ours, theirs] = [rounds(200), rounds(25)]
    const [failures, written] = await Promise.all([
      together(4, async (number) => {
        const job = {
          work: 'helm',
          cache: root,
          name: `helm${number}`,
          seed: number + 1,
          count: theirs,
        } as const
        return (await runWorker(job)).answer as number
      }),
      together(4, async (number) => {
        const name = `ours${number}`
        return await writtenBy({ work: 'addAndRemove', cache: root, name, seed: seed + number, count: ours })
      }),
    ])

    const failed = failures.reduce((sum, count) => sum + count, 0)
    // Two Helms that write at the same time can leave the end of one text behind the other.
    await cache.tag(await cache.resolve(seeds[0] ?? ''), 'afterwards:1.0.0')
    const before = await lookAtCache(root)
    const complete = (await cache.offers()).filter(({ problem }) => problem === undefined)
    const offers = new Map(complete.map((offer) => [offer.reference, offer.manifestDigest]))
    const expected = written.flatMap(({ present }) => present)
    const removed = written.flatMap((process) => process.removed)
    const lost = expected.filter(
      ([name, digest]) => before.entries.get(name) !== digest && offers.get(name) !== digest,
    )
    const undone = removed.filter((name) => offers.has(name))
    const resurrected = removed.filter((name) => before.entries.has(name)).length
    console.log(
      `4 writers × ${ours} beside 4 × ${theirs} as Helm (${failed} of theirs met a torn index): of ${expected.length} references ` +
        `${expected.filter(([name]) => before.entries.has(name)).length} are present, ${offers.size} offered back, ${lost.length} lost; ` +
        `of ${removed.length} removals ${undone.length} undone (and ${resurrected} by Helm itself), seed ${seed}`,
    )
    expect(lost).toEqual([])
    expect(undone).toEqual([])
    await restoreOffers(cache)
    const after = await lookAtCache(root)
    expect(expected.filter(([name, digest]) => after.entries.get(name) !== digest)).toEqual([])
    expect(removed.filter((name) => after.entries.has(name) && !before.entries.has(name))).toEqual([])
    expect(after.faults).toEqual([])
  })

  it('are never inside a lock together, though some are killed there', async () => {
    const { seed } = new Random()
    const root = await temporaryDirectory()
    const log = join(root, 'log')
    await writeFile(log, '')
    const count = rounds(60)

    const kills = await together(12, async (number) => {
      let killed = 0
      for (let life = 0; ; life += 1) {
        const name = `${number}.${life}`
        const end = await runWorker({
          work: 'lock',
          cache: root,
          log,
          name,
          seed: seed + number * 100 + life,
          count,
        })
        if (!end.isKilled) return killed
        killed += 1
      }
    })

    const events = (await readFile(log, 'utf8')).trim().split('\n')
    const overlaps = overlapsIn(events)
    const taken = events.filter((event) => event.endsWith('enters')).length
    const died = kills.reduce((sum, killed) => sum + killed, 0)
    console.log(
      `12 processes took the lock ${taken} times, ${died} were killed while they held it: ${overlaps.length} overlaps, seed ${seed}`,
    )
    expect(overlaps).toEqual([])
    expect(died).toBeGreaterThan(0)
    expect(taken).toBeGreaterThanOrEqual(12 * count)
  })

  it('save charts while another prunes, and none misses a part', async () => {
    const { seed } = new Random()
    const { root } = await seededCache()
    const charts = await temporaryDirectory()
    for (let number = 0; number < chartCount; number += 1) await writeChart(charts, `chart${number}`)
    const count = rounds(100)
    const pruner = startWorker({ work: 'pruneAgainAndAgain', cache: root })

    const written = await together(4, async (number) => {
      const name = `ours${number}`
      return await writtenBy({
        work: 'saveAndRemove',
        cache: root,
        charts,
        name,
        seed: seed + number,
        count,
      })
    })

    pruner.kill()
    const sweeps = (await pruner.ended).acknowledged.map(Number)
    const swept = sweeps.reduce((sum, blobs) => sum + blobs, 0)
    const look = await lookAtCache(root)
    console.log(
      `4 writers × ${count} beside ${sweeps.length} prunes, which swept ${swept} blobs: ` +
        `${look.dangling.size} dangling, seed ${seed}`,
    )
    expect(faultsOf(look)).toEqual([])
    expect(swept).toBeGreaterThan(0)
    for (const [name, digest] of written.flatMap(({ present }) => present)) {
      expect(look.entries.get(name), name).toBe(digest)
    }
  })
})

/** A cache with the charts that all begin with. */
async function seededCache(): Promise<{ root: string; cache: ChartCache }> {
  const parent = await temporaryDirectory()
  const root = join(parent, 'cache')
  const cache = new ChartCache(root)
  for (const reference of seeds) {
    const name = /\/(\w+):/.exec(reference)?.[1]
    await saveChart(cache, await writeChart(join(parent, 'charts'), name, '1.0.0'), reference)
  }
  return { root, cache }
}

async function writtenBy(job: Parameters<typeof runWorker>[0]): Promise<Written> {
  return (await runWorker(job)).answer as Written
}

async function together<Result>(count: number, work: (number: number) => Promise<Result>): Promise<Result[]> {
  return await Promise.all(Array.from({ length: count }, async (_, number) => await work(number)))
}

function sorted(entries: ReadonlyMap<string, string>): string[] {
  return [...entries].map(([name, digest]) => `${name} ${digest}`).sort()
}

function faultsOf({ faults, dangling }: Awaited<ReturnType<typeof lookAtCache>>): string[] {
  return [...faults, ...[...dangling].map((blob) => `${blob} is missing`)]
}

/** Every entry into the lock while somebody else is in there who has not died. */
function overlapsIn(events: readonly string[]): string[] {
  const overlaps: string[] = []
  let inside: string | undefined
  for (const event of events) {
    const [name, verb] = event.split(' ')
    if (verb === 'enters' ? inside !== undefined : inside !== name) overlaps.push(event)
    inside = verb === 'enters' ? name : undefined
  }
  return overlaps
}
