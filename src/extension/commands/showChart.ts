import { l10n } from 'vscode'
import type { App } from '../app.ts'
import { detailsUri } from '../documents/detailsDocuments.ts'
import { showMarkdown } from '../documents/showMarkdown.ts'
import { locationFor, openLocated } from './chartLocation.ts'

/** Shows all there is to know about a chart, cached, remote or in an archive, on a page of its own. */
export async function showChart(app: App, argument?: unknown): Promise<void> {
  const location = await locationFor(app, argument, l10n.t('Show the details of a chart'))
  // What is wrong with it is told before an editor opens.
  await openLocated(app, location)
  await showMarkdown(detailsUri(location))
}
