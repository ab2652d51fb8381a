import { EventEmitter, l10n, Uri, type Disposable, type TextDocumentContentProvider } from 'vscode'
import { reportScheme } from './schemes.ts'
import { showMarkdown } from './showMarkdown.ts'

/** The read-only page that tells what was found out about the cache, and what was done about it; the latest alone. */
export class CacheReport implements TextDocumentContentProvider, Disposable {
  readonly #changed = new EventEmitter<Uri>()
  readonly onDidChange = this.#changed.event
  #page: string | undefined

  dispose(): void {
    this.#changed.dispose()
  }

  /** The editor may have kept the page open over a reload of the window. */
  provideTextDocumentContent(): string {
    return this.#page ?? `${l10n.t('The cache has not been verified since this window was opened.')}\n`
  }

  /** @param page Markdown, made as `healthPage` and `repairPage` make it */
  async show(page: string): Promise<void> {
    // The name is what the tab shows.
    const uri = Uri.from({ scheme: reportScheme, path: `/${l10n.t('Cache Report')}.md` })
    this.#page = page
    this.#changed.fire(uri)
    await showMarkdown(uri)
  }
}
