import { l10n } from 'vscode'
import { removeChart as remove, restoreChart, type ChartCache, type RemovedChart } from '../../core/index.ts'
import type { App } from '../app.ts'
import { isCacheNode, type CacheNode } from '../views/cacheNodes.ts'
import { pickEntry, referenceOf, rowsOf } from './prompts.ts'
import { announce } from './runCommand.ts'

/** Removes charts from the cache without a question, because it can be undone. */
export async function removeChart(app: App, argument?: unknown): Promise<void> {
  const removed: RemovedChart[] = []
  // The settings may name another cache by the time that somebody undoes it.
  const { cache } = app
  try {
    for (const reference of await referencesFor(app, argument)) {
      removed.push(await remove(cache, reference, { log: app.log }))
    }
  } finally {
    announceRemoved(app, cache, removed)
  }
}

async function referencesFor(app: App, argument: unknown): Promise<string[]> {
  const chosen =
    typeof argument === 'string' ? [argument] : rowsOf(argument, app.cacheView.selection).flatMap(entries)
  if (chosen.length > 0 || isCacheNode(argument)) return [...new Set(chosen)]
  return [(await pickEntry(app, l10n.t('Remove a chart from the cache'))).reference]
}

/** A file stands for its chart when it is copied, but nobody removes a chart by one of its files. */
function entries(row: CacheNode): string[] {
  if (row.kind !== 'tag' && row.kind !== 'problem') return []
  const reference = referenceOf(row)
  return reference === undefined ? [] : [reference]
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
      await restoreAll(app, cache, removed)
    },
  })
}

/** One chart that cannot come back keeps no other from it; the first failure is told. */
async function restoreAll(app: App, cache: ChartCache, removed: readonly RemovedChart[]): Promise<void> {
  const attempts: Promise<unknown>[] = []
  for (const chart of removed) {
    const attempt = restoreChart(cache, chart, { log: app.log })
    attempts.push(attempt)
    await Promise.allSettled([attempt])
  }
  await Promise.all(attempts)
}
