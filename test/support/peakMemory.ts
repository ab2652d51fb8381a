import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runOrFail } from './run.ts'
import { temporaryDirectory } from './temporary.ts'

const preload = join(import.meta.dirname, 'preload', 'peakMemory.cjs')

/** How often a chart of 95 MiB has to go through for as many bytes as one of 500 MiB. */
const rounds = 5

/**
 * Measures with a chart of 95 MiB as long as with one of 500 MiB, and gives the highest peaks. The memory of a process goes up and down
 * by 25 MiB with when V8 collects: its peak is higher the longer one looks, and is to be compared over the same distance.
 *
 * @param measure uses charts of its own in every round
 */
export async function peaksOfSmall<Verb extends string>(
  measure: (round: number) => Promise<Readonly<Record<Verb, number>>>,
): Promise<Readonly<Record<Verb, number>>> {
  let highest = await measure(1)
  for (let round = 2; round <= rounds; round += 1) {
    const peaks = Object.entries<number>(await measure(round)) as [Verb, number][]
    const higher = peaks.map(([verb, peak]) => [verb, Math.max(peak, highest[verb])])
    highest = Object.fromEntries(higher) as Record<Verb, number>
  }
  return highest
}

/** Runs a script of Node that must succeed, and gives the memory that it had at most, in MiB. */
export async function peakMemoryOf(
  node: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const report = join(await temporaryDirectory(), 'peak')
  await runOrFail(node, ['--require', preload, ...args], { env: { ...env, PEAK_MEMORY_FILE: report } })
  return Number(await readFile(report, 'utf8')) / 1024
}
