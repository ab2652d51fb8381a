import { commands, env, l10n, Selection, TextEditorRevealType, Uri, window, type TextEditor } from 'vscode'
import type { App } from '../app.ts'
import { pickHost } from './questions/pickHost.ts'
import { hostNamed } from './subject.ts'

/**
 * Opens what is set for a registry, with the cursor at it: in the file that the command line reads too, where only that
 * has the host, else in the editor's own settings.
 */
export async function registrySettings(app: App, argument?: unknown): Promise<void> {
  const host = hostNamed(argument) ?? (await pickHost(app, l10n.t('Open the settings of a registry')))
  const { file, sources = [] } = app.hosts.entry(host) ?? {}
  if (file !== undefined && !sources.includes('setting')) {
    goTo(await window.showTextDocument(Uri.file(file.name)), host)
    return
  }
  // There has to be something to write into.
  await app.hosts.add(host)
  const reveal = { revealSetting: { key: 'chartroom.registries' } }
  const isRemote = env.remoteName !== undefined
  await commands.executeCommand(
    isRemote ? 'workbench.action.openRemoteSettingsFile' : 'workbench.action.openSettingsJson',
    isRemote ? undefined : reveal,
  )
  const editor = window.activeTextEditor
  if (editor !== undefined) goTo(editor, host)
}

/** Puts the cursor behind the name of a host. */
function goTo(editor: TextEditor, host: string): void {
  const { document } = editor
  const text = document.getText().toLowerCase()
  const key = Math.max(0, text.indexOf('"chartroom.registries"'))
  const name = text.indexOf(`"${host.toLowerCase()}"`, key)
  if (name < 0) return
  const behind = document.positionAt(name + host.length + 2)
  editor.selection = new Selection(behind, behind)
  editor.revealRange(editor.selection, TextEditorRevealType.InCenterIfOutsideViewport)
}
