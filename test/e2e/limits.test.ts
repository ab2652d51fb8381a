import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ChartCache, defaultLimits } from '../../src/core/index.ts'
import { writeChart } from '../support/sampleChart.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { until } from '../support/waiting.ts'
import { openWorkbench, type Workbench } from '../support/workbench.ts'

describe('A chart with a file that is larger than the limit', () => {
  it('is refused, with the way to the setting that raises it', async () => {
    const workbench = await openWorkbench({ workspaceFolder: await folderWithLargeFile() })

    await save(workbench)

    await workbench.clickNotificationAction('the limit for one file is 5.0 MiB', 'Open Settings')
    await workbench.page.locator('.settings-editor').getByText('How many MiB one file of a chart').waitFor()
    await workbench.screenshot('the setting that raises a limit')
  })

  it('is saved and opened where the setting allows it', async () => {
    const workbench = await openWorkbench({
      workspaceFolder: await folderWithLargeFile(),
      machineSettings: { 'chartroom.limits.file': 6 },
    })

    await save(workbench)
    await workbench.quickInput.fill('team/mychart:1.0.0')
    await workbench.quickInput.choose('team/mychart:1.0.0')
    await workbench.notification('Saved team/mychart:1.0.0.')
    await workbench.openView('Cached Charts')
    await workbench.expand('team/mychart')
    await workbench.expand('1.0.0')
    await workbench.row('values.yaml').click()
    expect(await (await workbench.editor('values.yaml')).innerText()).toMatch(/replicas:\s*1/)

    const cache = new ChartCache(join(workbench.cacheHome, 'registry', 'cache'))
    expect((await cache.list()).map(({ reference }) => reference)).toEqual(['team/mychart:1.0.0'])
  })
})

async function save(workbench: Workbench): Promise<void> {
  await workbench.openExplorer()
  await workbench.row('mychart').waitFor()
  await until(async () => (await workbench.menuOf('mychart')).includes('Save Chart to Cache…'))
  await workbench.contextMenu('mychart', 'Save Chart to Cache…')
}

async function folderWithLargeFile(): Promise<string> {
  const folder = await temporaryDirectory()
  await writeChart(folder, 'mychart', '0.1.0', { 'large.txt': 'x'.repeat(defaultLimits.file + 1) })
  return folder
}
