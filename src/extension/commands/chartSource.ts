import { l10n, QuickPickItemKind, Uri, window } from 'vscode'
import { describeChart, saveChart, type SavedChart } from '../../core/index.ts'
import { withProgress } from '../adapters/progress.ts'
import { limits } from '../adapters/settings.ts'
import type { App } from '../app.ts'
import { askDestination } from './questions/askDestination.ts'
import { askFolder } from './questions/askFolder.ts'
import { confirmDependencies } from './questions/confirmDependencies.ts'
import { forgetVersion } from './questions/destinations.ts'
import { onDisk } from './onDisk.ts'
import type { Purpose } from './questions/placeQuestion.ts'
import { dismissed } from './questions/dismissed.ts'
import { warn } from './runCommand.ts'

/**
 * The charts on disk that the Explorer, or a program, means: folders, archives, or what holds a Chart.yaml. One is asked for
 * where the command was called without.
 *
 * @param selection what is selected in the Explorer
 * @throws ChartroomError `unsupported` where one does not lie on disk
 */
export async function chartPathsFor(
  app: App,
  argument: unknown,
  selection: readonly unknown[],
  texts: { readonly title: string; readonly openLabel: string },
): Promise<string[]> {
  if (!(argument instanceof Uri)) return [await pickChartPath(app, texts)]
  const selected = selection.filter((item) => item instanceof Uri)
  const isSelected = selected.some((item) => item.toString() === argument.toString())
  return [...new Set((isSelected ? selected : [argument]).map(chartPathOf))]
}

/**
 * Puts a chart on disk into the cache, under a name that is asked for, says what it warns about, and remembers where it
 * went.
 *
 * @throws ChartroomError `cancelled` where a question is closed
 */
export async function saveFrom(app: App, path: string, purpose: Purpose): Promise<SavedChart> {
  const chart = await describeChart(path, { log: app.log, limits: limits() })
  await confirmDependencies(app, path, chart, purpose)
  const { reference, format } = await askDestination(app, chart, purpose)
  const saved = await withProgress(
    app,
    l10n.t('Saving {0} {1}', chart.name, chart.version),
    async (options) => await saveChart(app.cache, path, reference, { ...options, format }),
  )
  app.checks.forgetFault(saved.reference)
  warn(app, warningsOf(saved))
  await app.destinations.remember(chart.name, forgetVersion(reference, chart))
  return saved
}

function warningsOf({ warnings, dropsProvenance }: SavedChart): string[] {
  if (!dropsProvenance) return [...warnings]
  const sentence = l10n.t(
    'The .prov file beside the archive cannot travel in the format of Helm 3.0–3.6. To keep it, save the chart for Helm 3.7 and later.',
  )
  return [...warnings, sentence]
}

function chartPathOf(uri: Uri): string {
  const chart = onDisk(uri)
  return (chart.path.endsWith('/Chart.yaml') ? Uri.joinPath(chart, '..') : chart).fsPath
}

/** Lets a person choose a chart folder of the workspace, any other folder, or an archive. */
async function pickChartPath(
  app: App,
  { title, openLabel }: { readonly title: string; readonly openLabel: string },
): Promise<string> {
  const known = app.folders.all.map((uri) => ({
    label: uri.path.split('/').pop() ?? uri.path,
    description: uri.fsPath,
    choose: async () => await Promise.resolve(onDisk(uri)),
  }))
  const others = [
    {
      label: l10n.t('Another folder…'),
      alwaysShow: true,
      choose: async () => await askFolder(title, openLabel),
    },
    {
      label: l10n.t('A chart archive (.tgz)…'),
      alwaysShow: true,
      choose: async () => await askArchive(title, openLabel),
    },
  ]
  const separator = { label: '', kind: QuickPickItemKind.Separator, choose: undefined }
  const picked = await window.showQuickPick([...known, separator, ...others], {
    title,
    placeHolder: l10n.t('Which chart?'),
    matchOnDescription: true,
  })
  if (picked?.choose === undefined) throw dismissed()
  return (await picked.choose()).fsPath
}

async function askArchive(title: string, openLabel: string): Promise<Uri> {
  const picked = await window.showOpenDialog({
    title,
    openLabel,
    filters: { [l10n.t('Chart archives')]: ['tgz'] },
  })
  if (picked?.[0] === undefined) throw dismissed()
  return onDisk(picked[0])
}
