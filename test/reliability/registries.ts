import { join } from 'node:path'
import { ChartCache, pushChart, saveChart } from '../../src/core/index.ts'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { writeChart } from '../support/sampleChart.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { account, anonymous } from './changes.ts'
import { Random } from '../support/random.ts'

/** Hosts of real registries. */
export interface TestRegistries {
  /** Lets everybody in. Has `team/mychart:0.1.0`, which is small, and `team/large:0.1.0`, of 1 MB. */
  readonly open: string
  /** Wants the account. */
  readonly closed: string
}

export async function startRegistries(): Promise<TestRegistries> {
  const [open, closed] = await Promise.all([
    startDockerRegistry(),
    startDockerRegistry({ htpasswd: { user: account.username, password: account.password } }),
  ])
  const parent = await temporaryDirectory()
  const cache = new ChartCache(join(parent, 'cache'))
  const noise = new Random(1)
  const large = Buffer.from(Array.from({ length: 1_000_000 }, () => noise.below(256)))
  for (const [name, files] of [
    ['mychart', {}],
    ['large', { 'noise.bin': large }],
  ] as const) {
    const reference = `${open.host}/team/${name}:0.1.0`
    await saveChart(cache, await writeChart(parent, name, '0.1.0', files), reference)
    await pushChart(cache, anonymous(), reference)
  }
  return { open: open.host, closed: closed.host }
}
