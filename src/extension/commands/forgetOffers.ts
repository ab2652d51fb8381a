import { l10n, window } from 'vscode'
import { forgetOffers as forget } from '../../core/index.ts'
import type { App } from '../app.ts'
import { countText } from '../counts.ts'
import { plainText } from '../plainText.ts'
import { confirm } from './questions/confirm.ts'
import { offersFor } from './questions/offersFor.ts'

/** Offers charts no longer that went when another program rewrote the index; asks before, because that is for good. */
export async function forgetOffers(
  app: App,
  argument?: unknown,
  selection: readonly unknown[] = [],
): Promise<void> {
  const { cache } = app
  const references = await offersFor(app, argument, selection, l10n.t('Forget charts that disappeared'))
  const [first] = references
  if (first === undefined) return
  const isOne = references.length === 1
  await confirm({
    question: isOne
      ? l10n.t('Forget {0}?', first)
      : l10n.t('Forget {0} charts?', countText(references.length)),
    detail: isOne
      ? l10n.t('It stays out of the cache, and “Remove Unused Blobs…” will remove its content.')
      : l10n.t('They stay out of the cache, and “Remove Unused Blobs…” will remove their content.'),
    answers: [l10n.t('Forget')],
  })
  const forgotten = await forget(cache, references, { log: app.log })
  await app.cacheView.refresh()
  const text =
    forgotten.length === 1
      ? l10n.t('Forgot {0}.', first)
      : l10n.t('Forgot {0} charts.', countText(forgotten.length))
  window.setStatusBarMessage(plainText(text), 3000)
}
