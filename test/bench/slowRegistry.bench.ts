import type { Locator } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { startHoldingProxy } from '../support/holdingProxy.ts'
import { addManyTags } from '../support/manyRepositories.ts'
import { openWorkbench } from '../support/workbench.ts'
import { inTurn, median, report } from './compare.ts'
import { untilPainted } from './painted.ts'
import { isQuiet } from './quiet.ts'
import { extensionsDirectory } from './setup.ts'

const limit = 1.25

let fast: string

beforeAll(async () => {
  const registry = await startDockerRegistry()
  await addManyTags(registry, 'team/mychart', 10)
  fast = registry.host
})

it('does not show a registry later because another one does not answer', async () => {
  const { ours, theirs } = await inTurn(
    5,
    async () => await openRegistry(true),
    async () => await openRegistry(false),
  )

  const isWithin = median(ours) / median(theirs) <= limit
  report({
    what: 'first row of a registry beside one that does not answer, against one beside another that has answered',
    ours,
    theirs,
    limit: `× ${limit}`,
    isWithin,
  })
  expect(isWithin).toBe(true)
})

/**
 * Milliseconds from the click on a registry, in a new window, to the frame that shows what is in it. Another one has been
 * opened before, so that both measurements find the extension warm: it has answered, or is still to answer.
 */
async function openRegistry(besideSlow: boolean): Promise<number> {
  const other = await startHoldingProxy(fast, { answers: true })
  if (!besideSlow) other.release()
  const machineSettings = { 'chartroom.registries': { [other.host]: {}, [fast]: {} } }
  const workbench = await openWorkbench({ extensionsDirectory, machineSettings })
  const { page } = workbench
  await isQuiet(workbench)
  await workbench.openView('Registries')
  const twistie = (host: string): Locator => workbench.row(host).first().locator('.monaco-tl-twistie')
  await twistie(other.host).click()
  if (besideSlow) await other.held
  else await workbench.row('team').waitFor()
  const time = await untilPainted(page, twistie(fast), teamRows(besideSlow ? 1 : 2))
  await workbench.close()
  return time
}

function teamRows(count: number): string {
  return `[...document.querySelectorAll('.part.sidebar [role="treeitem"] .label-name')]
    .filter(({ textContent }) => textContent === 'team').length === ${count}`
}
