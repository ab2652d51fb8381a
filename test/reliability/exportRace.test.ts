import { mkdir, readdir, rename, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ChartCache, exportChart, kindOf, saveChart } from '../../src/core/index.ts'
import { observeSteps } from '../../src/core/base/files.ts'
import { writeChart } from '../support/sampleChart.ts'
import { temporaryDirectory } from '../support/temporary.ts'

const reference = 'localhost:5000/a/mychart:1.0.0'

describe('an export while somebody puts links in its way', () => {
  it('writes nothing where the links lead', { timeout: 120_000 }, async () => {
    const directory = await temporaryDirectory()
    const cache = new ChartCache(join(directory, 'cache'))
    await saveChart(cache, await writeChart(directory), reference)
    const [out, outside] = [join(directory, 'out'), join(directory, 'outside')]
    await mkdir(outside)
    const target = join(out, 'mychart')
    const outcomes = new Map<string, number>()
    for (let round = 0; round < 200; round += 1) {
      await mkdir(out)
      let steps = 0
      // Before one of its steps, another one each time, the target becomes a link.
      const stop = observeSteps(async () => {
        if (steps++ !== round % 14) return
        await rename(target, join(out, `old${round}`)).catch(() => undefined)
        await symlink(outside, target).catch(() => undefined)
      })
      const outcome = await exportChart(cache, reference, out, { force: round % 2 === 0 }).then(
        () => 'exported',
        (error: unknown) => kindOf(error) ?? String(error),
      )
      stop()
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      expect(await readdir(outside), `round ${round}`).toEqual([])
      expect((await readdir(out)).filter((name) => name.startsWith('.chartroom'))).toEqual([])
      await rm(out, { recursive: true })
    }
    console.log(`200 races: ${[...outcomes].map(([outcome, times]) => `${times} ${outcome}`).join(', ')}`)
    expect(
      [...outcomes.keys()].filter((outcome) => !['exported', 'target-exists'].includes(outcome)),
    ).toEqual([])
  })
})
