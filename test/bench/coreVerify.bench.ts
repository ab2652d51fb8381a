import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ChartCache } from '../../src/core/cache/cache.ts'
import { saveChart } from '../../src/core/operations/saveChart.ts'
import { verifyCache } from '../../src/core/operations/verifyCache.ts'
import { bigChart } from '../support/bigChart.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { inTurn, median, report } from './compare.ts'

const limit = 2

it('verifies 1 GiB of charts hardly slower than hashing it takes', async () => {
  const cache = new ChartCache(await temporaryDirectory())
  for (let chart = 0; chart < 11; chart += 1) {
    const directory = await temporaryDirectory()
    // Noise only, which stays as large as it is.
    const path = await bigChart(directory, `chart-${chart}`, 95, { isNoise: true })
    await saveChart(cache, path, `localhost:5000/big/chart-${chart}:1`)
    await rm(directory, { recursive: true })
  }
  const blobs = join(cache.root, 'blobs', 'sha256')

  const { ours, theirs } = await inTurn(
    3,
    async () => {
      const start = performance.now()
      const { findings, bytes } = await verifyCache(new ChartCache(cache.root))
      expect(findings).toEqual([])
      expect(bytes).toBeGreaterThan(1024 ** 3)
      return performance.now() - start
    },
    async () => {
      const start = performance.now()
      for (const name of await readdir(blobs)) expect(await hashOf(join(blobs, name))).toBe(name)
      return performance.now() - start
    },
  )

  const isWithin = median(ours) / median(theirs) <= limit
  report({ what: 'verifying 1 GiB, against hashing it', ours, theirs, limit: `× ${limit}`, isWithin })
  expect(isWithin).toBe(true)
})

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }))
    hash.update(chunk as Buffer)
  return hash.digest('hex')
}
