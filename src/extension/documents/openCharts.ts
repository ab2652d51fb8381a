import { stat } from 'node:fs/promises'
import {
  kindOf,
  lookUpTag,
  messageOf,
  openArchive,
  openChart,
  openRemoteChart,
  type ChartCache,
  type ChartOptions,
  type Limits,
  type Logger,
  type OpenedChart,
  type Registries,
} from '../../core/index.ts'
import type { ChartLocation } from './chartAddress.ts'

/** How many charts are remembered; each costs its list of files, and at most the few MiB of a small remote layer. */
const capacity = 16

/** Milliseconds for which the answer of a registry counts: opening a file asks for it several times. */
const moment = 10_000

export interface OpenChartsParts {
  readonly cache: () => ChartCache
  readonly registries: Registries
  readonly log: Logger
  readonly limits: () => Limits
  /** Milliseconds since 1970. */
  readonly now?: () => number
}

interface Entry {
  readonly opened: Promise<OpenedChart>
  /** What a chart on this machine was when it was opened: another stamp is another chart. */
  readonly stamp: string | undefined
  /** Whether a remote chart was still what its name stands for, when it was asked last. */
  isCurrent: Promise<boolean>
  /** Milliseconds since 1970. */
  askedAt: number
}

/**
 * Charts that were opened lately, so that looking at ten files of a chart reads its list of files, or fetches it, once.
 * A chart that has changed since is opened anew. Nothing is saved.
 */
export class OpenCharts {
  readonly #cache: () => ChartCache
  readonly #registries: Registries
  readonly #log: Logger
  readonly #limits: () => Limits
  readonly #now: () => number
  readonly #entries = new Map<string, Entry>()

  constructor({ cache, registries, log, limits, now = Date.now }: OpenChartsParts) {
    this.#cache = cache
    this.#registries = registries
    this.#log = log
    this.#limits = limits
    this.#now = now
  }

  /**
   * @param options `isAnew`: whether a registry is asked although it was asked a moment ago
   * @throws ChartroomError `not-found`; what is wrong with the chart, its reference or its file; or why its registry
   *   gives none
   */
  async open(
    location: ChartLocation,
    { isAnew = false, ...options }: ChartOptions & { readonly isAnew?: boolean } = {},
  ): Promise<OpenedChart> {
    const key = this.#keyOf(location)
    const stamp = await this.#stampOf(location)
    const known = this.#entries.get(key)
    if (isAnew && known !== undefined) known.askedAt = Number.NEGATIVE_INFINITY
    const isCurrent = known !== undefined && (await this.#isCurrent(location, known, stamp))
    const now = this.#entries.get(key)
    // Whoever asked at the same time may have opened it anew already.
    const isOpen = now !== undefined && (isCurrent || now !== known)
    const entry = isOpen ? now : this.#entryFor(location, stamp, options)
    this.#remember(key, entry)
    try {
      return await entry.opened
    } catch (error) {
      if (this.#entries.get(key) === entry) this.#entries.delete(key)
      // It was opened for somebody else, who no longer wants it.
      if (kindOf(error) === 'cancelled' && isOpen && options.signal?.aborted !== true) {
        return await this.open(location, options)
      }
      throw error
    }
  }

  async #openNow({ place, reference }: ChartLocation, given: ChartOptions): Promise<OpenedChart> {
    const options = { log: this.#log, limits: this.#limits(), ...given }
    switch (place) {
      case 'cache':
        return await openChart(this.#cache(), reference, options)
      case 'registry':
        return await openRemoteChart(this.#registries, reference, options)
      case 'archive':
        return await openArchive(reference, options)
    }
  }

  #entryFor(location: ChartLocation, stamp: string | undefined, options: ChartOptions): Entry {
    const isCurrent = Promise.resolve(true)
    return { opened: this.#openNow(location, options), stamp, isCurrent, askedAt: this.#now() }
  }

  /** What a chart on this machine is now; `undefined` where that cannot be said, so that opening it says why. */
  async #stampOf({ place, reference }: ChartLocation): Promise<string | undefined> {
    switch (place) {
      case 'cache': {
        const chart = await this.#cache().find(reference, { log: this.#log })
        return chart?.problem === undefined ? chart?.manifestDigest : undefined
      }
      case 'registry':
        return undefined
      case 'archive':
        return await stat(reference).then(
          ({ size, mtimeMs, ino }) => `${ino} ${size} ${mtimeMs}`,
          () => undefined,
        )
    }
  }

  /** A registry is asked once a moment, with one request. */
  async #isCurrent(
    { place, reference }: ChartLocation,
    entry: Entry,
    stamp: string | undefined,
  ): Promise<boolean> {
    if (place !== 'registry') return stamp !== undefined && entry.stamp === stamp
    if (this.#now() - entry.askedAt >= moment) {
      entry.askedAt = this.#now()
      entry.isCurrent = this.#isSameAtRegistry(reference, entry)
    }
    return await entry.isCurrent
  }

  async #isSameAtRegistry(reference: string, { opened }: Entry): Promise<boolean> {
    const { chart } = await opened
    try {
      const found = await lookUpTag(this.#registries, reference, { log: this.#log })
      return found.kind === 'taken' && found.digest !== undefined && found.digest === chart.manifestDigest
    } catch (error) {
      // What was verified once stays readable while the registry is away.
      this.#log.warn(`${reference} is shown as it was before: ${messageOf(error)}`)
      return true
    }
  }

  #keyOf({ place, reference }: ChartLocation): string {
    return place === 'cache' ? `cache ${this.#cache().root}\n${reference}` : `${place} ${reference}`
  }

  /** Keeps what was used last, and lets go of what was not used for longest. */
  #remember(key: string, entry: Entry): void {
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    const [oldest] = this.#entries.keys()
    if (this.#entries.size > capacity && oldest !== undefined) this.#entries.delete(oldest)
  }
}
