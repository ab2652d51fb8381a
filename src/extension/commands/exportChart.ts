import { basename, join } from 'node:path'
import { FileType, l10n, Uri, window, workspace } from 'vscode'
import { exportChart as write, kindOf, type ExportedChart } from '../../core/index.ts'
import { withProgress } from '../adapters/progress.ts'
import type { App } from '../app.ts'
import { askFolder, dismissed, pickChart, referenceOf } from './prompts.ts'
import { announce } from './runCommand.ts'

/** Writes the files of a cached chart into a folder. What is there already is replaced only when that is wanted. */
export async function exportChart(app: App, argument?: unknown): Promise<void> {
  const reference = referenceOf(argument) ?? (await pickChart(app, l10n.t('Export a chart'))).reference
  const workspaceFolder = workspace.workspaceFolders?.[0]?.uri
  const folder = await askFolder(l10n.t('Export {0}', reference), l10n.t('Export Here'), workspaceFolder)
  const attempt = async (force: boolean): Promise<ExportedChart> =>
    await withProgress(
      app,
      l10n.t('Exporting {0}', reference),
      async (options) => await write(app.cache, reference, folder.fsPath, { ...options, force }),
    )
  const exported = await attempt(false).catch(async (error: unknown) => {
    if (kindOf(error) !== 'target-exists') throw error
    const { name } = await app.cache.require(reference, { log: app.log })
    // Only a folder is replaced; anything else in its place stays.
    if (!(await isDirectory(Uri.joinPath(folder, name)))) throw error
    await confirmReplace(name, join(folder.fsPath, name))
    return await attempt(true)
  })
  const chartYaml = Uri.file(join(exported.path, 'Chart.yaml'))
  const shown = workspace.asRelativePath(Uri.file(exported.path), false)
  announce(app, l10n.t('Exported {0} to {1}.', exported.name, shown), {
    title: l10n.t('Open {0}', basename(chartYaml.fsPath)),
    run: async () => {
      await window.showTextDocument(chartYaml)
    },
  })
}

async function isDirectory(place: Uri): Promise<boolean> {
  return await workspace.fs.stat(place).then(
    ({ type }) => type === FileType.Directory,
    () => false,
  )
}

async function confirmReplace(name: string, path: string): Promise<void> {
  const replace = l10n.t('Replace')
  const detail = l10n.t('{0} exists. What is in it will be gone.', path)
  const answer = await window.showWarningMessage(
    l10n.t('Replace the folder {0}?', name),
    { modal: true, detail },
    replace,
  )
  if (answer !== replace) throw dismissed()
}
