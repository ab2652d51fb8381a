import { l10n, window } from 'vscode'
import { ChartroomError, type Offer } from '../../../core/index.ts'
import type { App } from '../../app.ts'
import { plainText } from '../../plainText.ts'
import { isRow, offersMeant } from '../subject.ts'
import { dismissed } from './dismissed.ts'

/**
 * The references of the charts that could come back and that a command is about: those of rows, or those that a person
 * chooses.
 *
 * @param isMeant whether the command can do something for one that nobody named
 * @throws ChartroomError `not-found` where nothing disappeared, `cancelled`
 */
export async function offersFor(
  app: App,
  argument: unknown,
  selection: readonly unknown[],
  title: string,
  isMeant: (offer: Offer) => boolean = () => true,
): Promise<readonly string[]> {
  const meant = offersMeant(argument, selection)
  if (meant !== 'all' && (meant.length > 0 || isRow(argument))) return meant
  const offers = (await app.cache.offers({ log: app.log })).filter(isMeant)
  // The row may be older than what it stands for.
  if (meant === 'all') return offers.map(({ reference }) => reference)
  if (offers.length === 0) {
    throw new ChartroomError('not-found', {
      message: l10n.t('No chart has disappeared from the cache without Chartroom.'),
    })
  }
  const picked = await window.showQuickPick(
    offers.map(({ reference }) => ({ label: plainText(reference), reference, picked: true })),
    { title, placeHolder: l10n.t('Which charts?'), canPickMany: true },
  )
  if (picked === undefined) throw dismissed()
  return picked.map(({ reference }) => reference)
}
