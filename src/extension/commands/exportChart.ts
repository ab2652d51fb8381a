import { join } from 'node:path'
import { l10n, Uri, window, workspace } from 'vscode'
import {
  ChartroomError,
  exportChart as write,
  type ExportedChart,
  type ExportOptions,
} from '../../core/index.ts'
import { withProgress } from '../adapters/progress.ts'
import type { App } from '../app.ts'
import { countText } from '../counts.ts'
import { forEach } from './forEach.ts'
import { askFolder } from './questions/askFolder.ts'
import { chartsFor } from './questions/pickChart.ts'
import { askAboutTaken } from './questions/takenExport.ts'
import { announce } from './runCommand.ts'

/** Writes the files of cached charts into a folder. What is there already is replaced only when that is wanted. */
export async function exportChart(
  app: App,
  argument?: unknown,
  selection: readonly unknown[] = [],
): Promise<void> {
  await exportAs(app, argument, selection, false)
}

/** Writes cached charts into a folder as the archives that they are. */
export async function exportArchive(
  app: App,
  argument?: unknown,
  selection: readonly unknown[] = [],
): Promise<void> {
  await exportAs(app, argument, selection, true)
}

async function exportAs(
  app: App,
  argument: unknown,
  selection: readonly unknown[],
  archive: boolean,
): Promise<void> {
  const references = await chartsFor(app, argument, selection, l10n.t('Export a chart'))
  const [first, ...others] = references
  if (first === undefined) return
  const title =
    others.length === 0
      ? l10n.t('Export {0}', first)
      : l10n.t('Export {0} charts', countText(references.length))
  const workspaceFolder = workspace.workspaceFolders?.[0]?.uri
  const { fsPath: folder } = await askFolder(title, l10n.t('Export Here'), workspaceFolder)
  await forEach(app, references, async (reference) => await exportOne(app, reference, folder, archive), {
    one: (exported) => {
      announceExported(app, exported, archive)
    },
    all: ({ length }) => l10n.t('Exported {0} charts to {1}.', countText(length), shown(folder)),
    some: (done, total) => l10n.t('Exported {0} of {1} charts', countText(done), countText(total)),
  })
}

async function exportOne(
  app: App,
  reference: string,
  folder: string,
  archive: boolean,
): Promise<ExportedChart> {
  const attempt = async (how: ExportOptions): Promise<ExportedChart> =>
    await withProgress(
      app,
      l10n.t('Exporting {0}', reference),
      async (options) => await write(app.cache, reference, folder, { ...options, archive, ...how }),
    )
  return await attempt({}).catch(async (error: unknown) => {
    const path =
      error instanceof ChartroomError && error.kind === 'target-exists' ? error.evidence.path : undefined
    if (path === undefined) throw error
    const answer = await askAboutTaken(app, { reference, path, archive })
    if (answer === undefined) throw error
    return await attempt(answer)
  })
}

function announceExported(app: App, { name, path }: ExportedChart, archive: boolean): void {
  const chartYaml = Uri.file(join(path, 'Chart.yaml'))
  const open = {
    title: l10n.t('Open {0}', 'Chart.yaml'),
    run: async () => {
      await window.showTextDocument(chartYaml)
    },
  }
  announce(app, l10n.t('Exported {0} to {1}.', name, shown(path)), archive ? undefined : open)
}

/** A path as people know it: from the workspace folder that it lies in. */
function shown(path: string): string {
  return workspace.asRelativePath(Uri.file(path), false)
}
