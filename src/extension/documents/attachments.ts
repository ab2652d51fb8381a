import { EventEmitter, workspace, type Disposable, type Uri } from 'vscode'
import {
  listReferrers,
  messageOf,
  parseReference,
  repositoryName,
  type Attachment,
  type Logger,
  type Registries,
} from '../../core/index.ts'
import { LateAnswers } from './lateAnswers.ts'

/** Milliseconds that a page waits for what is attached to its chart; what comes later is added to it. */
const patience = 1000

/** What is attached to remote charts, for the pages that show it. */
export class Attachments implements Disposable {
  readonly #registries: Registries
  readonly #log: Logger
  readonly #answers = new LateAnswers<readonly Attachment[]>(patience)
  readonly #came = new EventEmitter<Uri>()
  /** Something came late for a page, which can ask again now. */
  readonly onDidCome = this.#came.event
  readonly #listening: Disposable

  constructor({ registries, log }: { readonly registries: Registries; readonly log: Logger }) {
    this.#registries = registries
    this.#log = log
    this.#listening = workspace.onDidCloseTextDocument(({ uri }) => {
      this.#answers.forget(uri.toString())
    })
  }

  dispose(): void {
    this.#listening.dispose()
    this.#came.dispose()
  }

  /**
   * What is attached, as far as it is there soon. Never rejects: a page is worth something without.
   * @param manifestDigest of the chart that the page shows, which its tag may not stand for any more
   */
  async soon(page: Uri, reference: string, manifestDigest: string): Promise<readonly Attachment[]> {
    const chart = `${repositoryName(parseReference(reference))}@${manifestDigest}`
    const soon = await this.#answers.soon(
      page.toString(),
      chart,
      async () => await this.#look(chart),
      () => {
        this.#came.fire(page)
      },
    )
    return soon ?? []
  }

  async #look(chart: string): Promise<readonly Attachment[] | undefined> {
    try {
      const attachments = await listReferrers(this.#registries, chart, { log: this.#log })
      return attachments.length === 0 ? undefined : attachments
    } catch (error) {
      this.#log.warn(`What is attached to ${chart} is not known: ${messageOf(error)}`)
      return undefined
    }
  }
}
