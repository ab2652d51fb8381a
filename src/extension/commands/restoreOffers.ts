import { l10n } from 'vscode'
import { restoreOffers as restore, type Offer } from '../../core/index.ts'
import type { App } from '../app.ts'
import { countText } from '../counts.ts'
import { announce } from './runCommand.ts'
import { offersFor } from './questions/offersFor.ts'

/** Puts charts back into the index that went when another program rewrote it. */
export async function restoreOffers(
  app: App,
  argument?: unknown,
  selection: readonly unknown[] = [],
): Promise<void> {
  const { cache } = app
  const title = l10n.t('Restore charts that disappeared')
  const isWhole = ({ problem }: Offer): boolean => problem === undefined
  const references = await offersFor(app, argument, selection, title, isWhole)
  if (references.length === 0) return
  const restored = await restore(cache, references, { log: app.log })
  await app.cacheView.refresh()
  const [first] = restored
  if (first === undefined) return
  announce(
    app,
    restored.length === 1
      ? l10n.t('Restored {0}.', first.reference)
      : l10n.t('Restored {0} charts.', countText(restored.length)),
  )
}
