import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { writeLargeCache } from '../support/largeCache.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { openWorkbench } from '../support/workbench.ts'
import { inTurn, median, report } from './compare.ts'
import { untilPainted } from './painted.ts'
import { isQuiet } from './quiet.ts'
import { extensionsDirectory } from './setup.ts'

const limit = 1.5

let cacheHome: string

beforeAll(async () => {
  cacheHome = await temporaryDirectory()
  await writeLargeCache(join(cacheHome, 'registry', 'cache'), { repositories: 1000, versions: 10 })
})

it('shows the first rows of 10 000 references almost as soon as a tree of constant rows', async () => {
  const { ours, theirs } = await inTurn(
    15,
    async () => await firstRow('Chartroom', 'Cached Charts'),
    async () => await firstRow('Constant Rows', 'Rows'),
  )

  const isWithin = median(ours) / median(theirs) <= limit
  report({
    what: 'first rows of 10 000 references, against 1 000 constant rows',
    ours,
    theirs,
    limit: `× ${limit}`,
    isWithin,
  })
  expect(isWithin).toBe(true)
})

/**
 * Milliseconds from the click on the activity bar, in a new window, to the frame that shows the first row. Both trees have
 * 1 000 rows on their first level, and each row has the same parts: a label, a description, an icon in two colours, an id, a
 * context and a text for screen readers, and it can be expanded. Loading the extension is part of it, for both.
 */
async function firstRow(container: string, view: string): Promise<number> {
  const workbench = await openWorkbench({ extensionsDirectory, cacheHome })
  await isQuiet(workbench)
  const { page } = workbench
  const tab = page.locator('.part.activitybar').getByRole('tab', { name: container })
  const time = await untilPainted(page, tab, rowIn(view))
  await workbench.close()
  return time
}

function rowIn(view: string): string {
  return `[...document.querySelectorAll('.part.sidebar .pane')]
    .find((pane) => pane.querySelector('.pane-header h3.title')?.textContent === ${JSON.stringify(view)})
    ?.querySelector('[role="treeitem"] .label-name')`
}
