import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ChartCache } from '../../../src/core/cache/cache.ts'
import { observeSteps } from '../../../src/core/base/files.ts'
import { entryFor, withEntry } from '../../../src/core/layout/indexFile.ts'
import { Layout } from '../../../src/core/layout/layout.ts'
import { clearLeases, isLeased, withLease } from '../../../src/core/layout/leases.ts'
import { describe as describeBytes } from '../../../src/core/oci/descriptor.ts'
import { saveChart } from '../../../src/core/operations/saveChart.ts'
import { writeChart } from '../../support/sampleChart.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

describe('a lease', () => {
  it('is held while work runs, and not after it, however it ends', async () => {
    const root = await temporaryDirectory()

    await withLease(root, async () => {
      expect(await isLeased(root)).toBe(true)
      await withLease(root, () => Promise.resolve())
      expect(await isLeased(root)).toBe(true)
    })
    expect(await isLeased(root)).toBe(false)
    await expect(withLease(root, () => Promise.reject(new Error('no')))).rejects.toThrow('no')

    expect(await isLeased(root)).toBe(false)
  })

  it('names the process that holds it', async () => {
    const root = await temporaryDirectory()

    await withLease(root, async () => {
      expect(await readdir(join(root, '.chartroom', 'leases'))).toEqual([
        expect.stringMatching(new RegExp(`^${process.pid}-`)),
      ])
    })
  })

  it.each(['clearing them', 'the next change of the index'])(
    'of a process that has ended, or older than a day, goes away with %s',
    async (what) => {
      const root = await temporaryDirectory()
      const leases = join(root, '.chartroom', 'leases')
      await mkdir(leases, { recursive: true })

      await withLease(root, async () => {
        const [mine = ''] = await readdir(leases)
        const [ended, old] = [mine.replace(/^\d+/, '999999999'), mine.replace(/\w+$/, '000000000000')]
        for (const name of [ended, old]) await writeFile(join(leases, name), '')
        await utimes(join(leases, old), 1, 1)

        if (what === 'clearing them') await clearLeases(root)
        else await new Layout(root).change((index) => withEntry(index, entryFor(sample, 'a:1')))

        expect(await readdir(leases)).toEqual([mine])
      })
    },
  )

  it('is held from before the first blob of a save until its entry is in the index', async () => {
    const root = join(await temporaryDirectory(), 'cache')
    const seen: [string, boolean][] = []
    const stop = observeSteps(async (step, path) => {
      if (step === 'rename') seen.push([basename(path), await isLeased(root)])
    })
    onTestFinished(stop)

    await saveChart(new ChartCache(root), await writeChart(await temporaryDirectory()), 'a:1.0.0')

    // Layer, config, manifest, the marker of the layout and its index.
    expect(seen.map(([, isHeld]) => isHeld)).toEqual([true, true, true, true, true])
    expect(seen.at(-1)?.[0]).toBe('index.json')
    expect(await isLeased(root)).toBe(false)
  })

  it('is none where nothing was ever stored', async () => {
    const root = join(await temporaryDirectory(), 'cache')

    expect(await isLeased(root)).toBe(false)
    await clearLeases(root)
  })
})

const sample = describeBytes('text/plain', Buffer.from('sample'))
