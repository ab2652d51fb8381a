import { sep } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import {
  ChartroomError,
  listCharts,
  listReferences,
  lookAtCache,
  messageOf,
  type ChartCache,
  type Logger,
  type Offer,
} from '../../core/index.ts'
import { logLines } from '../messages.ts'
import type { ListedChart } from './cacheNodes.ts'

/** What was read from the cache, or why it cannot be read. */
export type CacheListing =
  | {
      readonly charts: readonly ListedChart[]
      /** What could come back; none as long as that has not been read. */
      readonly offers: readonly Offer[]
      /** Bytes; missing until the charts have been read. */
      readonly size?: number
    }
  | {
      readonly failure: string
      /** Whether a repair of the cache may help. */
      readonly isDamaged: boolean
    }

export interface CacheReadingParts {
  /** Where the cache lies that counts now. */
  readonly root: () => string
  /** The cache there; asked for with the first charts that are read. */
  readonly cache: () => ChartCache
  readonly log: Logger
  /** Hears every listing, the best known by then. */
  readonly onListing: (listing: CacheListing) => void
  /** Hears that names are there long before the charts, and when the charts are. */
  readonly onLong: (reading: Promise<unknown>) => void
}

/** More charts than these are listed by name before they are read; fewer are read in the time of a blink. */
const many = 100

/** Milliseconds that the rows of a large cache have to be painted in, before reading all of it keeps the host busy. */
const breather = 1000

/**
 * Reads the cache, again and again. At most one read is under way, so a listing is never older than the one before; of
 * a large cache the names come first, and then what somebody looks at.
 */
export class CacheReading {
  readonly #parts: CacheReadingParts
  /** Settles with the first listing. */
  readonly first: Promise<void>
  #tellFirst: () => void = () => undefined
  #listing: CacheListing | undefined
  /** Where the cache lies that the listing is about. */
  #listed: string | undefined
  #wanted = 0
  /** Whether all that wait are content with a quick look. */
  #isQuick = true
  #reading: Promise<void> | undefined

  constructor(parts: CacheReadingParts) {
    this.#parts = parts
    this.first = new Promise((resolve) => {
      this.#tellFirst = resolve
    })
  }

  get listing(): CacheListing | undefined {
    return this.#listing
  }

  /**
   * Reads everything anew. Never rejects: what cannot be read is a listing, too.
   * @param isQuick whether charts that were sound are not looked at again as long as the index says the same about them
   */
  async refresh(isQuick = false): Promise<void> {
    this.#wanted += 1
    this.#isQuick &&= isQuick
    this.#reading ??= this.#readUntilDone().finally(() => {
      this.#reading = undefined
    })
    await this.#reading
  }

  /** Reads some charts before their turn, because somebody looks at them. Never rejects. */
  async readNow(references: readonly string[]): Promise<void> {
    const { log } = this.#parts
    const cache = this.#parts.cache()
    try {
      const charts = await listCharts(cache, { references, log })
      const listing = this.#listing
      if (cache.root !== this.#listed || listing === undefined || 'failure' in listing) return
      // Meanwhile everything has been read.
      if (listing.size !== undefined) return
      const read = new Map<string, ListedChart>(charts.map((chart) => [chart.reference, chart]))
      this.#tell(cache.root, {
        ...listing,
        charts: listing.charts.map((chart) => read.get(chart.reference) ?? chart),
      })
    } catch (error) {
      // Reading everything is under way, and comes to the same.
      log.debug(messageOf(error))
    }
  }

  async #readUntilDone(): Promise<void> {
    let seen: number
    let root: string
    do {
      seen = this.#wanted
      root = this.#parts.root()
      const isLong = root !== this.#listed && (await this.#tellNames(root))
      if (isLong) await delay(breather)
      const cache = this.#parts.cache()
      root = cache.root
      const reading = this.#read(cache)
      if (isLong) this.#parts.onLong(reading)
      this.#tell(root, await reading)
    } while (seen !== this.#wanted || root !== this.#parts.root())
  }

  /** @returns whether there are so many that they have been told by name */
  async #tellNames(root: string): Promise<boolean> {
    try {
      const references = await listReferences({ root }, { log: this.#parts.log })
      if (references.length <= many) return false
      this.#tell(root, {
        charts: references.map((reference) => ({ reference, isUnread: true })),
        offers: [],
      })
      return true
    } catch {
      // Reading everything comes to the same error, and tells it.
      return false
    }
  }

  async #read(cache: ChartCache): Promise<CacheListing> {
    const options = { log: this.#parts.log, isQuick: this.#isQuick }
    this.#isQuick = true
    try {
      return { ...(await lookAtCache(cache, options)), size: await cache.size(options) }
    } catch (error) {
      for (const line of logLines(error)) options.log.warn(line)
      return { failure: besideTitle(messageOf(error), cache.root), isDamaged: isDamaged(error) }
    }
  }

  #tell(root: string, listing: CacheListing): void {
    // Another cache was chosen meanwhile: this answer is nobody's any more.
    if (root !== this.#parts.root()) return
    this.#listing = listing
    this.#listed = root
    this.#parts.onListing(listing)
    this.#tellFirst()
  }
}

/** A failure with what matters first, because little fits beside the title of the view: `index.json is damaged: …` */
function besideTitle(text: string, directory: string): string {
  return text.replace(`${directory}${sep}`, '').replace(/^The index /, '')
}

/** Whether the content of the cache is wrong, and not the place where it lies. */
function isDamaged(error: unknown): boolean {
  if (!(error instanceof ChartroomError) || error.kind !== 'store-corrupt') return false
  const { cause, evidence } = error
  // What the system says is about the place.
  return !(cause instanceof Error && 'code' in cause) && evidence.expected !== 'file'
}
