import { l10n } from 'vscode'

/** `1 chart`, `12 charts` */
export function countOfCharts(count: number): string {
  return count === 1 ? l10n.t('1 chart') : l10n.t('{0} charts', count)
}

/** `1 blob`, `34 blobs` */
export function countOfBlobs(count: number): string {
  return count === 1 ? l10n.t('1 blob') : l10n.t('{0} blobs', count)
}
