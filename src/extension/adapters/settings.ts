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

/** The manifest that saving writes. */
export function manifestFormat(): 'legacy' | 'modern' {
  const set = workspace.getConfiguration('chartroom').get<string>('manifestFormat', 'legacy')
  return set === 'modern' ? 'modern' : 'legacy'
}
