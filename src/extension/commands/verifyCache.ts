import { l10n } from 'vscode'
import { verifyCache as verify, type CacheHealth, type ChartCache } from '../../core/index.ts'
import { withProgress } from '../adapters/progress.ts'
import type { App } from '../app.ts'
import { healthPage } from '../documents/healthPage.ts'
import { healthText, isSound } from '../healthText.ts'
import { announce, caution } from './runCommand.ts'

/** Looks at all of the cache, every byte of it, and says what came of it. Nothing is written. */
export async function verifyCache(app: App): Promise<void> {
  const health = await healthOf(app, app.cache)
  const show = {
    title: l10n.t('Show Report'),
    run: async () => {
      await app.reports.showCache(healthPage(health))
    },
  }
  if (isSound(health)) announce(app, healthText(health), health.findings.length > 0 ? show : undefined)
  else caution(app, healthText(health), show)
}

/** What a look at all of a cache finds, with progress and a Cancel button; the rows of the tree tell it from then on. */
export async function healthOf(app: App, cache: ChartCache): Promise<CacheHealth> {
  const health = await withProgress(
    app,
    l10n.t('Verifying the cache'),
    async (options) => await verify(cache, options),
  )
  if (cache === app.cache) app.checks.foundHealth(health.findings)
  return health
}
