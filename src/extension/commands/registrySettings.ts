import { basename } from 'node:path'
import {
  commands,
  env,
  l10n,
  Selection,
  TextEditorRevealType,
  Uri,
  window,
  type Disposable,
  type TextEditor,
} from 'vscode'
import type { App } from '../app.ts'
import { endsWithin } from '../endsWithin.ts'
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
  await commands.executeCommand(
    env.remoteName === undefined
      ? 'workbench.action.openSettingsJson'
      : 'workbench.action.openRemoteSettingsFile',
    { revealSetting: { key } },
  )
  const editor = await settingsEditor()
  if (editor !== undefined) goTo(editor, host)
}

const key = 'chartroom.registries'

/** Milliseconds after which the cursor stays where the editor has put it. */
const patience = 5000

/** The editor of the settings: the window has opened it, but tells of it a moment later. */
async function settingsEditor(): Promise<TextEditor | undefined> {
  const find = (): TextEditor | undefined =>
    window.visibleTextEditors.find(
      ({ document }) =>
        basename(document.fileName) === 'settings.json' && document.getText().includes(`"${key}"`),
    )
  if (find() !== undefined) return find()
  let listening: Disposable | undefined
  const shown = new Promise<void>((resolve) => {
    listening = window.onDidChangeVisibleTextEditors(() => {
      if (find() !== undefined) resolve()
    })
  })
  await endsWithin(patience, shown)
  listening?.dispose()
  return find()
}

/** Puts the cursor behind the name of a host. */
function goTo(editor: TextEditor, host: string): void {
  const { document } = editor
  const text = document.getText().toLowerCase()
  const start = Math.max(0, text.indexOf(`"${key}"`))
  const name = text.indexOf(`"${host.toLowerCase()}"`, start)
  if (name < 0) return
  const behind = document.positionAt(name + host.length + 2)
  editor.selection = new Selection(behind, behind)
  editor.revealRange(editor.selection, TextEditorRevealType.InCenterIfOutsideViewport)
}
