import { l10n } from 'vscode'
import { removeChart as remove, restoreChart, type ChartCache, type RemovedChart } from '../../core/index.ts'
import type { App } from '../app.ts'
import { countText } from '../counts.ts'
import { chartsFor, pickEntry } from './questions/pickChart.ts'
import { announce } from './runCommand.ts'
import { tryEach } from './tryEach.ts'

/** Removes charts from the cache without a question, because it can be undone. */
export async function removeChart(
  app: App,
  argument?: unknown,
  selection: readonly unknown[] = [],
): Promise<void> {
  // The settings may name another cache by the time that somebody undoes it.
  const { cache } = app
  const title = l10n.t('Remove a chart from the cache')
  const references = await chartsFor(app, argument, selection, title, pickEntry)
  const { done, failures } = await tryEach(
    references,
    async (reference) => await remove(cache, reference, { log: app.log }),
  )
  announceRemoved(app, cache, done)
  if (failures.length > 0) throw failures[0]
}

function announceRemoved(app: App, cache: ChartCache, removed: readonly RemovedChart[]): void {
  const [first] = removed
  if (first === undefined) return
  const text =
    removed.length === 1
      ? l10n.t('Removed {0}.', first.reference)
      : l10n.t('Removed {0} charts.', countText(removed.length))
  announce(app, text, {
    title: l10n.t('Undo'),
    run: async () => {
      // One chart that cannot come back keeps no other from it; the first failure is told.
      const { failures } = await tryEach(removed, async (chart) => {
        await restoreChart(cache, chart, { log: app.log })
      })
      if (failures.length > 0) throw failures[0]
    },
  })
}
