import { l10n, workspace } from 'vscode'
import type { SavedChart } from '../../core/index.ts'
import type { App } from '../app.ts'
import { countText } from '../counts.ts'
import { hostOf } from '../hostOf.ts'
import { chartPathsFor, saveFrom } from './chartSource.ts'
import { forEach } from './forEach.ts'
import { pushOne } from './pushChart.ts'
import { announce } from './runCommand.ts'

/** Saves charts on disk into the cache, each under a name that is asked for. */
export async function saveChart(
  app: App,
  argument?: unknown,
  selection: readonly unknown[] = [],
): Promise<void> {
  const texts = { title: l10n.t('Save a chart'), openLabel: l10n.t('Save This Chart') }
  const paths = await chartPathsFor(app, argument, selection, texts)
  await forEach(app, paths, async (path) => await saveFrom(app, path, 'save'), {
    one: (saved) => {
      announceSaved(app, saved)
    },
    all: ({ length }) => l10n.t('Saved {0} charts.', countText(length)),
    some: (done, total) => l10n.t('Saved {0} of {1} charts', countText(done), countText(total)),
  })
}

function announceSaved(app: App, saved: SavedChart): void {
  const canPush = workspace.isTrusted && hostOf(saved.reference) !== undefined
  const push = {
    title: l10n.t('Push'),
    run: async () => {
      await pushOne(app, saved.reference)
    },
  }
  announce(app, l10n.t('Saved {0}.', saved.reference), canPush ? push : undefined)
}
