import { EventEmitter, l10n, Uri, type Disposable, type TextDocumentContentProvider } from 'vscode'
import { reportScheme } from './schemes.ts'
import { showMarkdown } from './showMarkdown.ts'

/** The read-only pages that tell what was found out: about the cache, about the connection to a registry; of each the latest alone. */
export class Reports implements TextDocumentContentProvider, Disposable {
  readonly #changed = new EventEmitter<Uri>()
  readonly onDidChange = this.#changed.event
  readonly #pages = new Map<string, string>()

  dispose(): void {
    this.#changed.dispose()
  }

  /** The editor may have kept a page open over a reload of the window. */
  provideTextDocumentContent({ path }: Uri): string {
    return this.#pages.get(path) ?? `${l10n.t('Nobody has looked since this window was opened.')}\n`
  }

  /** @param page Markdown, made as `healthPage` and `repairPage` make it */
  async showCache(page: string): Promise<void> {
    await this.#show(l10n.t('Cache Report'), page)
  }

  /** @param page Markdown, made as `diagnosisPage` makes it */
  async showConnection(host: string, page: string): Promise<void> {
    await this.#show(l10n.t('Connection to {0}', host), page)
  }

  /** @param title what the tab shows */
  async #show(title: string, page: string): Promise<void> {
    const uri = Uri.from({ scheme: reportScheme, path: `/${title}.md` })
    this.#pages.set(uri.path, page)
    this.#changed.fire(uri)
    await showMarkdown(uri)
  }
}
