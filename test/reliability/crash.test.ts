import { setTimeout as delay } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { inParallel } from '../../src/core/base/inParallel.ts'
import type { Change } from './changes.ts'
import { copyOf, learn, problemsIn } from './known.ts'
import { Random } from '../support/random.ts'
import { startRegistries, type TestRegistries } from './registries.ts'
import { rounds } from './rounds.ts'
import { listing, pulling, scenarios } from './scenarios.ts'
import { runWorker, startWorker, type WorkerEnd } from './workers.ts'

let registries: TestRegistries

beforeAll(async () => {
  registries = await startRegistries()
})

describe('a process that is killed', () => {
  const problems: string[] = []
  let kills = 0

  it('before or during any step of any change leaves the old or the new state', async () => {
    for (const scenario of [listing(), ...scenarios(registries)]) {
      const known = await learn(scenario)
      const points = Array.from({ length: known.steps }, (_, step) => step + 1).flatMap((step) =>
        (['before', 'during'] as const).map((when) => ({ step, when })),
      )
      let killed = 0
      await inParallel(points, atOnce, async (kill) => {
        const place = await copyOf(known.old)
        const end = await runWorker({ ...scenario.change(place), kill })
        if (end.isKilled) killed += 1
        const found = await problemsIn(known, place, end.acknowledged.length > 0)
        problems.push(
          ...found.map((problem) => `${scenario.name}, killed ${kill.when} step ${kill.step}: ${problem}`),
        )
      })
      console.log(`${scenario.name}: ${known.steps} steps, ${killed} kills`)
      kills += killed
    }
    conclude(kills, problems)
    expect(kills).toBeGreaterThanOrEqual(400)
  })

  it('at any time of a pull leaves the old or the new state', async () => {
    const random = new Random()
    const scenario = pulling(`${registries.open}/team/large:0.1.0`)
    const known = await learn(scenario)
    const whole = await durationOf(scenario.change(await copyOf(known.old)))
    const wanted = rounds(200)
    const found: string[] = []
    let killed = 0
    await inParallel([...Array(wanted * 2).keys()], atOnce, async (round) => {
      if (killed >= wanted) return
      const after = random.next() * whole
      const place = await copyOf(known.old)
      const end = await killedAfter(after, scenario.change(place))
      if (end.isKilled) killed += 1
      const problem = await problemsIn(known, place, end.acknowledged.length > 0)
      found.push(...problem.map((text) => `seed ${random.seed}, round ${round}, ${after} ms: ${text}`))
    })
    console.log(`pulls killed at random within ${Math.round(whole)} ms, seed ${random.seed}`)
    conclude(killed, found)
    expect(killed).toBeGreaterThanOrEqual(wanted)
  })
})

/** Processes at the same time. */
const atOnce = 3

function conclude(kills: number, problems: readonly string[]): void {
  const count = (what: string): number => problems.filter((problem) => problem.includes(`: ${what}: `)).length
  console.log(
    `${kills} kills, ${count('lost reference')} lost references, ${count('corrupt blob')} corrupt blobs, ` +
      `${count('half export')} half exports, ${problems.length} problems in all`,
  )
  expect(problems).toEqual([])
}

/** Kills a process that does a change, so many milliseconds after it has begun. */
async function killedAfter(milliseconds: number, change: Change): Promise<WorkerEnd> {
  const worker = startWorker(change)
  await worker.ready
  await delay(milliseconds)
  worker.kill()
  return await worker.ended
}

/** Milliseconds that a change takes once its process has begun. */
async function durationOf(change: Change): Promise<number> {
  const worker = startWorker(change)
  await worker.ready
  const began = performance.now()
  await worker.ended
  return performance.now() - began
}
