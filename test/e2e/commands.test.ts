import { copyFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { freePort } from '../../scripts/freePort.ts'
import { ChartCache, saveChart, shortDigest, type SoundChart } from '../../src/core/index.ts'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { fixture } from '../support/fixtures.ts'
import { writeChart } from '../support/sampleChart.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { until } from '../support/waiting.ts'
import { openWorkbench, type Workbench } from '../support/workbench.ts'

describe('The commands', () => {
  it('push, remove and pull a chart again, and say when it is up to date', async () => {
    const registry = await startDockerRegistry()
    const workbench = await openWorkbench()
    const repository = `${registry.host}/myrepo/mychart`
    await save(workbench, `${repository}:1.0.0`)
    await workbench.openView('Cached Charts')
    await workbench.expand(repository)

    await workbench.clickAction('Push Cached Chart', '1.0.0')
    await workbench.notification(`Pushed mychart 0.1.0 to ${registry.host}.`)
    await workbench.contextMenu('1.0.0', 'Remove Chart')
    await workbench.sideBar.getByText('Pull a Chart…').click()
    await workbench.quickInput.answer(`${repository}:1.0.0`)
    await workbench.notification(`Pulled ${repository}:1.0.0.`)
    await workbench.expand(repository)
    await workbench.contextMenu('1.0.0', 'Pull Again')

    await workbench.page.locator('.part.statusbar').getByText(`${repository}:1.0.0 is up to date.`).waitFor()
  })

  it('do the same to all that is selected, and tell it once; what fails keeps nothing from the rest', async () => {
    const registry = await startDockerRegistry()
    const workbench = await openWorkbench()
    const repository = `${registry.host}/myrepo/mychart`
    const unreachable = `localhost:${await freePort(6100)}/myrepo/mychart`
    for (const reference of [`${repository}:2.0.0`, `${repository}:1.0.0`, `${unreachable}:3.0.0`]) {
      await save(workbench, reference)
    }
    await workbench.openView('Cached Charts')
    await workbench.expand(repository)
    await workbench.expand(unreachable)

    await select(workbench, '2.0.0', '1.0.0')
    await workbench.contextMenu('1.0.0', 'Push Cached Chart')
    await workbench.notification('Pushed 2 charts.')
    await workbench.contextMenu('1.0.0', 'Pull Again')
    await workbench.notification('Pulled 2 charts.')
    await select(workbench, '2.0.0', '1.0.0', '3.0.0')
    await workbench.contextMenu('1.0.0', 'Copy Reference')
    await until(async () => (await workbench.clipboard()).split('\n').length === 3)
    await workbench.contextMenu('1.0.0', 'Push Cached Chart')
    await workbench.notification(/Pushed 2 of 3 charts; 1 failed: .*could not be reached/)
    await workbench.screenshot('two of three charts pushed')
    await workbench.contextMenu('1.0.0', 'Remove Chart')
    await workbench.clickNotificationAction('Removed 3 charts.', 'Undo')
    await workbench.row(unreachable).waitFor()

    expect((await workbench.clipboard()).split('\n').sort()).toEqual(
      [`${repository}:1.0.0`, `${repository}:2.0.0`, `${unreachable}:3.0.0`].sort(),
    )
  })

  it('lead from a push to its row in the registry, and pull from there without a question', async () => {
    const registry = await startDockerRegistry()
    const workbench = await openWorkbench({ theme: 'Dark Modern' })
    const reference = `${registry.host}/myrepo/mychart:1.0.0`
    await save(workbench, reference)
    await workbench.openView('Cached Charts')
    await workbench.expand(`${registry.host}/myrepo/mychart`)

    await workbench.clickAction('Push Cached Chart', '1.0.0')
    await workbench.clickNotificationAction(`Pushed mychart 0.1.0 to ${registry.host}.`, 'Show in Registry')
    await workbench.row('1.0.0').filter({ hasText: 'in the cache' }).waitFor()
    await workbench.screenshot('a pushed chart shown in its registry')
    await workbench.runCommand('Chartroom: Remove Chart')
    await workbench.quickInput.choose(reference)
    await workbench.notification(`Removed ${reference}.`)
    await until(async () => (await workbench.row('1.0.0').count()) === 1)
    await workbench.clickAction('Pull Chart…', '1.0.0')

    await workbench.notification(`Pulled ${reference}.`)
  })

  it('save an archive of the Explorer', async () => {
    const archive = 'crds-schema-docs-0.1.0.tgz'
    const workspaceFolder = await temporaryDirectory()
    await copyFile(fixture('modern', 'helm-4.3.1', archive), join(workspaceFolder, archive))
    const workbench = await openWorkbench({ workspaceFolder })
    await workbench.openExplorer()
    await workbench.row(archive).waitFor()
    await until(async () => (await workbench.menuOf(archive)).includes('Save Chart to Cache…'))

    await workbench.contextMenu(archive, 'Save Chart to Cache…')
    await workbench.quickInput.fill('team/docs')
    await workbench.quickInput.choose('team/docs:0.1.0')

    await workbench.notification('Saved team/docs:0.1.0.')
  })

  it('ask which chart is meant where the palette does not say it', async () => {
    const workbench = await openWorkbench()
    await save(workbench, 'localhost:5000/myrepo/mychart:1.0.0')

    await workbench.runCommand('Chartroom: Copy Reference')
    await workbench.quickInput.choose('localhost:5000/myrepo/mychart:1.0.0')

    await until(async () => (await workbench.clipboard()) === 'localhost:5000/myrepo/mychart:1.0.0')
    await workbench.runCommand('Chartroom: Open Chart')
    await workbench.quickInput.choose('localhost:5000/myrepo/mychart:1.0.0')
    expect(await (await workbench.editor('Chart.yaml')).innerText()).toContain('mychart')
  })

  it('export a chart into a folder, and ask before they replace one', async () => {
    const workbench = await openWorkbench()
    await save(workbench, 'localhost:5000/myrepo/mychart:1.0.0')
    await workbench.openView('Cached Charts')
    await workbench.expand('localhost:5000/myrepo/mychart')

    await exportTo(workbench, '1.0.0')
    await workbench.clickNotificationAction('Exported mychart to mychart.', 'Open Chart.yaml')
    await workbench.editor('Chart.yaml')
    expect((await readdir(join(workbench.workspaceFolder, 'mychart'))).sort()).toEqual([
      'Chart.yaml',
      'templates',
      'values.yaml',
    ])
    await exportTo(workbench, '1.0.0')
    const question = await workbench.answerDialog('Replace')

    expect(question).toContain('Replace the folder mychart?')
    await workbench.notification('Exported mychart to mychart.')
  })

  it('say that nothing is there to act on', async () => {
    const workbench = await openWorkbench()

    await workbench.runCommand('Chartroom: Remove Chart')

    await workbench.notification('There are no charts in the cache yet. Save or pull one first.')
  })

  it('tell all about a chart in its tooltip', async () => {
    const workbench = await openWorkbench({ theme: 'Dark Modern' })
    const { digest } = await save(workbench, 'localhost:5000/myrepo/mychart:1.0.0', {
      'Chart.yaml':
        'apiVersion: v2\nname: mychart\nversion: 0.1.0\ndescription: "A | [link](command:x) <b>"\n',
    })
    await workbench.openView('Cached Charts')
    await workbench.expand('localhost:5000/myrepo/mychart')

    const tooltip = await workbench.tooltip('1.0.0', shortDigest(digest))

    expect((await tooltip.innerText()).replaceAll('\u00a0', ' ')).toContain('A | [link](command:x) <b>')
    expect(await tooltip.getByRole('link').count()).toBe(0)
    await workbench.screenshot('the tooltip of a chart')
  })
})

async function save(
  workbench: Workbench,
  reference: string,
  files: Readonly<Record<string, string>> = {},
): Promise<SoundChart> {
  const cache = new ChartCache(join(workbench.cacheHome, 'registry', 'cache'))
  const chart = await writeChart(await temporaryDirectory(), 'mychart', '0.1.0', files)
  return await saveChart(cache, chart, reference)
}

/** Selects rows of the tree, and nothing else. */
async function select(workbench: Workbench, ...labels: readonly string[]): Promise<void> {
  const [first = '', ...others] = labels
  await workbench.doing(`selecting ${labels.join(', ')}`, async () => {
    await workbench.row(first).first().click()
    for (const label of others) {
      await workbench
        .row(label)
        .first()
        .click({ modifiers: ['ControlOrMeta'] })
    }
  })
}

/** Exports into the workspace folder, which the dialog proposes. */
async function exportTo(workbench: Workbench, tag: string): Promise<void> {
  await workbench.contextMenu(tag, 'Export Chart…')
  await workbench.quickInput.box.getByRole('button', { name: 'Export Here' }).click()
}
