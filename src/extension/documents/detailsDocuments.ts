import { Disposable, EventEmitter, Uri, workspace, type TextDocumentContentProvider } from 'vscode'
import type { CurrentCache } from '../adapters/currentCache.ts'
import { decodeAddress, encodeAddress, type ChartLocation } from './chartAddress.ts'
import type { Checks } from '../adapters/checks.ts'
import type { Attachments } from './attachments.ts'
import { chartDetails } from './chartDetails.ts'
import type { OpenCharts } from './openCharts.ts'
import type { RemoteDocuments } from './remoteDocuments.ts'
import { detailsScheme } from './schemes.ts'

export interface DetailsParts {
  readonly current: CurrentCache
  readonly charts: OpenCharts
  readonly checks: Checks
  readonly remote: RemoteDocuments
  readonly attachments: Attachments
}

/** The details of charts as Markdown documents. Their preview is the editor's own, and loads nothing. */
export class ChartDetails implements TextDocumentContentProvider, Disposable {
  readonly #charts: OpenCharts
  readonly #checks: Checks
  readonly #remote: RemoteDocuments
  readonly #attachments: Attachments
  readonly #changed = new EventEmitter<Uri>()
  readonly onDidChange = this.#changed.event
  readonly #listening: Disposable

  constructor({ current, charts, checks, remote, attachments }: DetailsParts) {
    this.#charts = charts
    this.#checks = checks
    this.#remote = remote
    this.#attachments = attachments
    const readAgain = (): void => {
      for (const { uri } of workspace.textDocuments) {
        if (uri.scheme === detailsScheme && decodeAddress(uri)?.place === 'cache') this.#changed.fire(uri)
      }
    }
    this.#listening = Disposable.from(
      current.onDidChange(readAgain),
      checks.onDidChange(readAgain),
      ...[remote.onDidMove, remote.onDidGo].map((tells) =>
        tells((uri) => {
          if (uri.scheme === detailsScheme) this.#changed.fire(uri)
        }),
      ),
      attachments.onDidCome((uri) => {
        this.#changed.fire(uri)
      }),
    )
  }

  dispose(): void {
    this.#listening.dispose()
    this.#changed.dispose()
  }

  async provideTextDocumentContent(uri: Uri): Promise<string | undefined> {
    const address = decodeAddress(uri)
    if (address === undefined) return undefined
    const gone = this.#remote.goneFrom(uri)
    if (gone !== undefined) return await chartDetails(gone, { isGone: true })
    const opened = await this.#charts.open(address)
    switch (address.place) {
      case 'registry': {
        this.#remote.shows(uri, address.reference, opened)
        const { manifestDigest } = opened.chart
        if (manifestDigest === undefined) return await chartDetails(opened)
        const attachments = await this.#attachments.soon(uri, address.reference, manifestDigest)
        return await chartDetails(opened, { attachments })
      }
      case 'cache':
        return await chartDetails(opened, { check: this.#checks.of(opened.chart) })
      case 'archive':
        return await chartDetails(opened)
    }
  }
}

/** The document with the details of a chart; its name is what the tab shows. */
export function detailsUri(location: ChartLocation): Uri {
  const name = location.reference.split(/[/\\]/).at(-1) ?? location.reference
  return Uri.from({ scheme: detailsScheme, ...encodeAddress({ ...location, path: `${name}.md` }) })
}
