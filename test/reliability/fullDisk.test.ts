import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  ChartCache,
  listCharts,
  pruneCache,
  removeChart,
  repairCache,
  verifyCache,
  type Finding,
} from '../../src/core/index.ts'
import { observeSteps } from '../../src/core/base/files.ts'
import { cleanUp } from '../support/cleanUp.ts'
import { fileSystemError } from '../support/fileSystemError.ts'
import { blobPath, storeChart } from '../support/storedChart.ts'
import { temporaryDirectory } from '../support/temporary.ts'

const day = 24 * 60 * 60 * 1000

describe('where the disk is full at any one step,', () => {
  it('a prune loses nothing that is needed, and the next one goes on', { timeout: 240_000 }, async () => {
    const template = await temporaryDirectory()
    const cache = new ChartCache(template)
    for (const name of ['kept', 'gone']) await storeChart(cache, `${name}:1`, { name })
    await removeChart(cache, 'gone:1')
    const work = async (of: ChartCache): Promise<unknown> =>
      await pruneCache(of, { olderThan: 0, now: Date.now() + 2 * day })

    const steps = await failingEach(template, work, async (of, next) => {
      expect(faults(await verifyCache(of))).toEqual([])
      await of.require('kept:1')
      await next()
      expect((await verifyCache(of)).blobs).toBe(3)
    })

    console.log(`${steps} of ${steps} steps of a prune failed without harm.`)
  })

  it('a repair loses nothing, and the next one goes on', { timeout: 240_000 }, async () => {
    const template = await temporaryDirectory()
    const cache = new ChartCache(template)
    const [sound, damaged, trashed] = [
      await storeChart(cache, 'sound:1', { name: 'sound' }),
      await storeChart(cache, 'damaged:1', { name: 'damaged' }),
      await storeChart(cache, 'trashed:1', { name: 'trashed' }),
    ]
    const index = await readFile(join(template, 'index.json'))
    await removeChart(cache, 'trashed:1')
    await pruneCache(cache, { olderThan: 0, now: Date.now() + 2 * day })
    await writeFile(join(template, 'index.json'), index)
    await writeFile(join(template, 'oci-layout'), '')
    await rm(blobPath(cache, damaged.manifest.descriptor.digest))
    await writeFile(blobPath(cache, damaged.manifest.descriptor.digest), 'damaged')

    const steps = await failingEach(template, repairCache, async (of, next) => {
      await next()
      expect(faults(await verifyCache(of))).toEqual([])
      const charts = await listCharts(of)
      expect(charts.map(({ reference, manifestDigest }) => [reference, manifestDigest])).toEqual([
        ['sound:1', sound.manifest.descriptor.digest],
        ['trashed:1', trashed.manifest.descriptor.digest],
      ])
    })

    console.log(`${steps} of ${steps} steps of a repair failed without harm.`)
  })
})

/**
 * Does some work to a copy of a cache once for every change of the disk that it makes, and lets another one of them fail
 * each time.
 *
 * @param check looks at the cache afterwards; its second argument does the work again
 * @returns how many steps there are
 */
async function failingEach(
  template: string,
  work: (cache: ChartCache) => Promise<unknown>,
  check: (cache: ChartCache, next: () => Promise<unknown>) => Promise<void>,
): Promise<number> {
  let stop = (): void => undefined
  cleanUp(() => {
    stop()
    return Promise.resolve()
  })
  for (let failing = 1; ; failing += 1) {
    const root = await temporaryDirectory()
    await cp(template, root, { recursive: true })
    const cache = new ChartCache(root)
    let steps = 0
    stop = observeSteps((step, path) => {
      steps += 1
      // What is given up takes no room.
      if (steps === failing && !step.startsWith('remove')) throw fileSystemError('ENOSPC', path)
    })
    await work(cache).catch((error: unknown) => {
      expect(error).toMatchObject({ kind: 'disk-full' })
    })
    stop()
    await check(cache, async () => await work(new ChartCache(root)))
    if (steps < failing) return failing - 1
  }
}

function faults({ findings }: { readonly findings: readonly Finding[] }): readonly Finding[] {
  return findings.filter(({ isFault }) => isFault)
}
