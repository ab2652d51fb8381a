import { readFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { filesUnder } from '../support/tree.ts'
import { until } from '../support/waiting.ts'
import type { Workbench } from '../support/workbench.ts'

/** Of all processors, in a stretch of so many milliseconds. */
const quiet = { share: 0.1, stretch: 500 }

/**
 * Waits until the extension host has activated what it activates by itself and the processors have nothing more to do, so that
 * only what is measured is at work.
 */
export async function isQuiet({ home }: Workbench): Promise<void> {
  await until(async () => {
    const logs = await filesUnder(join(home, 'vscode', 'data', 'logs'))
    const log = logs.find((path) => path.endsWith('remoteexthost.log'))
    return log !== undefined && (await readFile(log, 'utf8')).includes("'onStartupFinished'")
  })
  while ((await busyShare()) > quiet.share) await delay(quiet.stretch)
}

/** How much of their time the processors of this machine work, for a while from now on. */
async function busyShare(): Promise<number> {
  const before = processorTimes()
  await delay(quiet.stretch)
  const after = processorTimes()
  return 1 - (after.idle - before.idle) / (after.all - before.all)
}

/** Milliseconds of all processors since the machine was started. */
function processorTimes(): { readonly idle: number; readonly all: number } {
  const times = cpus().map(({ times }) => times)
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
  return {
    idle: sum(times.map(({ idle }) => idle)),
    all: sum(times.flatMap((each) => Object.values(each))),
  }
}
