import { printable } from '../../base/errors.ts'
import type { Logger } from '../../base/logger.ts'
import type { HttpResponse } from './transport.ts'

/** Bytes of all texts of one answer that are listened to. */
const longest = 4096

/** How many texts a registry may have; one that has more of them fills the log and says nothing. */
const most = 100

/** What a registry wants its users to know; each text is told once and never acted upon. */
export class Notices {
  readonly #told = new Set<string>()
  readonly #clean: (text: string) => string

  /** @param clean takes secrets out of a text: a registry can repeat what it was sent */
  constructor(clean: (text: string) => string) {
    this.#clean = clean
  }

  /**
   * Tells what an answer has in its `Warning` headers.
   * @param host to begin the sentence with
   * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#warnings
   */
  heed({ headers }: Pick<HttpResponse, 'headers'>, host: string, log: Logger | undefined): void {
    let length = 0
    for (const value of log === undefined ? [] : (headers.get('warning') ?? [])) {
      for (const text of textsIn(value)) {
        length += Buffer.byteLength(text)
        if (length > longest || this.#told.size >= most || this.#told.has(text)) continue
        this.#told.add(text)
        log?.warn(`${host} says: ${this.#clean(text)}`)
      }
    }
  }
}

/** `299 - "text"`, several of which may have been joined with commas. */
function textsIn(value: string): string[] {
  return [...value.matchAll(/(?:^|,)\s*299 - "((?:[^"\\]|\\.)*)"/g)]
    .map(([, text = '']) => printable(text.replace(/\\(.)/g, '$1')).trim())
    .filter((text) => text !== '')
}
