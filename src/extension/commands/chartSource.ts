import { l10n, Uri } from 'vscode'
import { ChartroomError, saveChart, type Metadata, type SavedChart } from '../../core/index.ts'
import { withProgress } from '../adapters/progress.ts'
import { manifestFormat } from '../adapters/settings.ts'
import type { App } from '../app.ts'
import { forgetVersion } from './destinations.ts'
import { warn } from './runCommand.ts'

/**
 * The chart that the Explorer, or a program, means: a folder, an archive, or the Chart.yaml in a folder.
 * @throws ChartroomError `unsupported` where it does not lie on disk
 */
export function chartPathOf(argument: unknown): string | undefined {
  if (!(argument instanceof Uri)) return undefined
  if (argument.scheme !== 'file') {
    throw new ChartroomError('unsupported', {
      message: l10n.t('{0} does not lie on disk, and only charts on disk can be saved.', argument.path),
      path: argument.path,
    })
  }
  const isChartYaml = argument.path.endsWith('/Chart.yaml')
  return (isChartYaml ? Uri.joinPath(argument, '..') : argument).fsPath
}

/** Puts a chart into the cache, says what it warns about, and remembers where it went. */
export async function saveUnder(
  app: App,
  path: string,
  chart: Metadata,
  reference: string,
): Promise<SavedChart> {
  const title = l10n.t('Saving {0} {1}', chart.name, chart.version)
  const saved = await withProgress(
    app,
    title,
    async (options) => await saveChart(app.cache, path, reference, { ...options, format: manifestFormat() }),
  )
  warn(app, saved.warnings)
  await app.destinations.remember(chart.name, forgetVersion(reference, chart))
  return saved
}
