import { chmod, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deserialize } from 'node:v8'
import { beforeAll, describe, expect, it } from 'vitest'
import { ChartCache, listCharts, type CachedChart } from '../../src/core/index.ts'
import { observeSteps } from '../../src/core/base/files.ts'
import { Random } from '../support/random.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { treeOf } from '../support/tree.ts'
import { perform } from './changes.ts'
import { DiskModel, type RecordedStep } from './diskModel.ts'
import { leftoversIn } from './invariants.ts'
import { copyOf, learn } from './known.ts'
import { rounds } from './rounds.ts'
import { listing } from './scenarios.ts'
import { SmallDisk, whyNoMount } from './smallDisk.ts'
import { runWorker } from './workers.ts'

const missing = await whyNoMount()
const skipped = missing === undefined ? '' : ` (skipped: ${missing})`

const scenario = listing()

/** A place without a memo, and one with a memo that is about the files of another copy. */
let starts: readonly string[]

beforeAll(async () => {
  const { old, changed } = await learn(scenario)
  expect(await treeOf(cacheIn(old))).not.toHaveProperty([memo])
  expect(await treeOf(cacheIn(changed))).toHaveProperty([memo])
  starts = [old, changed]
})

describe('a memo changes nothing that a list says, only how fast,', () => {
  it('wherever the process that writes it is killed', async () => {
    let kills = 0
    for (const start of starts) {
      const { steps } = await runWorker(scenario.change(await copyOf(start)))
      for (let step = 1; step <= steps; step += 1) {
        for (const when of ['before', 'during'] as const) {
          const place = await copyOf(start)
          const { isKilled } = await runWorker({ ...scenario.change(place), kill: { step, when } })
          if (isKilled) kills += 1
          await expectSame(cacheIn(place), `killed ${when} step ${step}`)
          await rm(place, { recursive: true })
        }
      }
    }
    console.log(`${kills} lists killed while they wrote a memo: what is listed stays the same`)
    expect(kills).toBeGreaterThan(10)
  })

  it('whatever a power loss leaves of it, which nobody synced', async () => {
    const random = new Random()
    const states = rounds(30)
    for (const start of starts) {
      const place = await copyOf(start)
      const file = join(await temporaryDirectory(), 'steps')
      await runWorker({ ...scenario.change(place), record: file })
      const steps = deserialize(await readFile(file)) as RecordedStep[]
      for (let state = 0; state < states; state += 1) {
        const disk = await DiskModel.of(start, place)
        // Most is lost of what was done last.
        for (const step of steps.slice(0, steps.length - random.below(3))) disk.apply(step)
        const left = await temporaryDirectory()
        await disk.write(left, random)
        await expectSame(cacheIn(left), `seed ${random.seed}, state ${state}`)
        await rm(left, { recursive: true })
      }
    }
    console.log(`${2 * states} states after a power loss, seed ${random.seed}: what is listed stays the same`)
  })

  it('however it is damaged, beside the very files that it is about', async () => {
    const random = new Random()
    const root = cacheIn(await copyOf(starts[0] ?? ''))
    const expected = await listCharts(new ChartCache(root))
    await perform({ work: 'list', cache: root })
    const sound = await readFile(join(root, memo))
    const mutants = rounds(60)
    for (let round = 0; round < mutants; round += 1) {
      await writeFile(join(root, memo), mutantOf(sound, random))

      expect(await listCharts(new ChartCache(root)), `seed ${random.seed}, round ${round}`).toEqual(expected)
    }
    console.log(`${mutants} damaged memos, seed ${random.seed}: what is listed stays the same`)
  })

  it('although what it is about was damaged since', async () => {
    const place = await copyOf(starts[0] ?? '')
    const root = cacheIn(place)
    await perform({ work: 'list', cache: root })
    const charts = await listCharts(new ChartCache(root))
    const names = charts.flatMap((chart) =>
      chart.problem === undefined ? [chart.digest, chart.manifestDigest] : [],
    )
    for (const name of names.slice(0, 20)) {
      const blob = join(root, 'blobs', 'sha256', name.replace('sha256:', ''))
      await chmod(blob, 0o644)
      await writeFile(blob, (await readFile(blob)).subarray(1))
    }

    const { remembered, read } = await listedBothWays(root)

    expect(remembered).toEqual(read)
    expect(remembered.filter(({ problem }) => problem !== undefined)).toHaveLength(10)
  })
})

describe.skipIf(missing !== undefined)(`on a disk${skipped}, a list of many charts`, () => {
  it('says the same and leaves nothing behind where it gets full at any step', async () => {
    const disk = await SmallDisk.mount({ size: '4m', files: 1000 })
    let fills = 0
    for (const start of starts) {
      for (let step = 1, steps = 1; step <= steps; step += 1) {
        for (const freePages of [0, 1]) {
          const root = await cacheOn(disk, start)
          let now = 0
          const stop = observeSteps(() => {
            now += 1
            if (now === step) disk.fill(freePages)
          })

          expect(await perform({ work: 'list', cache: root })).toBe('130')

          stop()
          disk.free()
          steps = Math.max(steps, now)
          fills += 1
          expect(await leftoversIn(root)).toEqual([])
          await expectSame(root, `full at step ${step}, ${freePages} pages free`)
          await rm(join(disk.path, 'place'), { recursive: true })
        }
      }
    }
    console.log(`full at ${fills} steps of writing a memo: what is listed stays the same`)
    expect(fills).toBeGreaterThan(10)
  })

  it.each([
    ['without a memo', false],
    ['with one', true],
  ])('says the same and changes nothing where it is read-only, %s', async (_, isRemembered) => {
    const disk = await SmallDisk.mount({ size: '4m', files: 1000 })
    const root = await cacheOn(disk, starts[0] ?? '')
    const expected = await listCharts(new ChartCache(root))
    if (isRemembered) await perform({ work: 'list', cache: root })
    const before = await treeOf(root)
    await disk.makeReadOnly()

    expect(await perform({ work: 'list', cache: root })).toBe('130')
    expect(await listCharts(new ChartCache(root))).toEqual(expected)

    await disk.makeWritable()
    expect(await treeOf(root)).toEqual(before)
    expect(Object.keys(before).includes(memo)).toBe(isRemembered)
  })
})

const memo = join('.chartroom', 'memo')

function cacheIn(place: string): string {
  return join(place, 'cache')
}

async function cacheOn(disk: SmallDisk, start: string): Promise<string> {
  const place = join(disk.path, 'place')
  await mkdir(place)
  await cp(start, place, { recursive: true })
  return cacheIn(place)
}

/** Lists a cache as another process would, with what is remembered and without; the memo is gone then. */
async function listedBothWays(
  root: string,
): Promise<{ readonly remembered: readonly CachedChart[]; readonly read: readonly CachedChart[] }> {
  const remembered = await listCharts(new ChartCache(root))
  await rm(join(root, memo), { force: true })
  return { remembered, read: await listCharts(new ChartCache(root)) }
}

async function expectSame(root: string, when: string): Promise<void> {
  const { remembered, read } = await listedBothWays(root)
  expect(remembered, when).toEqual(read)
  expect(
    remembered.filter(({ problem }) => problem === undefined),
    when,
  ).toHaveLength(130)
}

/** A memo that is cut off, has a part of zeros, a changed byte, or a part twice. */
function mutantOf(memoBytes: Buffer, random: Random): Buffer {
  const copy = Buffer.from(memoBytes)
  const [one, other] = [random.below(copy.length), random.below(copy.length)]
  const [start, end] = [Math.min(one, other), Math.max(one, other) + 1]
  switch (random.below(4)) {
    case 0:
      return copy.subarray(0, one)
    case 1:
      return copy.fill(0, start, end)
    case 2:
      copy[one] = (copy[one] ?? 0) ^ (1 + random.below(255))
      return copy
    default:
      return Buffer.concat([copy.subarray(0, end), copy.subarray(start)])
  }
}
