import { openChart, type ChartCache, type Logger, type OpenedChart } from '../../core/index.ts'

/** How many charts are remembered; each costs no more than its list of files. */
const capacity = 16

interface Entry {
  readonly manifestDigest: string
  readonly opened: Promise<OpenedChart>
}

/**
 * Charts of the cache that were opened lately, so that looking at ten files of a chart reads its list of files once. A
 * chart that has changed in the cache is opened anew.
 */
export class OpenCharts {
  readonly #cache: () => ChartCache
  readonly #log: Logger
  readonly #entries = new Map<string, Entry>()

  constructor(cache: () => ChartCache, log: Logger) {
    this.#cache = cache
    this.#log = log
  }

  /** @throws ChartroomError `not-found`, or what is wrong with the chart */
  async open(reference: string): Promise<OpenedChart> {
    const cache = this.#cache()
    const chart = await cache.find(reference, { log: this.#log })
    const digest = chart?.problem === undefined ? chart?.manifestDigest : undefined
    if (digest === undefined) return await openChart(cache, reference, { log: this.#log })
    const key = `${cache.root}\n${reference}`
    const known = this.#entries.get(key)
    if (known?.manifestDigest === digest) return await known.opened
    const opened = openChart(cache, reference, { log: this.#log })
    const entry: Entry = { manifestDigest: digest, opened }
    this.#remember(key, entry)
    try {
      return await opened
    } catch (error) {
      if (this.#entries.get(key) === entry) this.#entries.delete(key)
      throw error
    }
  }

  #remember(key: string, entry: Entry): void {
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    const [oldest] = this.#entries.keys()
    if (this.#entries.size > capacity && oldest !== undefined) this.#entries.delete(oldest)
  }
}
