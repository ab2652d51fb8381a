import { bytewise } from '../base/bytewise.ts'
import { requirePart } from './cacheFiles.ts'
import { problemOf, type ChartProblem } from './cacheProblem.ts'
import type { CacheReader } from './cacheReader.ts'
import { inParallel } from '../base/inParallel.ts'
import { entryOf, withEntry } from '../layout/indexFile.ts'
import type { JournalEntry } from '../layout/journalFile.ts'
import type { Layout } from '../layout/layout.ts'
import type { Digest } from '../oci/digest.ts'
import { onlyValueIn } from '../base/outcome.ts'
import type { OperationOptions } from '../base/progress.ts'

/** A chart that Chartroom put into the index and that another program dropped without knowing of it. */
export interface Offer {
  /** The name it had in the index, byte for byte. */
  readonly reference: string
  readonly manifestDigest: Digest
  /** Why it cannot be put back and only be forgotten, where its content is not complete any more. */
  readonly problem?: ChartProblem
  /** When Chartroom put it there, ISO 8601. */
  readonly added: string
}

/** The charts that went from a layout without anybody having meant that. */
export class CacheOffers {
  readonly #layout: Layout
  readonly #reader: CacheReader

  constructor(layout: Layout, reader: CacheReader) {
    this.#layout = layout
    this.#reader = reader
  }

  /** Sorted bytewise by reference. */
  async list(options: OperationOptions): Promise<readonly Offer[]> {
    return await this.among((await this.#layout.look(options)).vanished, options)
  }

  /** The same, where it is known what vanished. */
  async among(vanished: readonly JournalEntry[], options: OperationOptions): Promise<readonly Offer[]> {
    const offers = await inParallel(vanished, 16, async (lost) => await this.#offer(lost, options))
    return bytewise(
      offers.filter((offer) => offer !== undefined),
      ({ reference }) => reference,
    )
  }

  /** @returns what was put back: all that was still on offer when the index was written */
  async restore(offers: readonly Offer[], options: OperationOptions): Promise<readonly Offer[]> {
    const wanted = new Map(offers.map((offer) => [offer.reference, offer]))
    let restored: readonly Offer[] = []
    await this.#layout.change((index, vanished) => {
      const entries = vanished.map(({ entry }) => entry)
      const back = entries.filter(
        ({ name, descriptor }) => wanted.get(name)?.manifestDigest === descriptor?.digest,
      )
      restored = back.flatMap(({ name }) => wanted.get(name) ?? [])
      return back.reduce((changed, { raw }) => withEntry(changed, entryOf(raw)), index)
    }, options)
    return restored
  }

  async forget(offers: readonly Offer[], options: OperationOptions): Promise<void> {
    if (offers.length === 0) return
    await this.#layout.forget(
      offers.map(({ reference }) => reference),
      options,
    )
  }

  async #offer({ entry, time }: JournalEntry, options: OperationOptions): Promise<Offer | undefined> {
    const { name, descriptor } = entry
    // Chartroom adds no such entry, so this is none of its own.
    if (descriptor === undefined) return undefined
    const offer = { reference: name, manifestDigest: descriptor.digest, added: time }
    try {
      const blobs = onlyValueIn(await this.#reader.blobs([[name, entry]], options))
      for (const [place, blob] of blobs.entries()) {
        requirePart(parts[place] ?? 'provenance', name, blob, await this.#layout.factsOf(blob))
      }
      return offer
    } catch (error) {
      options.signal?.throwIfAborted()
      const advice = 'Pull or save it again, or forget it.'
      return { ...offer, problem: { ...problemOf(error, name), advice } }
    }
  }
}

/** What the first blobs of a chart are. */
const parts = ['manifest', 'config', 'chart layer']
