import { env, l10n } from 'vscode'
import { numberText } from './numberText.ts'

/** `10,000`, in the language of the editor */
export function countText(count: number): string {
  return numberText(count, env.language)
}

/** `1 chart`, `12 charts` */
export function countOfCharts(count: number): string {
  return count === 1 ? l10n.t('1 chart') : l10n.t('{0} charts', countText(count))
}

/** `1 version`, `3 versions` */
export function countOfVersions(count: number): string {
  // A thousand rows say the same few things.
  const known = versionTexts.get(count)
  if (known !== undefined) return known
  const text = count === 1 ? l10n.t('1 version') : l10n.t('{0} versions', countText(count))
  versionTexts.set(count, text)
  return text
}

const versionTexts = new Map<number, string>()

/** `1 repository`, `2 repositories` */
export function countOfRepositories(count: number): string {
  return count === 1 ? l10n.t('1 repository') : l10n.t('{0} repositories', countText(count))
}

/** `1 blob`, `34 blobs` */
export function countOfBlobs(count: number): string {
  return count === 1 ? l10n.t('1 blob') : l10n.t('{0} blobs', countText(count))
}
