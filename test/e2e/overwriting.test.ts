import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ChartCache, pushChart, Registries, saveChart } from '../../src/core/index.ts'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { writeChart } from '../support/sampleChart.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { until } from '../support/waiting.ts'
import { openWorkbench, type Workbench } from '../support/workbench.ts'

describe('Before something is overwritten', () => {
  it('a push says as the destination is typed what it will do there', async () => {
    const registry = await startDockerRegistry()
    await pushOther(registry.host, 'myrepo/mychart', '0.1.0')
    await pushOther(registry.host, 'myrepo/shop', '0.0.9')
    const workspaceFolder = await temporaryDirectory()
    await writeChart(workspaceFolder, 'mychart')
    const workbench = await openWorkbench({ workspaceFolder, theme: 'Dark Modern' })

    await startPush(workbench, 'mychart')
    await workbench.quickInput.fill(`${registry.host}/myrepo/new`)
    await outcome(workbench, 'creates myrepo/new')
    await workbench.screenshot('a push that creates a repository')
    await workbench.quickInput.fill(`${registry.host}/myrepo/shop`)
    await outcome(workbench, 'adds 0.1.0 to myrepo/shop')
    await workbench.quickInput.fill(`${registry.host}/myrepo/mychart`)
    await outcome(workbench, 'replaces 0.1.0')
    await workbench.screenshot('a push that replaces a chart')
  })

  it('a push asks once, and only where the tag holds another chart', async () => {
    const registry = await startDockerRegistry()
    const manifest = await pushOther(registry.host, 'myrepo/mychart', '0.1.0')
    const reference = `${registry.host}/myrepo/mychart:0.1.0`
    const workbench = await openWorkbench({ settings: { 'chartroom.manifestFormat': 'legacy' } })
    const cache = new ChartCache(join(workbench.cacheHome, 'registry', 'cache'))
    await saveChart(cache, await writeChart(await temporaryDirectory(), 'mychart'), reference)
    await workbench.openView('Cached Charts')
    await workbench.expand(`${registry.host}/myrepo/mychart`)

    await workbench.clickAction('Push Cached Chart', '0.1.0')
    await workbench.page.locator('.monaco-dialog-box').waitFor()
    await workbench.screenshot('the question before a chart is replaced')
    const question = await workbench.answerDialog('Replace')
    await workbench.notification(`Pushed mychart 0.1.0 to ${registry.host}.`)
    await workbench.page.keyboard.press('Escape')
    await workbench.clickAction('Push Cached Chart', '0.1.0')
    await workbench.notification(`Pushed mychart 0.1.0 to ${registry.host}.`)

    expect(question).toContain(`Replace ${reference}?`)
    expect(question).toContain(`It holds another chart (${manifest.slice(0, 'sha256:'.length + 7)}).`)
    expect(await workbench.page.locator('.monaco-dialog-box').count()).toBe(0)
  })

  it('an export says what of the folder would be lost, and can go beside it', async () => {
    const workbench = await openWorkbench({ theme: 'Light Modern' })
    const cache = new ChartCache(join(workbench.cacheHome, 'registry', 'cache'))
    const reference = 'localhost:5000/myrepo/mychart:0.1.0'
    await saveChart(cache, await writeChart(await temporaryDirectory(), 'mychart'), reference)
    const exported = join(workbench.workspaceFolder, 'mychart')
    await workbench.openView('Cached Charts')
    await workbench.expand('localhost:5000/myrepo/mychart')
    await exportTo(workbench, 'Export Chart…')
    await workbench.notification('Exported mychart to mychart.')
    await writeFile(join(exported, 'values.yaml'), 'replicas: 2\n')
    await writeFile(join(exported, 'notes.txt'), 'mine\n')

    await exportTo(workbench, 'Export Chart…')
    await workbench.page.locator('.monaco-dialog-box').waitFor()
    await workbench.screenshot('the question before a folder is replaced')
    const question = await workbench.answerDialog('Export Beside It')
    await workbench.notification('Exported mychart to mychart-2.')
    await exportTo(workbench, 'Export Chart…')
    await workbench.answerDialog('Replace')
    await until(async () => (await readFile(join(exported, 'values.yaml'), 'utf8')) === 'replicas: 1\n')
    await exportTo(workbench, 'Export as .tgz…')
    await workbench.notification('Exported mychart to mychart-0.1.0.tgz.')

    expect(question).toContain('Replace the folder mychart?')
    expect(question).toContain('It has 4 files, 1 of them changed since the export and 1 added.')
    expect(await readFile(join(workbench.workspaceFolder, 'mychart-2', 'values.yaml'), 'utf8')).toBe(
      'replicas: 1\n',
    )
  })

  it('a chart whose charts/ lacks what it declares is not pushed without a question', async () => {
    const registry = await startDockerRegistry()
    const workspaceFolder = await temporaryDirectory()
    await writeChart(workspaceFolder, 'mychart', '0.1.0', { 'Chart.yaml': lacking })
    const workbench = await openWorkbench({ workspaceFolder })

    await startPush(workbench, 'mychart')
    await workbench.page.locator('.monaco-dialog-box').waitFor()
    await workbench.screenshot('a chart that lacks dependencies')
    const question = await workbench.answerDialog('Open Chart.yaml')
    expect(await (await workbench.editor('Chart.yaml')).innerText()).toContain('redis')
    await startPush(workbench, 'mychart')
    await workbench.answerDialog('Push Anyway')
    await workbench.quickInput.fill(`${registry.host}/myrepo/mychart`)
    await workbench.quickInput.choose(`${registry.host}/myrepo/mychart:0.1.0`)
    await workbench.quickInput.choose('Helm 3.0–3.6 and later')
    await workbench.notification(`Pushed mychart 0.1.0 to ${registry.host}.`)

    expect(question).toContain('mychart lacks dependencies')
    expect(question).toContain('Chart.yaml declares redis and common, but charts/ does not hold them.')
  })
})

const lacking = `apiVersion: v2
name: mychart
version: 0.1.0
dependencies:
  - name: redis
    version: 1.0.0
    repository: https://charts.example.com
  - name: common
    version: 1.0.0
    repository: https://charts.example.com
`

/** Puts another chart into the registry, and returns the digest of its manifest. */
async function pushOther(host: string, repository: string, tag: string): Promise<string> {
  const cache = new ChartCache(join(await temporaryDirectory(), 'cache'))
  const chart = await writeChart(await temporaryDirectory(), 'other', '9.9.9')
  const reference = `${host}/${repository}:${tag}`
  await saveChart(cache, chart, reference)
  const registries = new Registries({ findCredential: () => Promise.resolve(undefined) })
  return (await pushChart(cache, registries, reference)).manifestDigest
}

/** Right-clicks a folder of the Explorer; its menu has the command soon after the window is open. */
async function startPush(workbench: Workbench, folder: string): Promise<void> {
  await workbench.openExplorer()
  await workbench.row(folder).first().waitFor()
  await until(async () => (await workbench.menuOf(folder)).includes('Push Chart…'))
  await workbench.contextMenu(folder, 'Push Chart…')
}

async function outcome(workbench: Workbench, text: string): Promise<void> {
  await workbench.doing(`waiting for the outcome ${text}`, async () => {
    await workbench.quickInput.items.filter({ hasText: text }).first().waitFor()
  })
}

/** Exports the only chart into the workspace folder, which the dialog proposes. */
async function exportTo(workbench: Workbench, command: string): Promise<void> {
  await workbench.contextMenu('0.1.0', command)
  await workbench.quickInput.box.getByRole('button', { name: 'Export Here' }).click()
}
