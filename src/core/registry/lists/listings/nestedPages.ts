import { ChartroomError, kindOf, type ErrorKind } from '../../../base/errors.ts'
import type { OperationOptions } from '../../../base/progress.ts'
import { maxItems } from '../listPages.ts'
import { restOf, type Pages } from '../pages.ts'

/** How many lists without a name in them one page goes through. */
const mostEmpty = 8

/**
 * Lists one after the other, for each name of a list above them: the repositories of every project. Together they may be no
 * longer than one list.
 */
export class NestedPages implements Pages {
  readonly #what: string
  readonly #outer: Pages
  readonly #inner: (name: string) => Pages
  /** The last one first: taking the first of very many copies the others each time. */
  #waiting: string[] = []
  #current: Pages | undefined
  /** How many names there were, and pages that may have been without one. */
  #length = 0

  /** @param what names all the lists together in the error of one that does not end */
  constructor(what: string, outer: Pages, inner: (name: string) => Pages) {
    this.#what = what
    this.#outer = outer
    this.#inner = inner
  }

  get hasMore(): boolean {
    return this.#current !== undefined || this.#waiting.length > 0 || this.#outer.hasMore
  }

  async read(options: OperationOptions = {}): Promise<readonly string[]> {
    for (let asked = 0; asked < mostEmpty; asked++) {
      const current = await this.#proceed(options)
      if (current === undefined) return []
      if (this.#length >= maxItems) throw endless(this.#what)
      const names = await readWhatIsThere(current, options)
      if (!current.hasMore || names === undefined) this.#current = undefined
      this.#length += 1 + (names?.length ?? 0)
      if (names !== undefined && names.length > 0) return names
    }
    return []
  }

  [Symbol.asyncIterator](): AsyncGenerator<readonly string[]> {
    return restOf(this)
  }

  /** The list that is being read, or the next one; `undefined` after the last. */
  async #proceed(options: OperationOptions): Promise<Pages | undefined> {
    if (this.#current !== undefined) return this.#current
    while (this.#waiting.length === 0 && this.#outer.hasMore) {
      this.#waiting = (await this.#outer.read(options)).toReversed()
    }
    const next = this.#waiting.pop()
    this.#current = next === undefined ? undefined : this.#inner(next)
    return this.#current
  }
}

function endless(what: string): ChartroomError {
  return new ChartroomError('too-large', {
    message: `${what} has more than ${maxItems} entries or pages.`,
    expected: maxItems,
  })
}

/** A list that is known. */
export function knownPage(names: readonly string[]): Pages {
  let hasMore = names.length > 0
  return {
    get hasMore() {
      return hasMore
    },
    read: async () => {
      const page = hasMore ? names : []
      hasMore = false
      return await Promise.resolve(page)
    },
    [Symbol.asyncIterator]() {
      return restOf(this)
    },
  }
}

/** A list that is not there, or not for us, does not end the others. */
async function readWhatIsThere(
  pages: Pages,
  options: OperationOptions,
): Promise<readonly string[] | undefined> {
  try {
    return await pages.read(options)
  } catch (error) {
    const kind = kindOf(error)
    if (kind === undefined || !notThere.has(kind)) throw error
    return undefined
  }
}

const notThere: ReadonlySet<ErrorKind> = new Set(['not-found', 'forbidden'])
