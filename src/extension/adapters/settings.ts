import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { workspace } from 'vscode'
import { helmChartCache, surroundings } from '../../core/index.ts'

/** The directory of the chart cache: the setting, `~` and relative paths read from the home directory, else Helm's own. */
export function cachePath(): string {
  const set = workspace.getConfiguration('chartroom').get<string>('cache.path', '').trim()
  if (set === '') return helmChartCache(surroundings())
  return resolve(homedir(), set.replace(/^~(?=$|[/\\])/, '.'))
}

/** A manifest that saving can write: for Helm 3.0-3.6 and later, or for Helm 3.7 and later. */
export type ManifestFormat = 'legacy' | 'modern'

/** The manifest that a person set for all charts; `undefined` where it is asked for. */
export function manifestFormat(): ManifestFormat | undefined {
  const set = workspace.getConfiguration('chartroom').get<string>('manifestFormat')
  return set === 'modern' || set === 'legacy' ? set : undefined
}
