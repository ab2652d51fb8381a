import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ChartCache } from '../../src/core/index.ts'
import { openUploads, startDockerRegistry } from '../support/dockerRegistry.ts'
import { startHoldingProxy } from '../support/holdingProxy.ts'
import { writeChart, type ChartFiles } from '../support/sampleChart.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { until } from '../support/waiting.ts'
import { openWorkbench, type Workbench } from '../support/workbench.ts'
import { planted } from '../support/planted/secrets.ts'

const mebibyte = 1024 * 1024

describe('Push Chart… on a folder', () => {
  it('saves the chart, pushes it, and offers the same destination first the next time', async () => {
    const registry = await startDockerRegistry()
    const workbench = await openWorkbench({ workspaceFolder: await workspaceWith('mychart') })
    const reference = `${registry.host}/myrepo/mychart:0.1.0`

    await pushFolder(workbench, 'mychart')
    expect(await workbench.quickInput.title()).toBe('Push mychart 0.1.0 (1 of 2)')
    await workbench.quickInput.fill(`${registry.host}/myrepo/MyChart`)
    await workbench.quickInput.items.filter({ hasText: '"MyChart" cannot be part of a repository' }).waitFor()
    await workbench.screenshot('a destination that is refused as it is typed')
    await workbench.quickInput.fill(`${registry.host}/myrepo/mychart`)
    await workbench.quickInput.choose(reference)
    await workbench.quickInput.items.filter({ hasText: 'Helm 3.0–3.6 and later' }).waitFor()
    expect(await workbench.quickInput.title()).toBe('Push mychart 0.1.0 (2 of 2)')
    await workbench.screenshot('the question who will read the charts')
    await workbench.quickInput.choose('Helm 3.7 and later, Flux, Argo CD')
    await workbench.notification(`Pushed mychart 0.1.0 to ${registry.host}.`)
    await workbench.openView('Cached Charts')
    await workbench.expand(`${registry.host}/myrepo/mychart`)
    await workbench.row('0.1.0').waitFor()
    await until(async () => (await workbench.notifications()).length === 1)
    await workbench.screenshot('a folder pushed by right click')
    await workbench.clickNotificationAction(`Pushed mychart 0.1.0 to ${registry.host}.`, 'Copy Reference')

    await until(async () => (await workbench.clipboard()) === reference)
    expect(await tagsOf(registry.host, 'myrepo/mychart')).toEqual(['0.1.0'])
    await pushFolder(workbench, 'mychart')
    expect((await workbench.quickInput.choices())[0]).toBe(reference)
    await until(async () => (await workbench.quickInput.title()) === 'Push mychart 0.1.0')
    await workbench.quickInput.choose(reference)
    await workbench.notification(`Pushed mychart 0.1.0 to ${registry.host}.`)
    expect(await layerTypeOf(registry.host, 'myrepo/mychart', '0.1.0')).toBe(
      'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
    )
  })

  it('asks before it replaces another chart under the same tag', async () => {
    const registry = await startDockerRegistry()
    const workbench = await openWorkbench({
      workspaceFolder: await workspaceWith('mychart', 'other'),
    })
    const reference = `${registry.host}/myrepo/mychart:0.1.0`
    await pushTo(workbench, 'mychart', reference)
    await workbench.notification('Pushed mychart')

    await pushTo(workbench, 'other', reference, { isFirst: false })
    const question = await workbench.answerDialog('Replace')

    expect(question).toContain(`Replace ${reference}?`)
    await workbench.notification(`Pushed other 0.1.0 to ${registry.host}.`)
  })

  it('logs in where the registry wants it, says when the password is wrong, and then goes on by itself', async () => {
    const registry = await startDockerRegistry({ htpasswd: { user: 'myuser', password: planted.password } })
    const workbench = await openWorkbench({
      workspaceFolder: await workspaceWith('mychart'),
    })

    await pushTo(workbench, 'mychart', `${registry.host}/myrepo/mychart:0.1.0`)
    await workbench.clickNotificationAction(`${registry.host} wants a login.`, 'Log In')
    await workbench.quickInput.answer('myuser')
    await workbench.quickInput.input.and(workbench.page.locator('[type="password"]')).waitFor()
    await workbench.quickInput.answer('wrong')
    await workbench.quickInput.box.getByText(`${registry.host} refused this user or password.`).waitFor()
    await workbench.screenshot('a wrong password')
    await workbench.quickInput.answer(planted.password)

    await workbench.notification(`Pushed mychart 0.1.0 to ${registry.host}.`)
    expect(await tagsOf(registry.host, 'myrepo/mychart', `myuser:${planted.password}`)).toEqual(['0.1.0'])
  })

  it('is really cancelled half-way: nothing is left at the registry, the chart stays saved, and the message says so', async () => {
    const registry = await startDockerRegistry()
    const proxy = await startHoldingProxy(registry.host, { after: 4 * mebibyte })
    const workspaceFolder = await workspaceWith('mychart')
    await writeChart(workspaceFolder, 'mychart', '0.1.0', large(24))
    const workbench = await openWorkbench({ workspaceFolder })
    const reference = `${proxy.host}/myrepo/mychart:0.1.0`

    await pushTo(workbench, 'mychart', reference)
    await proxy.held
    const progress = await workbench.notification(/Pushing mychart 0\.1\.0 — [\d.]+ of 24\.\d MiB/)
    expect(await openUploads(registry.storage)).not.toEqual([])
    await workbench.screenshot('a push half-way')
    await progress.hover()
    await progress.getByRole('button', { name: 'Cancel' }).click()
    proxy.release()

    await workbench.notification('Stopped. mychart 0.1.0 is saved in the cache; nothing was pushed.')
    await workbench.screenshot('a push cancelled half-way')
    await until(async () => (await openUploads(registry.storage)).length === 0)
    expect(await tagsOf(registry.host, 'myrepo/mychart')).toEqual([])
    const cache = new ChartCache(join(workbench.cacheHome, 'registry', 'cache'))
    expect((await cache.list()).map((chart) => chart.reference)).toEqual([reference])
    expect(await workbench.notifications()).toHaveLength(1)
  })

  it('is on offer only where there is a chart', async () => {
    const workspaceFolder = await workspaceWith('mychart')
    await writeChart(workspaceFolder, 'plain', '0.1.0')
    const workbench = await openWorkbench({ workspaceFolder })
    await workbench.openExplorer()
    await workbench.row('mychart').waitFor()

    await until(async () => (await workbench.menuOf('mychart')).includes('Push Chart…'))
    await workbench.expand('mychart')
    await workbench.row('templates').waitFor()
    expect(await workbench.menuOf('templates')).not.toContain('Push Chart…')
    expect(await workbench.menuOf('Chart.yaml')).toContain('Push Chart…')
  })

  it('says what is wrong with a chart, and opens the file at the line', async () => {
    const workspaceFolder = await temporaryDirectory()
    const broken = 'apiVersion: v2\nname: mychart\nversion: "1.x"\n'
    await writeChart(workspaceFolder, 'mychart', '0.1.0', { 'Chart.yaml': broken })
    const workbench = await openWorkbench({ workspaceFolder })

    await pushFolder(workbench, 'mychart')
    await workbench.notification(/1\.x/)
    await workbench.screenshot('a chart with a bad version')
    await workbench.clickNotificationAction(/1\.x/, 'Open Chart.yaml')

    expect(await (await workbench.editor('Chart.yaml')).innerText()).toContain('1.x')
  })
})

async function workspaceWith(...charts: readonly string[]): Promise<string> {
  const workspace = await temporaryDirectory()
  for (const chart of charts) await writeChart(workspace, chart)
  return workspace
}

/** Right-clicks a folder of the Explorer; its menu has the command soon after the window is open. */
async function pushFolder(workbench: Workbench, folder: string): Promise<void> {
  await workbench.openExplorer()
  await workbench.row(folder).first().waitFor()
  await until(async () => (await workbench.menuOf(folder)).includes('Push Chart…'))
  await workbench.contextMenu(folder, 'Push Chart…')
}

/** @param isFirst whether the window does not know yet who reads the charts of the registry, and so asks */
async function pushTo(
  workbench: Workbench,
  folder: string,
  reference: string,
  { isFirst = true } = {},
): Promise<void> {
  await pushFolder(workbench, folder)
  await workbench.quickInput.fill(reference)
  await workbench.quickInput.choose(reference)
  if (isFirst) await workbench.quickInput.choose('Helm 3.0–3.6 and later')
}

async function layerTypeOf(host: string, repository: string, tag: string): Promise<string | undefined> {
  const answer = await fetch(`http://${host}/v2/${repository}/manifests/${tag}`, {
    headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
  })
  return ((await answer.json()) as { layers: { mediaType: string }[] }).layers[0]?.mediaType
}

async function tagsOf(host: string, repository: string, login?: string): Promise<string[]> {
  const headers =
    login === undefined ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` }
  const answer = await fetch(`http://${host}/v2/${repository}/tags/list`, { headers })
  if (answer.status === 404) return []
  return ((await answer.json()) as { tags: string[] | null }).tags ?? []
}

/** Files that do not compress, 3 MiB each. */
function large(mebibytes: number): ChartFiles {
  const count = Math.ceil(mebibytes / 3)
  return Object.fromEntries(
    Array.from({ length: count }, (_, number) => [`files/${number}.bin`, randomBytes(3 * mebibyte)]),
  )
}
