import { describe, expect, it } from 'vitest'
import { describe as describeBytes } from '../../src/core/oci/descriptor.ts'
import { encodeManifest } from '../../src/core/oci/manifest.ts'
import { startCountingProxy } from '../support/countingProxy.ts'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { localRegistry, pushBlob, putManifest } from '../support/localRegistry.ts'
import { addManyTags } from '../support/manyRepositories.ts'
import { packedChart } from '../support/packedChart.ts'
import { registryWithoutCatalogue } from '../support/registryWithoutCatalogue.ts'
import { showsRow } from '../support/showsRow.ts'
import { until } from '../support/waiting.ts'
import { openWorkbench, type Workbench } from '../support/workbench.ts'
import { planted } from '../support/planted/secrets.ts'

describe('The view Registries', () => {
  it('leads from a host that is added to a file of a chart, and asks for no more than is looked at', async () => {
    const registry = await startDockerRegistry()
    await pushChart(registry.host, 'myrepo/mychart', ['0.1.0', '0.0.9', 'nightly'])
    await pushImage(registry.host, 'myrepo/mychart', 'image')
    await pushImage(registry.host, 'tools', 'latest')
    const proxy = await startCountingProxy(registry.host)
    const workbench = await openWorkbench({ theme: 'Dark Modern' })
    await workbench.openView('Registries')
    await workbench.sideBar.getByText('Add a registry to browse its charts.').waitFor()
    await workbench.screenshot('registries none')

    await workbench.runCommand('Chartroom: Add Registry…')
    await workbench.quickInput.fill('me:secret@registry.example.com')
    await workbench.quickInput.box.getByText('A host carries no user name or password').waitFor()
    await workbench.quickInput.answer(`http://${proxy.host}/v2/`)
    await workbench.row('myrepo').waitFor()
    await showsRow(workbench, 'tools')
    expect(proxy.lines().length).toBeLessThanOrEqual(3)

    proxy.clear()
    await workbench.expand('myrepo')
    await workbench.row('mychart').waitFor()
    expect(proxy.lines()).toEqual([])
    await workbench.expand('mychart')
    await showsRow(workbench, 'image container image')
    await showsRow(workbench, /^0\.1\.0 [\d.]+ (B|KiB)$/)
    await showsRow(workbench, /^0\.0\.9 [\d.]+ (B|KiB) · 0\.1\.0$/)
    await showsRow(workbench, 'mychart 4 versions')
    expect(await workbench.menuOf('image')).toEqual([
      'Copy Reference',
      'Copy Digest',
      'Delete from Registry…',
    ])
    await workbench.screenshot('registries dark')
    const asked = proxy.lines()
    expect(asked.filter((line) => line.includes('/tags/list'))).toHaveLength(1)
    expect(asked.filter((line) => line.startsWith('GET') && line.includes('/manifests/'))).toHaveLength(4)
    expect(asked.filter((line) => line.includes('/blobs/')).length).toBeLessThanOrEqual(3)
    expect(asked.length).toBeLessThanOrEqual(1 + 4 + 3)

    await workbench.expand('0.1.0')
    await workbench.row('Chart.yaml').click()
    expect(await (await workbench.editor('Chart.yaml')).innerText()).toContain('mychart')
    await workbench.screenshot('a file of a chart at a registry')
  })

  it('shows 50 of many tags, and more when somebody wants them', async () => {
    const registry = await startDockerRegistry()
    await addManyTags(registry, 'team/mychart', 120)
    const workbench = await openWorkbench({ theme: 'Light Modern', size: { width: 1000, height: 800 } })
    await workbench.openView('Registries')
    await addRegistry(workbench, registry.host)
    await workbench.expand('team')
    await workbench.expand('mychart')

    await workbench.row('1.119.0').waitFor()
    await workbench.goToLast('Load 50 more…')
    await showsRow(workbench, /^1\.70\.0 [\d.]+ (B|KiB)$/)
    await workbench.screenshot('registries many tags')
    await workbench.page.keyboard.press('Enter')
    await workbench.goToLast('Load 20 more…')
    await workbench.row('Load 20 more…').click()
    await workbench.goToLast('1.0.0')
    expect((await workbench.rows()).filter((row) => row.startsWith('Load'))).toEqual([])
  })

  it('says of every registry why it gives nothing, and leads out of it', async () => {
    const fast = await localRegistry()
    const fastHost = new URL(fast.url).host
    await pushChart(fastHost, 'team/mychart', ['1.0.0'])
    const slow = await startCountingProxy(fastHost)
    slow.hold(/./)
    const secured = await startDockerRegistry({ htpasswd: { user: 'myuser', password: planted.password } })
    const silent = { host: await registryWithoutCatalogue(fastHost) }
    const gone = await startDockerRegistry()
    await gone.stop()
    const workbench = await openWorkbench({ theme: 'Light Modern' })
    await workbench.openView('Registries')
    for (const { host } of [slow, secured, silent, gone]) await addRegistry(workbench, host)

    await addRegistry(workbench, fastHost)
    await workbench.row('team').waitFor()
    await showsRow(workbench, `${gone.host} could not be reached (connection refused)`)
    await showsRow(workbench, `${secured.host} log in to see this registry`)
    await showsRow(workbench, `${silent.host} does not list its repositories`)
    await showsRow(workbench, 'Loading…')
    await workbench.screenshot('registries states light')

    await workbench.collapse(slow.host)
    await slow.until(({ outcome }) => outcome === 'closed')
    slow.release()
    await workbench.expand(slow.host)
    await until(async () => (await workbench.rows()).filter((row) => row === 'team').length === 2)

    await workbench.clickAction('Log In…', secured.host)
    await workbench.quickInput.answer('myuser')
    await workbench.quickInput.input.and(workbench.page.locator('[type="password"]')).waitFor()
    await workbench.quickInput.answer(planted.password)
    await showsRow(workbench, 'No repositories yet')
    await showsRow(workbench, `${secured.host} myuser · from VS Code's secret storage`)

    await workbench.clickAction('Pin a Repository…', `${silent.host} does not list its repositories`)
    expect(await workbench.quickInput.input.inputValue()).toBe(`${silent.host}/`)
    await workbench.quickInput.answer(`${silent.host}/team/mychart`)
    await workbench.row('team/mychart').waitFor()
    await workbench.expand('team/mychart')
    await showsRow(workbench, /^1\.0\.0 [\d.]+ (B|KiB) · 0\.1\.0$/)
    await workbench.screenshot('registries ways out light')
    await workbench.contextMenu(silent.host, 'Remove Registry from List')
    expect(await workbench.answerDialog('Remove')).toContain('team/mychart')
    await workbench.row(silent.host).waitFor({ state: 'detached' })
  })
})

async function addRegistry(workbench: Workbench, host: string): Promise<void> {
  await workbench.runCommand('Chartroom: Add Registry…')
  await workbench.quickInput.answer(host)
  await workbench.row(host).waitFor()
}

async function pushChart(host: string, repository: string, tags: readonly string[]): Promise<void> {
  const url = `http://${host}`
  const { manifest, blobs } = await packedChart(repository.split('/').pop() ?? repository, '0.1.0')
  for (const { bytes } of blobs) await pushBlob(url, repository, bytes)
  for (const tag of tags) expect((await putManifest(url, repository, tag, manifest)).status).toBe(201)
}

async function pushImage(host: string, repository: string, tag: string): Promise<void> {
  const url = `http://${host}`
  const config = Buffer.from('{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}')
  const layer = Buffer.from('a layer')
  for (const bytes of [config, layer]) await pushBlob(url, repository, bytes)
  const manifest = encodeManifest({
    config: describeBytes('application/vnd.oci.image.config.v1+json', config),
    layers: [describeBytes('application/vnd.oci.image.layer.v1.tar+gzip', layer)],
  })
  expect((await putManifest(url, repository, tag, manifest)).status).toBe(201)
}
