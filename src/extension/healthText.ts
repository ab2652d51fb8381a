import { l10n } from 'vscode'
import type { CacheHealth } from '../core/index.ts'
import { countOfBlobs, countOfCharts, countText } from './counts.ts'
import { sizeText } from './sizes.ts'

/** What a look at the whole cache came to, as one sentence: where something is wrong, the first of it. */
export function healthText({ references, blobs, bytes, findings }: CacheHealth): string {
  const [first, ...others] = findings.filter(({ isFault }) => isFault)
  if (first === undefined) {
    const [charts, content] = [countOfCharts(references), countOfBlobs(blobs)]
    return l10n.t('The cache is sound: {0}, {1}, {2}.', charts, content, sizeText(bytes))
  }
  if (others.length === 0) return first.message
  return l10n.t('{0} things are wrong in the cache. {1}', countText(others.length + 1), first.message)
}

/** Whether nothing is wrong; what is merely left over is not. */
export function isSound({ findings }: Pick<CacheHealth, 'findings'>): boolean {
  return !findings.some(({ isFault }) => isFault)
}
