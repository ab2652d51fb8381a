import { cp, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { ChartCache, exportChart, kindOf, listCharts, messageOf } from '../../src/core/index.ts'
import { observeSteps } from '../../src/core/base/files.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { treeOf } from '../support/tree.ts'
import { perform, type Change } from './changes.ts'
import { copyOf } from './known.ts'
import { startRegistries, type TestRegistries } from './registries.ts'
import { scenarios, type Scenario } from './scenarios.ts'
import { SmallDisk, whyNoMount } from './smallDisk.ts'

const missing = await whyNoMount()
const skipped = missing === undefined ? '' : ` (skipped: ${missing})`

let registries: TestRegistries

beforeAll(async () => {
  if (missing === undefined) registries = await startRegistries()
})

describe.skipIf(missing !== undefined)(`a disk${skipped}`, () => {
  it('that gets full at any step of any change leaves the old state and a clear error', async () => {
    const disk = await SmallDisk.mount()
    const problems: string[] = []
    let [fills, failures] = [0, 0]
    for (const scenario of scenarios(registries)) {
      const { old, changed, steps } = await learn(scenario)
      const before = await scenario.leftovers(old)
      for (let step = 1; step <= steps; step += 1) {
        for (const freePages of [0, 1]) {
          const place = await copyTo(disk, old)
          const error = await failureOf(scenario.change(place), (now) => {
            if (now === step) disk.fill(freePages)
          })
          const found = [
            ...(error === undefined ? [] : unclear(error, 'disk-full')),
            ...(await scenario.violations(place, [error === undefined ? changed : old], false)),
            ...(await scenario.leftovers(place))
              .filter((path) => !before.includes(path))
              .map((path) => `left behind: ${path}`),
          ]
          disk.free()
          await scenario.next(place)
          await rm(place, { recursive: true })
          fills += 1
          if (error !== undefined) failures += 1
          problems.push(
            ...found.map((problem) => `${scenario.name}, step ${step}, ${freePages} pages free: ${problem}`),
          )
        }
      }
    }
    console.log(`full at ${fills} steps: ${failures} changes failed, ${problems.length} problems`)
    expect(problems).toEqual([])
    expect(failures).toBeGreaterThan(100)
  })

  it('that is read-only is left as it is with a clear error, and can be read', async () => {
    const disk = await SmallDisk.mount()
    const all = scenarios(registries)
    for (const scenario of all) {
      const place = join(disk.path, 'place')
      await mkdir(place)
      await scenario.prepare(place)
      const before = await treeOf(place)
      await disk.makeReadOnly()

      const error = await failureOf(scenario.change(place))

      expect(unclear(error, 'store-readonly'), scenario.name).toEqual([])
      expect(await treeOf(place), scenario.name).toEqual(before)
      await readAll(join(place, 'cache'))
      await disk.makeWritable()
      await rm(place, { recursive: true })
    }
    console.log(`${all.length} of ${all.length} changes of a read-only disk were refused with a clear error`)
  })
})

/** Does a scenario once to its end, in this process. */
async function learn(scenario: Scenario): Promise<{ old: string; changed: string; steps: number }> {
  const old = await temporaryDirectory()
  await scenario.prepare(old)
  const changed = await copyOf(old)
  let steps = 0
  const error = await failureOf(scenario.change(changed), (now) => {
    steps = now
  })
  expect(error).toBeUndefined()
  return { old, changed, steps }
}

/** @param onStep hears the number of each step before it is taken */
async function failureOf(change: Change, onStep?: (number: number) => void): Promise<unknown> {
  let steps = 0
  const stop = observeSteps(() => {
    steps += 1
    onStep?.(steps)
  })
  try {
    await perform(change)
    return undefined
  } catch (error) {
    return error
  } finally {
    stop()
  }
}

function unclear(error: unknown, kind: string): string[] {
  const isClear = kindOf(error) === kind && /^Could not |^There is no space left /.test(messageOf(error))
  return isClear ? [] : [`an unclear error: ${String(error)}`]
}

/** Lists and exports every chart of a cache. */
async function readAll(root: string): Promise<void> {
  const cache = new ChartCache(root)
  for (const chart of await listCharts(cache)) {
    expect(chart).not.toHaveProperty('problem')
    await exportChart(cache, chart.reference, await temporaryDirectory())
  }
}

async function copyTo(disk: SmallDisk, place: string): Promise<string> {
  const copy = join(disk.path, 'place')
  await mkdir(copy)
  await cp(place, copy, { recursive: true })
  return copy
}
