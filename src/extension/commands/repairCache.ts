import { l10n } from 'vscode'
import { repairCache as repair, type Finding } from '../../core/index.ts'
import { withProgress } from '../adapters/progress.ts'
import type { App } from '../app.ts'
import { countText } from '../counts.ts'
import { repairPage } from '../documents/healthPage.ts'
import { healthText, isSound } from '../healthText.ts'
import { confirm } from './questions/confirm.ts'
import { announce, caution } from './runCommand.ts'
import { healthOf } from './verifyCache.ts'

/** How many faults the question lists. */
const listed = 5

/** Mends what can be mended in the cache, after saying what is wrong. The index as it was is kept. */
export async function repairCache(app: App): Promise<void> {
  const { cache, registries } = app
  const health = await healthOf(app, cache)
  if (isSound(health)) {
    announce(app, healthText(health))
    return
  }
  await confirm({
    question: l10n.t('Repair the cache?'),
    detail: detailOf(health.findings.filter(({ isFault }) => isFault)),
    answers: [l10n.t('Repair')],
  })
  const repaired = await withProgress(
    app,
    l10n.t('Repairing the cache'),
    async (options) => await repair(cache, { ...options, registries }),
  )
  app.checks.foundHealth(repaired.left)
  await app.cacheView.refresh()
  const show = {
    title: l10n.t('Show Report'),
    run: async () => {
      await app.reports.showCache(repairPage(cache.root, repaired))
    },
  }
  const [first] = repaired.left.filter(({ isFault }) => isFault)
  if (first === undefined) announce(app, l10n.t('The cache is repaired.'), show)
  else caution(app, l10n.t('The cache is repaired in part. {0}', first.message), show)
}

/** What is wrong, and what a repair would do about it. */
function detailOf(faults: readonly Finding[]): string {
  const more = faults.length - listed
  const steps = new Set(faults.map(stepFor))
  return [
    ...faults.slice(0, listed).map(({ message }) => message),
    ...(more > 0 ? [l10n.t('And {0} more.', countText(more))] : []),
    '',
    ...steps,
    l10n.t('The index as it is now is kept, and what is damaged stays in the trash for 7 days.'),
  ].join('\n')
}

function stepFor({ kind }: Finding): string {
  if (kind === 'index') {
    return l10n.t(
      'The index is written anew, from what can still be read of it and from what Chartroom remembers.',
    )
  }
  if (kind === 'missing-blob' || kind === 'damaged-blob') {
    return l10n.t(
      'What is missing or damaged is fetched again, from the registry that the chart’s name tells. A chart that cannot be had from anywhere leaves the index.',
    )
  }
  return l10n.t('Entries and files that are wrong are corrected.')
}
