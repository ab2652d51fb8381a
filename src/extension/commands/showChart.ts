import { commands, l10n } from 'vscode'
import type { App } from '../app.ts'
import { detailsUri } from '../documents/detailsDocuments.ts'
import { locationFor, openLocated } from './chartLocation.ts'

/** Shows all there is to know about a chart, cached, remote or in an archive, on a page of its own. */
export async function showChart(app: App, argument?: unknown): Promise<void> {
  const location = await locationFor(app, argument, l10n.t('Show the details of a chart'))
  // What is wrong with it is told before an editor opens.
  await openLocated(app, location)
  const uri = detailsUri(location)
  const hasPreview = (await commands.getCommands(true)).includes(preview)
  await commands.executeCommand(hasPreview ? preview : 'vscode.open', uri)
}

/** Missing where the editor's own Markdown extension is disabled. */
const preview = 'markdown.showPreview'
