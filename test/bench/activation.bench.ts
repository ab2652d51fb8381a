import { expect, it } from 'vitest'
import { until } from '../support/waiting.ts'
import { openWorkbench, type Workbench } from '../support/workbench.ts'
import { inTurn, median, report } from './compare.ts'
import { isQuiet } from './quiet.ts'
import { extensionsDirectory } from './setup.ts'

/** Milliseconds. */
const limit = 20

it('is activated hardly later than an extension that does nothing', async () => {
  const { ours, theirs } = await inTurn(
    5,
    async () => await activationOf('chartroom.chartroom', 'Cached Charts', 'Chartroom'),
    async () => await activationOf('bench.idle', 'Nothing', 'Idle'),
  )

  const isWithin = median(ours) - median(theirs) <= limit
  report({
    what: 'activation, against an extension that does nothing',
    ours,
    theirs,
    limit: `+${limit} ms`,
    isWithin,
  })
  expect(isWithin).toBe(true)
})

/** Activation registers; what is loaded with the first rows counts where they are measured. */
async function activationOf(extension: string, view: string, container: string): Promise<number> {
  const workbench = await openWorkbench({ extensionsDirectory })
  await isQuiet(workbench)
  await workbench.openView(view, container)
  const time = await reportedActivation(workbench, extension)
  await workbench.close()
  return time
}

/** Milliseconds in which VS Code loaded and activated an extension, by its own report. */
async function reportedActivation(workbench: Workbench, extension: string): Promise<number> {
  let row: string | undefined
  await until(async () => {
    await workbench.runCommand('Developer: Startup Performance')
    await (await workbench.editor('Startup Performance')).click()
    await workbench.page.keyboard.press('Control+a')
    await workbench.page.keyboard.press('Control+c')
    const lines = (await workbench.clipboard()).split('\n')
    row = lines.find((line) => line.startsWith(`| ${extension} `))
    await workbench.page.keyboard.press('Control+F4')
    return row !== undefined
  })
  // | Extension | Eager | Load Code | Call Activate | Finish Activate | Event | By |
  const [load, call, finish] = (row ?? '').split('|').slice(3, 6).map(Number)
  return (load ?? Number.NaN) + (call ?? Number.NaN) + (finish ?? Number.NaN)
}
