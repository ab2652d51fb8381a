import { commands, env, l10n, UIKind, Uri } from 'vscode'
import type { App } from '../app.ts'
import { exists } from '../exists.ts'
import { announce } from './runCommand.ts'

/** Shows the folder of the cache: in the file manager where it is on this machine, else in a window of its own. */
export async function revealCache(app: App): Promise<void> {
  const folder = Uri.file(app.cache.root)
  if (!(await exists(folder))) {
    announce(app, l10n.t('{0} does not exist yet. The first chart that is saved makes it.', folder.fsPath))
    return
  }
  if (env.uiKind === UIKind.Desktop && env.remoteName === undefined) {
    await commands.executeCommand('revealFileInOS', folder)
    return
  }
  await commands.executeCommand('vscode.openFolder', folder, { forceNewWindow: true })
}
