import { l10n } from 'vscode'
import type { PushedChart } from '../../core/index.ts'
import type { App } from '../app.ts'
import { chartPathsFor, saveFrom } from './chartSource.ts'
import { forEach } from './forEach.ts'
import { pushSaved, tellingPushed } from './pushChart.ts'
import { requireTrustToPush } from './requireTrust.ts'

/** Push Chart… on folders and archives: asks where to, saves each chart into the cache and pushes it from there. */
export async function pushFolder(
  app: App,
  argument?: unknown,
  selection: readonly unknown[] = [],
): Promise<void> {
  requireTrustToPush()
  const texts = { title: l10n.t('Push a chart'), openLabel: l10n.t('Push This Chart') }
  const paths = await chartPathsFor(app, argument, selection, texts)
  await forEach(app, paths, async (path) => await pushFrom(app, path), tellingPushed(app))
}

async function pushFrom(app: App, path: string): Promise<PushedChart> {
  const saved = await saveFrom(app, path, 'push')
  const { name, version, reference } = saved
  const sentence = l10n.t('Stopped. {0} {1} is saved in the cache; nothing was pushed.', name, version)
  return await pushSaved(app, saved, { sentence, reference })
}
