import { l10n, window } from 'vscode'
import { pruneCache as prune, type PrunedCache } from '../../core/index.ts'
import { withProgress } from '../adapters/progress.ts'
import type { App } from '../app.ts'
import { countOfBlobs, countText } from '../counts.ts'
import { plainText } from '../plainText.ts'
import { sizeText } from '../sizes.ts'
import { confirm } from './questions/confirm.ts'
import { announce } from './runCommand.ts'

/** Removes content from the cache that nothing needs, after saying how much that is. */
export async function pruneCache(app: App): Promise<void> {
  const { cache } = app
  const planned = await withProgress(
    app,
    l10n.t('Looking for unused blobs'),
    async (options) => await prune(cache, { ...options, dryRun: true }),
  )
  if (planned.swept.length === 0 && planned.emptied.blobs === 0) {
    window.setStatusBarMessage(plainText(nothingText(planned)), 5000)
    return
  }
  await confirm({ question: questionFor(planned), detail: detailOf(planned), answers: [l10n.t('Remove')] })
  const done = await withProgress(
    app,
    l10n.t('Removing unused blobs'),
    async (options) => await prune(cache, options),
  )
  announce(app, doneText(done))
}

function nothingText({ waiting }: PrunedCache): string {
  if (waiting.length === 0) return l10n.t('Nothing to remove: every blob in the cache is needed.')
  return l10n.t('Nothing to remove yet: {0} unused, younger than 24 hours.', countOfBlobs(waiting.length))
}

function questionFor({ swept, bytes, emptied }: PrunedCache): string {
  return swept.length > 0
    ? l10n.t('Remove {0} ({1})?', unused(swept.length), sizeText(bytes))
    : l10n.t('Empty the trash of the cache ({0})?', sizeText(emptied.bytes))
}

function detailOf({ swept, waiting, emptied }: PrunedCache): string {
  const kept =
    swept.length === 1
      ? l10n.t('It is kept in the trash for 7 days.')
      : l10n.t('They are kept in the trash for 7 days.')
  const young =
    waiting.length === 1
      ? l10n.t('1 more is younger than 24 hours and stays.')
      : l10n.t('{0} more are younger than 24 hours and stay.', countText(waiting.length))
  const old =
    emptied.blobs === 1
      ? l10n.t('1 blob that has been in the trash for longer is deleted.')
      : l10n.t('{0} blobs that have been in the trash for longer are deleted.', emptied.blobs)
  return [
    ...(swept.length > 0 ? [kept] : []),
    ...(waiting.length > 0 ? [young] : []),
    ...(emptied.blobs > 0 ? [old] : []),
  ].join(' ')
}

function doneText({ swept, bytes, emptied }: PrunedCache): string {
  return swept.length > 0
    ? l10n.t('Removed {0} ({1}).', unused(swept.length), sizeText(bytes))
    : l10n.t('Emptied the trash of the cache ({0}).', sizeText(emptied.bytes))
}

/** `14 unused blobs` */
function unused(count: number): string {
  return count === 1 ? l10n.t('1 unused blob') : l10n.t('{0} unused blobs', countText(count))
}
