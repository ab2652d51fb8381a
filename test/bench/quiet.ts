import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { filesUnder } from '../support/tree.ts'
import { until } from '../support/waiting.ts'
import type { Workbench } from '../support/workbench.ts'

/** Waits until the extension host has activated what it activates by itself, so that only what is measured is at work. */
export async function isQuiet({ home }: Workbench): Promise<void> {
  await until(async () => {
    const logs = await filesUnder(join(home, 'vscode', 'data', 'logs'))
    const log = logs.find((path) => path.endsWith('remoteexthost.log'))
    return log !== undefined && (await readFile(log, 'utf8')).includes("'onStartupFinished'")
  })
}
