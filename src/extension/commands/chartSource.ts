import { l10n, Uri } from 'vscode'
import { parseReference, saveChart, type Metadata, type SavedChart } from '../../core/index.ts'
import { withProgress } from '../adapters/progress.ts'
import { manifestFormat, type ManifestFormat } from '../adapters/settings.ts'
import type { App } from '../app.ts'
import { forgetVersion } from './destinations.ts'
import { askFormat, onDisk } from './prompts.ts'
import { warn } from './runCommand.ts'

/**
 * The chart that the Explorer, or a program, means: a folder, an archive, or the Chart.yaml in a folder.
 * @throws ChartroomError `unsupported` where it does not lie on disk
 */
export function chartPathOf(argument: unknown): string | undefined {
  if (!(argument instanceof Uri)) return undefined
  const chart = onDisk(argument)
  return (chart.path.endsWith('/Chart.yaml') ? Uri.joinPath(chart, '..') : chart).fsPath
}

/** Puts a chart into the cache, says what it warns about, and remembers where it went. */
export async function saveUnder(
  app: App,
  path: string,
  chart: Metadata,
  reference: string,
): Promise<SavedChart> {
  const format = await formatFor(app, parseReference(reference).host)
  const title = l10n.t('Saving {0} {1}', chart.name, chart.version)
  const saved = await withProgress(
    app,
    title,
    async (options) => await saveChart(app.cache, path, reference, { ...options, format }),
  )
  warn(app, saved.warnings)
  await app.destinations.remember(chart.name, forgetVersion(reference, chart))
  return saved
}

/** The setting, else what was answered for this host before, else asked now. A chart that goes nowhere is as Helm 3.0-3.6 reads it. */
async function formatFor(app: App, host: string): Promise<ManifestFormat> {
  const known = manifestFormat() ?? (host === '' ? 'legacy' : app.formats.of(host))
  if (known !== undefined) return known
  const format = await askFormat(host)
  await app.formats.remember(host, format)
  return format
}
