import { l10n } from 'vscode'
import { removeChart as remove, restoreChart, type ChartCache, type RemovedChart } from '../../core/index.ts'
import type { App } from '../app.ts'
import { pickEntry } from './prompts.ts'
import { announce } from './runCommand.ts'
import { chartsMeant, isRow } from './subject.ts'
import { tryEach } from './tryEach.ts'

/** Removes charts from the cache without a question, because it can be undone. */
export async function removeChart(
  app: App,
  argument?: unknown,
  selection: readonly unknown[] = [],
): Promise<void> {
  // The settings may name another cache by the time that somebody undoes it.
  const { cache } = app
  const references = await referencesFor(app, argument, selection)
  const { done, failures } = await tryEach(
    references,
    async (reference) => await remove(cache, reference, { log: app.log }),
  )
  announceRemoved(app, cache, done)
  if (failures.length > 0) throw failures[0]
}

async function referencesFor(
  app: App,
  argument: unknown,
  selection: readonly unknown[],
): Promise<readonly string[]> {
  const meant = chartsMeant(argument, selection)
  if (meant.length > 0 || isRow(argument)) return meant
  return [(await pickEntry(app, l10n.t('Remove a chart from the cache'))).reference]
}

function announceRemoved(app: App, cache: ChartCache, removed: readonly RemovedChart[]): void {
  const [first] = removed
  if (first === undefined) return
  const text =
    removed.length === 1
      ? l10n.t('Removed {0}.', first.reference)
      : l10n.t('Removed {0} charts.', removed.length)
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
