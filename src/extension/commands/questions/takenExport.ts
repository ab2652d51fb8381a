import { basename, dirname, extname } from 'node:path'
import { FileType, l10n, Uri, workspace } from 'vscode'
import { compareExport, type ExportComparison, type ExportOptions } from '../../../core/index.ts'
import { withProgress } from '../../adapters/progress.ts'
import type { App } from '../../app.ts'
import { confirm } from './confirm.ts'
import { nameBeside } from './nameBeside.ts'

/** An export whose place is taken. */
export interface TakenExport {
  readonly reference: string
  /** What is there. */
  readonly path: string
  readonly archive: boolean
}

/**
 * Asks whether an export shall replace what is there, after saying what would be lost, or go beside it.
 *
 * @returns how to export; `undefined` where something is there that an export never replaces
 * @throws ChartroomError `cancelled`
 */
export async function askAboutTaken(app: App, taken: TakenExport): Promise<ExportOptions | undefined> {
  const { path, archive } = taken
  if (((await typeOf(path)) === FileType.Directory) === archive) return undefined
  const name = basename(path)
  const replace = l10n.t('Replace')
  const beside = l10n.t('Export Beside It')
  const answer = await confirm({
    question: archive ? l10n.t('Replace the file {0}?', name) : l10n.t('Replace the folder {0}?', name),
    detail: archive ? l10n.t('{0} exists.', path) : await lossOf(app, taken),
    answers: [replace, beside],
  })
  if (answer === replace) return { force: true }
  const inPlace = await workspace.fs.readDirectory(Uri.file(dirname(path)))
  return {
    name: nameBeside(
      name,
      archive ? extname(name) : '',
      inPlace.map(([taken]) => taken),
    ),
  }
}

async function lossOf(app: App, { reference, path }: TakenExport): Promise<string> {
  const compared = await withProgress(
    app,
    l10n.t('Comparing {0}', path),
    async (options) => await compareExport(app.cache, reference, path, options),
  )
  return lossText(compared)
}

function lossText({ files, changed, added }: ExportComparison): string {
  const count = files === 1 ? l10n.t('1 file') : l10n.t('{0} files', files)
  if (changed > 0 && added > 0) {
    return l10n.t('It has {0}, {1} of them changed since the export and {2} added.', count, changed, added)
  }
  if (changed > 0) return l10n.t('It has {0}, {1} of them changed since the export.', count, changed)
  if (added > 0) return l10n.t('It has {0}, {1} of them added since the export.', count, added)
  return l10n.t('It has {0}, none of them changed since the export.', count)
}

async function typeOf(path: string): Promise<FileType> {
  return (await workspace.fs.stat(Uri.file(path))).type
}
