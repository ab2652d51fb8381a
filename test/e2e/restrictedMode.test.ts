import { access, chmod, mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ChartCache, saveChart } from '../../src/core/index.ts'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { writeChart } from '../support/sampleChart.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { openWorkbench, type Workbench } from '../support/workbench.ts'
import { planted } from '../support/planted/secrets.ts'

const repository = 'localhost:5000/myrepo/mychart'

describe('A workspace that nobody trusts', () => {
  it('can be browsed, but decides nothing', async () => {
    const workspaceFolder = await temporaryDirectory()
    const others = await temporaryDirectory()
    await save(others, 'localhost:5000/planted/mychart:1.0.0')
    await mkdir(join(workspaceFolder, '.vscode'))
    await writeFile(
      join(workspaceFolder, '.vscode', 'settings.json'),
      JSON.stringify({
        'chartroom.cache.path': join(others, 'registry', 'cache'),
        'chartroom.manifestFormat': 'modern',
        'chartroom.registries': { 'planted.example.com': {} },
        'chartroom.credentialStore': 'helmConfig',
      }),
    )
    const cacheHome = await temporaryDirectory()
    await save(cacheHome, `${repository}:1.0.0`)
    const workbench = await openWorkbench({
      workspaceFolder,
      cacheHome,
      restricted: true,
      theme: 'Dark Modern',
    })

    await workbench.openView('Cached Charts')
    await workbench.expand(repository)
    await workbench.expand('1.0.0')
    await workbench.row('Chart.yaml').dblclick()
    await workbench.editor('Chart.yaml')

    const rows = await workbench.rows()
    expect(rows.filter((row) => row.includes('planted'))).toEqual([])
    await workbench.screenshot('Restricted Mode')
    expect(await disabledItems(workbench, '1.0.0')).toEqual(['Push Cached Chart'])
    expect(
      await hiddenInPalette(workbench, [
        'Chartroom: Log In…',
        'Chartroom: Push Cached Chart',
        'Chartroom: Push Chart…',
        'Chartroom: Share Login with Helm…',
        'Chartroom: Start a Local Registry…',
        'Chartroom: Open a Terminal for Helm',
        'Chartroom: Log Out…',
      ]),
    ).toEqual([true, true, true, true, true, true, false])
  })

  it('runs no credential helper, though PATH leads to one and a pull looks for a login there', async () => {
    const { host } = await startDockerRegistry({ htpasswd: { user: 'myuser', password: planted.password } })
    const workspaceFolder = await temporaryDirectory()
    const ran = join(workspaceFolder, 'ran')
    await writeFile(
      join(workspaceFolder, 'docker-credential-planted'),
      `#!/bin/sh\ntouch '${ran}'\necho '{"Username":"a","Secret":"b"}'\n`,
    )
    await chmod(join(workspaceFolder, 'docker-credential-planted'), 0o755)
    const docker = await temporaryDirectory()
    await writeFile(join(docker, 'config.json'), '{"credsStore":"planted"}')
    const workbench = await openWorkbench({
      workspaceFolder,
      restricted: true,
      env: { DOCKER_CONFIG: docker, PATH: [workspaceFolder, process.env['PATH'] ?? ''].join(delimiter) },
    })

    await workbench.runCommand('Chartroom: Pull Chart…')
    await workbench.quickInput.answer(`${host}/myrepo/mychart:1.0.0`)

    await workbench.notification(`${host} wants a login, and nobody is logged in`)
    await workbench.screenshot('a pull in Restricted Mode that wants a login')
    await expect(access(ran)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

async function save(cacheHome: string, reference: string): Promise<void> {
  const cache = new ChartCache(join(cacheHome, 'registry', 'cache'))
  await saveChart(cache, await writeChart(await temporaryDirectory(), 'mychart', '1.0.0'), reference)
}

/** The items of a row's menu that are greyed. */
async function disabledItems(workbench: Workbench, row: string): Promise<string[]> {
  return await workbench.doing(`reading the disabled items of the row ${row}`, async () => {
    await workbench.row(row).first().click({ button: 'right' })
    const menu = workbench.page.locator('.monaco-menu')
    await menu.getByRole('menuitem').first().waitFor()
    await workbench.screenshot('the menu of a chart in Restricted Mode')
    const items = await menu.locator('.action-item.disabled .action-label:not(.separator)').allInnerTexts()
    await workbench.page.keyboard.press('Escape')
    await menu.waitFor({ state: 'detached' })
    return items.map((item) => item.trim()).filter((item) => item !== '')
  })
}

/** Whether the palette hides each of some commands. */
async function hiddenInPalette(workbench: Workbench, titles: readonly string[]): Promise<boolean[]> {
  return await workbench.doing('looking for commands in the palette', async () => {
    const { page, quickInput } = workbench
    const hidden: boolean[] = []
    // Shares no word with any title: the palette adds what is merely similar.
    const other = quickInput.items.filter({ hasText: 'Preferences: Color Theme' })
    await page.keyboard.press('F1')
    await quickInput.box.waitFor()
    for (const title of titles) {
      // What is hidden appears at no time: one that is there comes and goes, and then the list is the new one.
      await quickInput.input.fill('>Preferences: Color Theme')
      await other.waitFor()
      await quickInput.input.fill(`>${title}`)
      await other.waitFor({ state: 'detached' })
      hidden.push((await quickInput.items.filter({ hasText: title }).count()) === 0)
    }
    await quickInput.cancel()
    return hidden
  })
}
