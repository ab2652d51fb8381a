import { ConfigurationTarget, workspace } from 'vscode'
import { helmChartCache, pathFromHome, surroundings, type Limits } from '../../core/index.ts'
import type { Grouping } from '../views/cacheNodes.ts'
import { chartLimits } from './chartLimits.ts'

/** The directory of the chart cache: the setting, `~` and relative paths read from the home directory, else Helm's own. */
export function cachePath(): string {
  const set = workspace.getConfiguration('chartroom').get<string>('cache.path', '').trim()
  if (set === '') return helmChartCache(surroundings())
  return pathFromHome(set, surroundings())
}

/** A manifest that saving can write: for Helm 3.0-3.6 and later, or for Helm 3.7 and later. */
export type ManifestFormat = 'legacy' | 'modern'

/** The manifest that a person set for all charts; `undefined` where it is asked for. */
export function manifestFormat(): ManifestFormat | undefined {
  const set = workspace.getConfiguration('chartroom').get<string>('manifestFormat')
  return set === 'modern' || set === 'legacy' ? set : undefined
}

/** Where a login is kept, as `SaveLoginOptions` says it. */
export function credentialStore(): 'auto' | 'own' | 'helm' {
  const set = workspace.getConfiguration('chartroom').get<string>('credentialStore')
  if (set === 'secretStorage') return 'own'
  return set === 'helmConfig' ? 'helm' : 'auto'
}

/** How much of a chart is read. */
export function limits(): Limits {
  const set = workspace.getConfiguration('chartroom')
  return chartLimits({
    unpacked: set.get('limits.unpacked'),
    file: set.get('limits.file'),
    entries: set.get('limits.entries'),
  })
}

/** What the first level of the cached charts is made of. */
export function grouping(): Grouping {
  const set = workspace.getConfiguration('chartroom').get<string>('cache.groupBy')
  return set === 'registry' || set === 'flat' ? set : 'repository'
}

/** Writes a setting for this person, on the machine where the extension runs. */
export async function writeSetting(name: 'cache.groupBy' | 'cache.path', value: string): Promise<void> {
  await workspace.getConfiguration('chartroom').update(name, value, ConfigurationTarget.Global)
}
