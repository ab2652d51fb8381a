import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { deserialize } from 'node:v8'
import { beforeAll, describe, expect, it } from 'vitest'
import { inParallel } from '../../src/core/base/inParallel.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { DiskModel, type RecordedStep } from './diskModel.ts'
import { copyOf, learn, problemsIn, type Known } from './known.ts'
import { Random } from '../support/random.ts'
import { startRegistries } from './registries.ts'
import { rounds } from './rounds.ts'
import { scenarios } from './scenarios.ts'
import { runWorker } from './workers.ts'

let recordings: readonly Recording[]

beforeAll(async () => {
  const registries = await startRegistries()
  recordings = []
  for (const scenario of scenarios(registries))
    recordings = [...recordings, await record(await learn(scenario))]
})

describe('a power loss', () => {
  it('at any time of any change leaves the old or the new state, whatever was not synced', async () => {
    const { seed } = new Random()
    const problems: string[] = []
    const states = recordings.flatMap((recording) => Array.from({ length: rounds(45) }, () => recording))
    await inParallel([...states.entries()], 3, async ([number, recording]) => {
      const found = await loseAt(recording, recording.steps, new Random(seed + number))
      problems.push(...found.map((problem) => `seed ${seed} + ${number}: ${problem}`))
    })
    console.log(`${states.length} states after a power loss: ${problems.length} problems, seed ${seed}`)
    expect(problems).toEqual([])
    expect(states.length).toBeGreaterThanOrEqual(500)
  })

  it('would be noticed here if nothing were synced', async () => {
    const random = new Random(1)
    for (const recording of recordings) {
      const unsynced = recording.steps.filter(({ kind }) => kind !== 'sync' && kind !== 'syncDirectory')
      const problems: string[] = []
      for (let round = 1; round <= 200 && problems.length === 0; round += 1) {
        problems.push(...(await loseAt(recording, unsynced, random)))
      }
      expect(problems, recording.known.scenario.name).not.toEqual([])
    }
  })
})

interface Recording {
  readonly known: Known
  /** Where it was recorded: the paths of the steps lie there. */
  readonly place: string
  readonly steps: readonly RecordedStep[]
}

/** Has a scenario done by a process that tells every step. */
async function record(known: Known): Promise<Recording> {
  const place = await copyOf(known.old)
  const file = join(await temporaryDirectory(), 'steps')
  await runWorker({ ...known.scenario.change(place), record: file })
  const steps = deserialize(await readFile(file)) as RecordedStep[]
  // It has all that was written, logins too.
  await rm(file)
  return { known, place, steps }
}

/** What is wrong after a power loss at a random step, which is often the last one. */
async function loseAt(
  { known, place, steps }: Recording,
  done: readonly RecordedStep[],
  random: Random,
): Promise<string[]> {
  const end = random.happens(0.25) ? done.length : random.below(done.length)
  const disk = await DiskModel.of(known.old, place)
  for (const step of done.slice(0, end)) disk.apply(step)
  const left = await temporaryDirectory()
  await disk.write(left, random)
  const problems = await problemsIn(known, left, end === done.length)
  return problems.map((problem) => `${known.scenario.name}, step ${end} of ${steps.length}: ${problem}`)
}
