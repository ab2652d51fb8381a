import { join } from 'node:path'
import { expect, it } from 'vitest'
import { saveChart } from '../../src/core/index.ts'
import { writeLargeCache } from '../support/largeCache.ts'
import { writeChart } from '../support/sampleChart.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { until } from '../support/waiting.ts'
import { openWorkbench, type Workbench } from '../support/workbench.ts'
import { extensionsDirectory } from './setup.ts'

const repository = 'localhost:5000/team/chart-0001'

it('paints one row again when another process changes one of 10 000 references', async () => {
  const cacheHome = await temporaryDirectory()
  const cache = await writeLargeCache(join(cacheHome, 'registry', 'cache'), {
    repositories: 1000,
    versions: 10,
  })
  const workbench = await openWorkbench({ extensionsDirectory, cacheHome })
  await workbench.openView('Cached Charts')
  await workbench.expand(repository)
  // Everything has been read.
  await workbench.sideBar
    .locator('.pane-header .description', { hasText: 'MiB' })
    .waitFor({ timeout: 120_000 })

  const rows: string[][] = []
  for (const replicas of [1, 22, 333]) {
    await workbench.page.evaluate(watchRows)
    const values = { 'values.yaml': `replicas: ${'1'.repeat(replicas)}\n` }
    const chart = await writeChart(await temporaryDirectory(), 'chart-0001', `0.0.${replicas}`, values)
    await saveChart(cache, chart, `${repository}:1.3.0`)
    await untilRow(workbench, new RegExp(`^1\\.3\\.0 +0\\.0\\.${replicas} `))
    rows.push(await workbench.page.evaluate<string[]>(touchedRows))
  }

  console.log(
    `rows painted again after each change: ${rows.map((labels) => labels.length).join(', ')} (limit 1)`,
  )
  expect(rows.map((labels) => labels.length)).toEqual([1, 1, 1])
})

async function untilRow(workbench: Workbench, pattern: RegExp): Promise<void> {
  await until(async () => (await workbench.rows()).some((row) => pattern.test(row)))
}

/** Runs in the page: notes the rows in which anything is replaced, and those that are new. */
const watchRows = `(() => {
  window.touched = new Set()
  const rowOf = (node) => (node instanceof Element ? node : node.parentElement)?.closest('[role="treeitem"]')
  const labelOf = (row) => row.querySelector('.label-name')?.textContent ?? ''
  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) {
      for (const node of [target, ...addedNodes]) {
        const row = rowOf(node)
        if (row) window.touched.add(labelOf(row))
      }
    }
  }).observe(document.querySelector('.part.sidebar'), { childList: true, characterData: true, subtree: true })
})()`

const touchedRows = `[...window.touched]`
