import { kindOf, type ErrorKind } from '../../../errors.ts'
import type { OperationOptions } from '../../../progress.ts'
import { restOf, type Pages } from '../pages.ts'

/** How many lists without a name in them one page goes through. */
const mostEmpty = 8

/** Lists one after the other, for each name of a list above them: the repositories of every project. */
export class NestedPages implements Pages {
  readonly #outer: Pages
  readonly #inner: (name: string) => Pages
  #waiting: readonly string[] = []
  #current: Pages | undefined

  constructor(outer: Pages, inner: (name: string) => Pages) {
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
      const names = await readWhatIsThere(current, options)
      if (!current.hasMore || names === undefined) this.#current = undefined
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
    while (this.#waiting.length === 0 && this.#outer.hasMore) this.#waiting = await this.#outer.read(options)
    const [next, ...others] = this.#waiting
    this.#waiting = others
    this.#current = next === undefined ? undefined : this.#inner(next)
    return this.#current
  }
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
