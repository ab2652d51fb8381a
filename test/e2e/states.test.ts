import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { ChartCache, removeChart, saveChart } from '../../src/core/index.ts'
import { answerError, startServer } from '../core/registry/scriptedServer.ts'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { fixture } from '../support/fixtures.ts'
import { startHoldingProxy } from '../support/holdingProxy.ts'
import { writeLargeCache } from '../support/largeCache.ts'
import { addManyRepositories, addManyTags } from '../support/manyRepositories.ts'
import { anyPort } from '../support/ports.ts'
import { startRewriting } from '../support/rewritingProcess.ts'
import { writeChart } from '../support/sampleChart.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { until } from '../support/waiting.ts'
import { openWorkbench, type Workbench, type WorkbenchOptions } from '../support/workbench.ts'
import { planted } from '../support/planted/secrets.ts'

const themes = [
  'Dark Modern',
  'Light Modern',
  'Default High Contrast',
  'Default High Contrast Light',
] as const

describe('with nothing to show', () => {
  it.each(themes)('both views say what to do, in the theme %s', async (theme) => {
    const workbench = await openWorkbench({ theme })

    await workbench.openView('Cached Charts')
    await says(workbench, 'Charts that you save or pull appear here.')
    await workbench.openView('Registries')
    await says(workbench, 'Add a registry to browse its charts.')

    await workbench.sideBar.getByRole('button', { name: 'Save a Chart Folder…' }).waitFor()
    await workbench.sideBar.getByRole('button', { name: 'Add Registry…' }).waitFor()
    await workbench.screenshot(`state no cache and no registry, ${theme}`)
  })

  it('an empty cache looks like none', async () => {
    const cacheHome = await temporaryDirectory()
    const root = join(cacheHome, 'registry', 'cache')
    await mkdir(root, { recursive: true })
    await writeFile(join(root, 'index.json'), '{"schemaVersion":2,"manifests":[]}')
    const workbench = await openWorkbench({ cacheHome })

    await workbench.openView('Cached Charts')

    await says(workbench, 'Charts that you save or pull appear here.')
    await workbench.screenshot('state empty cache')
  })
})

describe('a cache', () => {
  it.each(themes)('with one broken entry shows the others, in the theme %s', async (theme) => {
    const workbench = await openWorkbench({ theme, cacheHome: await recorded('missing-manifest') })

    await workbench.openView('Cached Charts')
    await workbench.expand('localhost:5000/myrepo/mychart:2.7.0')
    await workbench.expand('localhost:5000/myrepo/small')

    await workbench.row('0.1.0').waitFor()
    await workbench.screenshot(`state one broken entry, ${theme}`)
  })

  it.each(themes)('whose index cannot be read says why, in the theme %s', async (theme) => {
    const workbench = await openWorkbench({ theme, cacheHome: await recorded('index-truncated') })

    await workbench.openView('Cached Charts')

    await says(workbench, /index\.json is damaged/)
    await workbench.sideBar.getByRole('button', { name: 'Open Cache Folder' }).waitFor()
    await workbench.screenshot(`state unreadable index, ${theme}`)
  })

  it('stays right and usable while another process rewrites its index without a pause', async () => {
    const cacheHome = await recorded('base')
    const root = join(cacheHome, 'registry', 'cache')
    const { length } = await new ChartCache(root).list()
    const workbench = await openWorkbench({ cacheHome })
    await workbench.openView('Cached Charts')
    await workbench.expand('localhost:5000/myrepo/mychart')

    const stop = await startRewriting(root)
    await workbench.expand('2.7.0')
    await workbench.row('values.yaml').click()
    await workbench.editor('values.yaml')
    await workbench.screenshot('state index rewritten in a loop')
    await stop()

    await headerSays(workbench, new RegExp(`^${length} charts · `))
    expect(await workbench.rows()).toContainEqual(expect.stringMatching(/^values\.yaml/))
    expect(await workbench.notifications()).toEqual([])
  })

  it('shows in one window what another window changes', async () => {
    const cacheHome = await recorded('base')
    const reference = 'localhost:5000/golden/two-refs:two'
    const first = await openWorkbench({ cacheHome })
    const second = await openWorkbench({ cacheHome })
    for (const window of [first, second]) {
      await window.openView('Cached Charts')
      await window.expand('localhost:5000/golden/two-refs')
      await window.row('two').waitFor()
    }

    await first.contextMenu('two', 'Remove Chart')

    await second.row('two').waitFor({ state: 'detached' })
    expect(await second.row('one').count()).toBe(1)
    await second.screenshot('state two windows, after a removal in the other')
    await first.clickNotificationAction(`Removed ${reference}`, 'Undo')
    await second.row('two').waitFor()
    expect(await second.notifications()).toEqual([])
  })
})

describe('a cache of 10 000 references', () => {
  let cacheHome: string
  let cache: ChartCache

  beforeAll(async () => {
    cacheHome = await temporaryDirectory()
    cache = await writeLargeCache(join(cacheHome, 'registry', 'cache'), { repositories: 1000, versions: 10 })
  })

  it('is shown, scrolled and changed as a small one', async () => {
    const workbench = await openWorkbench({ cacheHome })
    await workbench.openView('Cached Charts')

    await workbench.expand('localhost:5000/team/chart-0001')
    await workbench.row('1.9.0').waitFor()
    await headerSays(workbench, /^10,000 charts · \d+\.\d MiB$/)
    await workbench.screenshot('state 10 000 references')
    await workbench.row('1.9.0').click()
    await workbench.goToLast('localhost:5000/team/chart-1000')
    await workbench.screenshot('state 10 000 references, at the end')

    await saveChart(cache, await writeChart(await temporaryDirectory()), 'localhost:5000/zebra/mychart:1.0.0')
    await headerSays(workbench, /^10,001 charts · /)
    await workbench.goToLast('localhost:5000/zebra/mychart')
    await removeChart(cache, 'localhost:5000/zebra/mychart:1.0.0')
    await headerSays(workbench, /^10,000 charts · /)
  })
})

describe('a registry', () => {
  it.each(themes)(
    'that is down, closed or without a catalogue says so in its own row, in the theme %s',
    async (theme) => {
      const down = `localhost:${await anyPort()}`
      const { host: closed } = await startDockerRegistry({
        htpasswd: { user: 'myuser', password: planted.password },
      })
      const { host: silent } = await startServer((request, response) => {
        if (request.url === '/v2/') response.writeHead(200).end('{}')
        else answerError(response, 404, 'UNSUPPORTED', 'no catalogue')
      })
      const workbench = await openWithRegistries([down, closed, silent], { theme })

      for (const host of [down, closed, silent]) await workbench.expand(host)

      await rowSays(workbench, down, 'could not be reached')
      await rowSays(workbench, closed, 'log in to see this registry')
      await workbench.row(`${silent} does not list its repositories`).waitFor()
      await workbench.screenshot(`state down, unauthorized, without catalogue, ${theme}`)
    },
  )

  it('that is slow keeps no other row waiting', async () => {
    const fast = await startDockerRegistry()
    await addManyTags(fast, 'team/mychart', 2)
    const proxy = await startHoldingProxy(fast.host, { answers: true })
    const workbench = await openWithRegistries([proxy.host, fast.host])

    await workbench.row(proxy.host).first().locator('.monaco-tl-twistie').click()
    await proxy.held
    await workbench.expand(fast.host)
    await workbench.expand('team')
    await workbench.expand('mychart')
    await workbench.row('1.1.0').waitFor()
    await workbench.screenshot('state slow')

    proxy.release()
    await until(async () => (await workbench.row('team').count()) === 2)
  })

  it('of 1 000 repositories is shown', async () => {
    const registry = await startDockerRegistry()
    await addManyRepositories(registry, 1000)
    const workbench = await openWithRegistries([registry.host])

    await workbench.expand(registry.host)
    await workbench.expand('team')
    await workbench.row('chart-0001').waitFor()
    await workbench.screenshot('state 1 000 repositories')

    await workbench.goToLast('Load more…')
    await workbench.row('Load more…').click()
    await workbench.goToLast('chart-0200')
    await workbench.screenshot('state 1 000 repositories, after more were loaded')
  })

  it('with 1 000 tags in a repository shows the newest ones first, page by page', async () => {
    const registry = await startDockerRegistry()
    await addManyTags(registry, 'team/mychart', 1000)
    const workbench = await openWithRegistries([registry.host])

    await workbench.expand(registry.host)
    await workbench.expand('team')
    await workbench.expand('mychart')
    await rowSays(workbench, '1.999.0', /\d B/)
    await workbench.screenshot('state 1 000 tags')
  })
})

async function openWithRegistries(
  hosts: readonly string[],
  options: WorkbenchOptions = {},
): Promise<Workbench> {
  const registries = Object.fromEntries(hosts.map((host) => [host, {}]))
  const machineSettings = { 'chartroom.registries': registries }
  const workbench = await openWorkbench({ ...options, machineSettings })
  await workbench.openView('Registries')
  return workbench
}

async function says(workbench: Workbench, text: string | RegExp): Promise<void> {
  await workbench.doing(`waiting for ${String(text)}`, () =>
    workbench.sideBar.getByText(text).first().waitFor(),
  )
}

async function headerSays(workbench: Workbench, text: RegExp): Promise<void> {
  await workbench.doing(`waiting for ${String(text)} in the header`, () =>
    // Reading 10 000 charts takes a while.
    workbench.sideBar.locator('.pane-header .description', { hasText: text }).waitFor({ timeout: 90_000 }),
  )
}

async function rowSays(workbench: Workbench, label: string, text: string | RegExp): Promise<void> {
  const description = workbench.row(label).first().locator('.label-description', { hasText: text })
  await workbench.doing(`waiting for ${String(text)} beside ${label}`, () => description.waitFor())
}

/** A copy of a cache that Helm wrote, as Helm's cache home. */
async function recorded(name: string): Promise<string> {
  const home = await temporaryDirectory()
  await cp(fixture('cache', 'helm-3.6.3', name), home, { recursive: true })
  return home
}
