import { expect, it } from 'vitest'
import { openWorkbench } from '../support/workbench.ts'

it('shows Chartroom in the activity bar, with the view Cached Charts', async () => {
  const workbench = await openWorkbench()

  const view = await workbench.openView('Cached Charts')

  expect(await view.isVisible()).toBe(true)
  expect(await workbench.notifications()).toEqual([])
  await workbench.screenshot('first window')
})
