import { Disposable, EventEmitter, Uri, workspace, type TextDocumentContentProvider } from 'vscode'
import type { CurrentCache } from '../adapters/currentCache.ts'
import { decodeAddress, encodeAddress, type ChartLocation } from './chartAddress.ts'
import { chartDetails } from './chartDetails.ts'
import type { OpenCharts } from './openCharts.ts'

/** The scheme of the documents that tell all about a chart. */
const detailsScheme = 'chartroom-details'

export interface DetailsParts {
  readonly current: CurrentCache
  readonly charts: OpenCharts
}

/** Makes the details of a chart readable as a Markdown document. Its preview is the editor's own, and loads nothing. */
export function registerChartDetails({ current, charts }: DetailsParts): Disposable {
  const changed = new EventEmitter<Uri>()
  const provider: TextDocumentContentProvider = {
    onDidChange: changed.event,
    provideTextDocumentContent: async (uri) => {
      const address = decodeAddress(uri)
      return address === undefined ? undefined : await chartDetails(await charts.open(address))
    },
  }
  const listening = current.onDidChange(() => {
    for (const { uri } of workspace.textDocuments) {
      if (uri.scheme === detailsScheme && decodeAddress(uri)?.place === 'cache') changed.fire(uri)
    }
  })
  return Disposable.from(
    listening,
    changed,
    workspace.registerTextDocumentContentProvider(detailsScheme, provider),
  )
}

/** The document with the details of a chart; its name is what the tab shows. */
export function detailsUri(location: ChartLocation): Uri {
  const name = location.reference.split(/[/\\]/).at(-1) ?? location.reference
  return Uri.from({ scheme: detailsScheme, ...encodeAddress({ ...location, path: `${name}.md` }) })
}
