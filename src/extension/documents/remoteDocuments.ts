import { Disposable, EventEmitter, TabInputWebview, window, workspace, type Uri } from 'vscode'
import { kindOf, messageOf, type Logger, type OpenedChart } from '../../core/index.ts'
import type { OpenCharts } from './openCharts.ts'

export interface RemoteDocumentsParts {
  readonly charts: OpenCharts
  readonly log: Logger
  /** Does work without asking anybody. */
  readonly unasked: (work: () => Promise<void>) => Promise<void>
}

interface Shown {
  readonly uri: Uri
  readonly reference: string
  readonly opened: OpenedChart
  /** Whether its registry had nothing under its name any more when it was asked last. */
  isGone: boolean
}

/**
 * Documents that show charts of registries. A registry tells nobody what changes in it, so what somebody looks at is asked
 * about: when it comes to the front, when the window does, and when the registries are read anew.
 */
export class RemoteDocuments implements Disposable {
  readonly #charts: OpenCharts
  readonly #log: Logger
  readonly #shown = new Map<string, Shown>()
  readonly #moved = new EventEmitter<Uri>()
  /** A document shows a chart that its name no longer stands for. */
  readonly onDidMove = this.#moved.event
  readonly #gone = new EventEmitter<Uri>()
  /** A document shows a chart whose name stands for nothing any more. Where it does again, the document has moved. */
  readonly onDidGo = this.#gone.event
  readonly #listening: Disposable

  constructor({ charts, log, unasked }: RemoteDocumentsParts) {
    this.#charts = charts
    this.#log = log
    const look = (): void => {
      void unasked(async () => {
        await this.look()
      })
    }
    this.#listening = Disposable.from(
      window.onDidChangeActiveTextEditor(look),
      window.tabGroups.onDidChangeTabs(look),
      window.onDidChangeWindowState(({ focused }) => {
        if (focused) look()
      }),
      workspace.onDidCloseTextDocument(({ uri }) => {
        this.#shown.delete(uri.toString())
      }),
    )
  }

  dispose(): void {
    this.#listening.dispose()
    this.#moved.dispose()
    this.#gone.dispose()
  }

  /** To be called when a document is filled. */
  shows(uri: Uri, reference: string, opened: OpenedChart): void {
    this.#shown.set(uri.toString(), { uri, reference, opened, isGone: false })
  }

  /** The chart that a document goes on showing although its registry has it no more; `undefined` for any other document. */
  goneFrom(uri: Uri): OpenedChart | undefined {
    const shown = this.#shown.get(uri.toString())
    return shown?.isGone === true ? shown.opened : undefined
  }

  /**
   * Asks about what somebody looks at, with one small request a chart. Never rejects: what cannot be asked stays as it is shown.
   * @param isAnew whether an answer of a moment ago does not count
   */
  async look(isAnew = false): Promise<void> {
    for (const shown of [...this.#shown.values()].filter(isInSight)) {
      const now = await this.#lookAt(shown, isAnew)
      // It was filled again, or closed, meanwhile.
      if (now === undefined || this.#shown.get(shown.uri.toString()) !== shown) continue
      const wasGone = shown.isGone
      shown.isGone = now === 'gone'
      if (shown.isGone && !wasGone) this.#gone.fire(shown.uri)
      else if (now === 'moved' || (wasGone && !shown.isGone)) this.#moved.fire(shown.uri)
    }
  }

  /** @returns `undefined` where that cannot be found out */
  async #lookAt(
    { reference, opened }: Shown,
    isAnew: boolean,
  ): Promise<'same' | 'moved' | 'gone' | undefined> {
    try {
      const { chart } = await this.#charts.open({ place: 'registry', reference }, { isAnew })
      return chart.manifestDigest === opened.chart.manifestDigest ? 'same' : 'moved'
    } catch (error) {
      this.#log.warn(`${reference} is shown as it was before: ${messageOf(error)}`)
      return kindOf(error) === 'not-found' ? 'gone' : undefined
    }
  }
}

function isInSight({ uri }: Shown): boolean {
  const text = uri.toString()
  const name = uri.path.split('/').at(-1) ?? text
  return (
    window.visibleTextEditors.some(({ document }) => document.uri.toString() === text) ||
    // The tab of a preview has no address; its name ends with that of the document.
    window.tabGroups.all.some(
      ({ activeTab }) => activeTab?.input instanceof TabInputWebview && activeTab.label.endsWith(name),
    )
  )
}
