import { l10n, Uri, window } from 'vscode'
import { helmChartCache, surroundings } from '../../core/index.ts'
import { writeSetting } from '../adapters/settings.ts'
import type { App } from '../app.ts'
import { exists } from '../exists.ts'
import { askFolder } from './questions/askFolder.ts'
import { dismissed } from './questions/dismissed.ts'

/** Lets a person choose the folder of the chart cache; where it is another one than Helm's, also Helm's again. */
export async function useAnotherCache(app: App): Promise<void> {
  const title = l10n.t('Use another cache')
  const usual = helmChartCache(surroundings())
  const path = app.cache.root === usual ? undefined : await askForUsual(title, usual)
  await writeSetting('cache.path', path ?? (await askCacheFolder(title, app.cache.root)))
}

/** @returns what to write for Helm's cache; `undefined` where another folder is wanted */
async function askForUsual(title: string, usual: string): Promise<string | undefined> {
  const items = [
    { label: l10n.t('Helm’s cache'), description: usual, path: '' },
    { label: l10n.t('Another folder…'), path: undefined },
  ]
  const picked = await window.showQuickPick(items, { title, placeHolder: l10n.t('Which cache?') })
  if (picked === undefined) throw dismissed()
  return picked.path
}

async function askCacheFolder(title: string, now: string): Promise<string> {
  const folder = await askFolder(title, l10n.t('Use This Cache'), Uri.file(now))
  // Helm's cache home is taken for the cache in it.
  const inside = Uri.joinPath(folder, 'registry', 'cache')
  return ((await exists(Uri.joinPath(inside, 'oci-layout'))) ? inside : folder).fsPath
}
