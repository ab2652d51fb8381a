import { commands, extensions, type Uri } from 'vscode'

/** Shows a document of Markdown as it reads, in the preview of the editor; where there is none, as it is written. */
export async function showMarkdown(uri: Uri): Promise<void> {
  // A command of an extension that sleeps is not in the list of commands, but calling it wakes the extension up.
  const hasPreview = extensions.getExtension('vscode.markdown-language-features') !== undefined
  await commands.executeCommand(hasPreview ? 'markdown.showPreview' : 'vscode.open', uri)
}
