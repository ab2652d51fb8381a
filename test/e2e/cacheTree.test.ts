import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ChartCache, pushChart, Registries, saveChart } from '../../src/core/index.ts'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { writeChart } from '../support/sampleChart.ts'
import { showsRow } from '../support/showsRow.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { until } from '../support/waiting.ts'
import { openWorkbench, type Workbench } from '../support/workbench.ts'

const references = [
  'localhost:5000/myrepo/mychart:2.7.0',
  'localhost:5000/myrepo/mychart:2.10.0',
  'ghcr.io/acme/mychart:2.7.0',
  'ghcr.io/acme/charts/shop:1.4.2',
]

describe('the tree of cached charts', () => {
  it('is grouped as a person likes, and keeps it', async () => {
    const workbench = await openWorkbench({ cacheHome: await cacheHomeWith(references) })
    await workbench.openView('Cached Charts')
    await workbench.row('ghcr.io/acme/charts/shop').waitFor()

    await workbench.titleMenu('Cached Charts', 'Group By', 'Registry')
    await workbench.row('ghcr.io').waitFor()
    await workbench.expand('localhost:5000')
    await workbench.expand('myrepo/mychart')
    await workbench.row('2.10.0').waitFor()
    await workbench.screenshot('grouped by registry')
    expect(await labels(workbench)).toEqual([
      'ghcr.io',
      'localhost:5000',
      'myrepo/mychart',
      '2.10.0',
      '2.7.0',
    ])

    await workbench.titleMenu('Cached Charts', 'Group By', 'Flat List')
    await workbench.row('shop:1.4.2').waitFor()
    await workbench.screenshot('a flat list')
    expect(await labels(workbench)).toEqual([
      'mychart:2.7.0',
      'mychart:2.10.0',
      'mychart:2.7.0',
      'shop:1.4.2',
    ])
    await showsRow(workbench, /^mychart:2\.7\.0 ghcr\.io\/acme · /)
    await showsRow(workbench, /^mychart:2\.7\.0 localhost:5000\/myrepo · /)
    await workbench.page.reload()
    await workbench.openView('Cached Charts')
    await workbench.row('shop:1.4.2').waitFor()
  })

  it('is filtered by what is typed, says so, and is whole again', async () => {
    const workbench = await openWorkbench({
      cacheHome: await cacheHomeWith(references),
      theme: 'Light Modern',
    })
    const view = await workbench.openView('Cached Charts')
    await workbench.row('ghcr.io/acme/charts/shop').waitFor()

    await askFilter(workbench)
    await workbench.quickInput.fill('shop')
    await until(async () => (await labels(workbench)).join() === 'ghcr.io/acme/charts/shop')
    await workbench.quickInput.cancel()
    await until(async () => (await labels(workbench)).length === 3)
    await askFilter(workbench)
    await workbench.quickInput.answer('acme MYCHART')
    await until(async () => (await labels(workbench)).join() === 'ghcr.io/acme/mychart')
    await workbench.sideBar.getByText('1 of 4 charts · “acme MYCHART”').waitFor()
    await workbench.screenshot('filtered')

    // Only this writes what the window remembers before it goes.
    const reloaded = workbench.page.waitForEvent('load')
    await workbench.runCommand('Developer: Reload Window')
    await reloaded
    await workbench.openView('Cached Charts')
    await workbench.row('ghcr.io/acme/mychart').waitFor()
    expect(await labels(workbench)).toEqual(['ghcr.io/acme/mychart'])
    await askFilter(workbench)
    await workbench.quickInput.answer('nothing at all')
    await view.getByText('No chart in the cache matches the filter.').waitFor()
    await workbench.screenshot('nothing matches the filter')
    await view.getByRole('button', { name: 'Clear Filter' }).click()
    await until(async () => (await labels(workbench)).length === 3)
  })

  it('shows the row of a chart that is looked for, even behind a filter', async () => {
    const workbench = await openWorkbench({ cacheHome: await cacheHomeWith(references) })
    await workbench.openView('Cached Charts')
    await askFilter(workbench)
    await workbench.quickInput.answer('mychart')
    await until(async () => (await labels(workbench)).length === 2)
    expect(await labels(workbench)).not.toContain('ghcr.io/acme/charts/shop')

    await workbench.runCommand('Chartroom: Go to Chart…')
    await until(async () => (await workbench.quickInput.title()) === 'Go to a chart')
    await workbench.quickInput.answer('shop')

    await workbench.row('1.4.2').waitFor()
    await until(async () => (await workbench.row('1.4.2').getAttribute('aria-selected')) === 'true')
    await workbench.screenshot('the row of a chart that was looked for')
  })

  it('opens a chart with Enter, and expands a repository', async () => {
    const workbench = await openWorkbench({ cacheHome: await cacheHomeWith(references.slice(0, 1)) })
    await workbench.openView('Cached Charts')
    const repository = workbench.row('localhost:5000/myrepo/mychart')
    await repository.click()
    await workbench.collapse('localhost:5000/myrepo/mychart')

    await workbench.page.keyboard.press('Enter')
    await until(async () => (await repository.getAttribute('aria-expanded')) === 'true')
    await workbench.row('2.7.0').waitFor()
    await workbench.page.keyboard.press('ArrowDown')
    await workbench.page.keyboard.press('Enter')

    expect(await (await workbench.editor('Chart.yaml')).innerText()).toMatch(/name:\s*mychart/)
  })

  it('lets a chart whose layer is gone be pulled again', async () => {
    const registry = await startDockerRegistry()
    const reference = `${registry.host}/myrepo/mychart:2.7.0`
    const cacheHome = await cacheHomeWith([reference])
    const cache = new ChartCache(join(cacheHome, 'registry', 'cache'))
    const { digest } = await cache.require(reference)
    await pushChart(cache, new Registries({ findCredential: () => Promise.resolve(undefined) }), reference)
    await rm(join(cache.root, 'blobs', 'sha256', digest.slice('sha256:'.length)))
    const workbench = await openWorkbench({ cacheHome })
    await workbench.openView('Cached Charts')

    await workbench.expand(reference)
    await workbench.screenshot('a chart whose layer is gone')
    expect(await workbench.menuOf(reference)).toEqual([
      'Pull Again',
      'Verify Cache',
      'Copy Reference',
      'Remove Chart',
    ])
    await workbench.contextMenu(reference, 'Pull Again')

    await workbench.row(`${registry.host}/myrepo/mychart`).waitFor()
    expect((await cache.list()).map(({ problem }) => problem)).toEqual([undefined])
  })

  it('says beside its title why the cache cannot be read, with the ways out below', async () => {
    const cacheHome = await cacheHomeWith(references)
    await writeFile(join(cacheHome, 'registry', 'cache', 'index.json'), '{ "schemaVersion": 2')
    const workbench = await openWorkbench({ cacheHome, theme: 'Default High Contrast Light' })

    await workbench.openView('Cached Charts')

    await workbench.sideBar.getByText(/^index\.json is damaged: .* It was left as it is\.$/).waitFor()
    await workbench.sideBar.getByRole('button', { name: 'Show Log' }).waitFor()
    await workbench.sideBar.getByRole('button', { name: 'Open Cache Folder' }).waitFor()
    await workbench.sideBar.getByRole('button', { name: 'Verify and Repair…' }).waitFor()
    await workbench.screenshot('a cache that cannot be read, and the ways out')
    await rm(join(cacheHome, 'registry', 'cache', 'index.json'))
    await mkdir(join(cacheHome, 'registry', 'cache', 'index.json'))
    await workbench.runCommand('Chartroom: Refresh')
    await workbench.sideBar.getByText(/^index\.json is a directory/).waitFor()
    await workbench.sideBar.getByRole('button', { name: 'Try Again' }).waitFor()
    await workbench.screenshot('a cache that no repair can help')
  })
})

/** The palette gives its box to the next question some time after a command is chosen. */
async function askFilter(workbench: Workbench): Promise<void> {
  await workbench.runCommand('Chartroom: Filter Cached Charts…')
  await until(async () => (await workbench.quickInput.title()) === 'Filter the cached charts')
}

async function labels(workbench: Workbench): Promise<string[]> {
  const rows = await workbench.sideBar
    .locator('.pane', { hasText: 'Cached Charts' })
    .locator('[role="treeitem"] .label-name')
    .allInnerTexts()
  return rows.map((row) => row.replaceAll('\u00a0', ' '))
}

/** Helm's cache home with a small chart under every one of these names, called as the last part of its repository. */
async function cacheHomeWith(names: readonly string[]): Promise<string> {
  const home = await temporaryDirectory()
  await mkdir(join(home, 'registry'), { recursive: true })
  const cache = new ChartCache(join(home, 'registry', 'cache'))
  const folder = await temporaryDirectory()
  for (const name of names) {
    const own = /([^/]+):[^:]+$/.exec(name)?.[1] ?? name
    await saveChart(cache, await writeChart(folder, own), name)
  }
  return home
}
