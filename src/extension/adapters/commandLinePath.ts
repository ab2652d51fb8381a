import { delimiter } from 'node:path'
import { l10n, Uri, type EnvironmentVariableCollection } from 'vscode'

/** Puts `chartroom` on the PATH of every terminal of the editor. It runs the editor's own executable as Node. */
export function offerCommandLine(variables: EnvironmentVariableCollection, extensionUri: Uri): void {
  variables.description = l10n.t('Puts the command chartroom on the PATH.')
  variables.prepend('PATH', `${Uri.joinPath(extensionUri, 'bin').fsPath}${delimiter}`)
  variables.replace('CHARTROOM_NODE', process.execPath)
}
