import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { bigChart } from '../support/bigChart.ts'
import { startDockerRegistry, type DockerRegistry } from '../support/dockerRegistry.ts'
import { peakMemoryOf, peaksOfSmall } from '../support/peakMemory.ts'
import { temporaryDirectory } from '../support/temporary.ts'

const cli = join(import.meta.dirname, '..', '..', 'dist', 'cli.mjs')
const node = process.env['CHARTROOM_NODE'] ?? process.execPath
const limits = ['--max-unpacked', '600MiB', '--max-file', '30MiB']

let registry: DockerRegistry
let mirror: DockerRegistry

beforeAll(async () => {
  registry = await startDockerRegistry()
  mirror = await startDockerRegistry()
})

describe('the peak memory of the command line', () => {
  it(
    'is about the same for a chart of 95 MiB and one of 500 MiB, and below 150 MiB',
    { timeout: 240_000 },
    async () => {
      const small = await peaksOfSmall(async (round) => await peaks(`small-${round}`, 95))
      const large = await peaks('large', 500)

      console.log(`peak memory in MiB: 95 MiB chart ${shown(small)}; 500 MiB chart ${shown(large)}`)
      for (const verb of verbs) {
        expect(large[verb] - small[verb], `${verb}: growth in MiB`).toBeLessThan(20)
        expect(large[verb], `${verb}: MiB`).toBeLessThan(150)
      }
    },
  )
})

const verbs = ['save', 'push', 'copy', 'pull'] as const

type Peaks = Readonly<Record<(typeof verbs)[number], number>>

async function peaks(name: string, size: number): Promise<Peaks> {
  const directory = await temporaryDirectory()
  const chart = await bigChart(directory, name, size)
  const reference = `${registry.host}/big/${name}:1.0.0`
  const save = await peakOf(directory, 'chart', 'save', chart, reference, ...limits)
  await rm(chart, { recursive: true })
  const push = await peakOf(directory, 'chart', 'push', reference)
  // Without the cache the copy goes from registry to registry, and the pull has to fetch everything.
  await rm(join(directory, 'helm'), { recursive: true })
  const copy = await peakOf(directory, 'chart', 'copy', reference, `${mirror.host}/big/${name}`, ...limits)
  const pull = await peakOf(directory, 'chart', 'pull', reference, ...limits)
  return { save, push, copy, pull }
}

/** In MiB. */
async function peakOf(directory: string, ...args: readonly string[]): Promise<number> {
  return await peakMemoryOf(node, [cli, ...args], {
    PATH: process.env['PATH'],
    HOME: directory,
    HELM_CACHE_HOME: join(directory, 'helm'),
  })
}

function shown(peaks: Peaks): string {
  return Object.entries(peaks)
    .map(([verb, peak]) => `${verb} ${peak.toFixed(0)}`)
    .join(', ')
}
