import { commands, l10n } from 'vscode'
import { countOfCharts, countText } from '../counts.ts'
import { sizeText } from '../sizes.ts'
import type { CacheListing } from './cacheReading.ts'

/** What decides which welcome text stands in an empty view, and which actions are above it. */
export type CacheState = 'empty' | 'filled' | 'filtered' | 'damaged' | 'unreadable'

export interface CacheHeader {
  /** Beside the view's title. */
  readonly description: string
  readonly state: CacheState
}

/**
 * What stands above the rows of the view.
 * @param shown how many charts the filter leaves
 */
export function cacheHeader(listing: CacheListing, filter: string, shown: number): CacheHeader {
  // Not the message above the rows: where there is one, the editor shows no welcome text, and that has the way out.
  if ('failure' in listing) {
    return { description: listing.failure, state: listing.isDamaged ? 'damaged' : 'unreadable' }
  }
  const { charts, size } = listing
  if (charts.length === 0) return { description: '', state: 'empty' }
  const count = countOfCharts(charts.length)
  const all = size === undefined ? count : `${count} · ${sizeText(size)}`
  if (filter === '') return { description: all, state: 'filled' }
  const part = l10n.t('{0} of {1}', countText(shown), count)
  // The number first: beside the actions of the view, which show while the mouse is there, little fits.
  return { description: `${part} · “${filter}”`, state: shown === 0 ? 'filtered' : 'filled' }
}

/** Tells the editor what menus, the view's actions and its welcome texts hang on. */
export function setContextKeys(state: CacheState, filter: string): void {
  void commands.executeCommand('setContext', 'chartroom:cacheState', state)
  void commands.executeCommand('setContext', 'chartroom:isFiltered', filter !== '')
}
