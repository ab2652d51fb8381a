import { cp, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ChartCache, removeChart, saveChart } from '../../src/core/index.ts'
import { fixture } from '../support/fixtures.ts'
import { writeChart } from '../support/sampleChart.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { filesUnder } from '../support/tree.ts'
import { until } from '../support/waiting.ts'
import { openWorkbench, type Workbench } from '../support/workbench.ts'

const mychart = 'localhost:5000/myrepo/mychart'

describe('the view Cached Charts', () => {
  it.each([
    ['helm-3.6.3', 'Dark Modern'],
    ['helm-3.2.4', 'Light Modern'],
  ] as const)('shows the charts of a cache that %s wrote, newest version first', async (helm, theme) => {
    const workbench = await openWorkbench({ cacheHome: await cacheOf(helm, 'base'), theme })

    await workbench.openView('Cached Charts')
    await workbench.expand(mychart)
    await workbench.expand('localhost:5000/golden/two-refs')

    await workbench.row('one').waitFor()
    await workbench.row('2.7.0').waitFor()
    const rows = await workbench.rows()
    expect(rows).toContainEqual(expect.stringMatching(/^localhost:5000\/golden\/two-refs +2 versions$/))
    expect(rows).toContainEqual(expect.stringMatching(/^ *2\.7\.0 +0\.1\.0 · 488 B · .+ ago$/))
    expect(await workbench.notifications()).toEqual([])
    expect(await logOf(workbench)).not.toMatch(/\[(?:warning|error)\]/)
    await workbench.screenshot(`tree of a cache that ${helm} wrote`)
  })

  it('opens a file of a chart read-only', async () => {
    const workbench = await openWorkbench({ cacheHome: await cacheOf('helm-3.6.3', 'base') })
    await workbench.openView('Cached Charts')
    await workbench.expand(mychart)
    await workbench.expand('2.7.0')

    await workbench.row('values.yaml').click()

    const editor = await workbench.editor('values.yaml')
    expect(await editor.innerText()).toMatch(/\S/)
    await workbench.screenshot('values.yaml of a cached chart')
    await editor.click()
    await workbench.page.keyboard.type('x')
    await workbench.page
      .getByText(/is read-only/)
      .first()
      .waitFor()
  })

  it('shows a chart that another process saves, and forgets one that it removes, without a click', async () => {
    const workbench = await openWorkbench()
    const cache = cacheIn(workbench.cacheHome)
    await workbench.openView('Cached Charts')
    await welcome(workbench)
    await workbench.screenshot('no charts yet')

    await saveChart(cache, await writeChart(await temporaryDirectory()), `${mychart}:1.0.0`)
    await workbench.row(mychart).waitFor()
    await workbench.expand(mychart)
    await saveChart(cache, await writeChart(await temporaryDirectory()), `${mychart}:1.10.0`)
    await workbench.row('1.10.0').waitFor()
    await workbench.screenshot('a chart that another process saved')

    expect((await workbench.rows()).map((row) => row.trim().split(' ')[0])).toEqual([
      mychart,
      '1.10.0',
      '1.0.0',
    ])
    await removeChart(cache, `${mychart}:1.0.0`)
    await workbench.row('1.0.0').waitFor({ state: 'detached' })
    await removeChart(cache, `${mychart}:1.10.0`)
    await welcome(workbench)
  })

  it('shows a broken entry among sound ones, says what is wrong, and can remove it', async () => {
    const workbench = await openWorkbench({ cacheHome: await cacheOf('helm-3.6.3', 'missing-manifest') })
    await workbench.openView('Cached Charts')
    const broken = `${mychart}:2.7.0`

    await workbench.row('localhost:5000/myrepo/small').waitFor()
    await workbench.expand(broken)
    await until(async () => (await workbench.rows()).length === 3)
    await workbench.screenshot('a broken entry among sound ones')
    await workbench.contextMenu(broken, 'Remove Chart')

    await workbench.notification(`Removed ${broken}.`)
    await workbench.row(broken).waitFor({ state: 'detached' })
    expect(await workbench.rows()).toHaveLength(1)
  })

  it('says why a cache cannot be read', async () => {
    const workbench = await openWorkbench({ cacheHome: await cacheOf('helm-3.6.3', 'index-truncated') })

    await workbench.openView('Cached Charts')

    await workbench.sideBar.getByText(/^index\.json is damaged: .* It was left as it is\.$/).waitFor()
    expect(await workbench.rows()).toEqual([])
    await workbench.sideBar.getByRole('button', { name: 'Open Cache Folder' }).waitFor()
    await workbench.screenshot('a cache that cannot be read')
  })

  it('removes a chart with Delete and puts it back with Undo; Ctrl+C copies its reference', async () => {
    const workbench = await openWorkbench({ cacheHome: await cacheOf('helm-3.6.3', 'base') })
    await workbench.openView('Cached Charts')
    await workbench.expand('localhost:5000/golden/two-refs')
    await workbench.row('one').click()
    await workbench.page.keyboard.press('ArrowDown')

    await until(async () => {
      await workbench.page.keyboard.press('Control+c')
      return (await workbench.clipboard()).endsWith('two-refs:two')
    })
    await workbench.page.keyboard.press('Delete')

    await workbench.notification('Removed localhost:5000/golden/two-refs:two.')
    await workbench.row('two').waitFor({ state: 'detached' })
    expect(await workbench.row('one').count()).toBe(1)
    await workbench.clickNotificationAction('Removed', 'Undo')
    await workbench.row('two').waitFor()
  })
})

/** What Chartroom wrote into its log channel. */
async function logOf({ home }: Workbench): Promise<string> {
  const logs = join(home, 'vscode', 'data', 'logs')
  const files = (await filesUnder(logs)).filter((path) =>
    path.endsWith(join('chartroom.chartroom', 'Chartroom.log')),
  )
  return (await Promise.all(files.map((path) => readFile(path, 'utf8')))).join('')
}

async function welcome(workbench: Workbench): Promise<void> {
  await workbench.sideBar.getByText('Charts that you save or pull appear here.').waitFor()
}

function cacheIn(cacheHome: string): ChartCache {
  return new ChartCache(join(cacheHome, 'registry', 'cache'))
}

/** A copy of a recorded cache, as Helm's cache home. */
async function cacheOf(helm: string, name: string): Promise<string> {
  const home = await temporaryDirectory()
  await cp(fixture('cache', helm, name), home, { recursive: true })
  await mkdir(join(home, 'registry', 'cache', 'ingest'), { recursive: true })
  return home
}
