import { join } from 'node:path'
import { runOrFail } from '../support/run.ts'

/** The built command line, and the core as a module of its own. */
export const cli = join(import.meta.dirname, '..', '..', 'dist', 'cli.mjs')

/** What a process took, in milliseconds: by the clock, and of all processors. */
export interface Cost {
  readonly elapsed: number
  readonly processor: number
}

/** Runs a program that must succeed, with its output thrown away, and says what it and those that it started took. */
export async function costOf(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Cost> {
  // The shell tells the times of its children; Node does not. And it is small: to start a process out of a large one takes time.
  const script = 'start=$EPOCHREALTIME; "$@" > /dev/null && echo "$start $EPOCHREALTIME" && times'
  const { stdout } = await runOrFail('bash', ['-c', script, 'bash', command, ...args], {
    env: { ...process.env, ...env, LC_ALL: 'C' },
  })
  const [clock = '', , children = ''] = stdout.trim().split('\n')
  const [start = Number.NaN, end = Number.NaN] = clock.split(' ').map(Number)
  const processor = children.split(' ').map(millisecondsOf)
  return { elapsed: 1000 * (end - start), processor: processor.reduce((sum, time) => sum + time, 0) }
}

/** From `1m2.345s`. */
function millisecondsOf(text: string): number {
  const [, minutes = '', seconds = ''] = /^(\d+)m([\d.]+)s$/.exec(text) ?? []
  return (Number(minutes) * 60 + Number(seconds)) * 1000
}
