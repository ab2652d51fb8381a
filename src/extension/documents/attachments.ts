import { EventEmitter, type Disposable, type Uri } from 'vscode'
import { listReferrers, messageOf, type Attachment, type Logger, type Registries } from '../../core/index.ts'
import { endsWithin } from '../endsWithin.ts'

/** Milliseconds that a page waits for what is attached to its chart; what comes later is added to it. */
const patience = 1000

/** What is attached to remote charts, for the pages that show it. */
export class Attachments implements Disposable {
  readonly #registries: Registries
  readonly #log: Logger
  readonly #late = new Map<string, readonly Attachment[]>()
  readonly #came = new EventEmitter<Uri>()
  /** Something came late for a page, which can ask again now. */
  readonly onDidCome = this.#came.event

  constructor({ registries, log }: { readonly registries: Registries; readonly log: Logger }) {
    this.#registries = registries
    this.#log = log
  }

  dispose(): void {
    this.#came.dispose()
  }

  /** What is attached, as far as it is there soon. Never rejects: a page is worth something without. */
  async soon(page: Uri, reference: string): Promise<readonly Attachment[]> {
    const key = page.toString()
    const late = this.#late.get(key)
    this.#late.delete(key)
    if (late !== undefined) return late
    const looking = this.#look(reference)
    if (await endsWithin(patience, looking)) return await looking
    void looking.then((attachments) => {
      if (attachments.length === 0) return
      this.#late.set(key, attachments)
      this.#came.fire(page)
    })
    return []
  }

  async #look(reference: string): Promise<readonly Attachment[]> {
    try {
      return await listReferrers(this.#registries, reference, { log: this.#log })
    } catch (error) {
      this.#log.warn(`What is attached to ${reference} is not known: ${messageOf(error)}`)
      return []
    }
  }
}
