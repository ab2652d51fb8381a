import { isObject, jsonObject } from '../base/jsonObject.ts'
import { entryOf, type IndexEntry } from './indexFile.ts'

/** An entry of the index that Chartroom added or removed, as it stood there. */
export interface JournalEntry {
  readonly entry: IndexEntry & Required<Pick<IndexEntry, 'name'>>
  /** When: ISO 8601. */
  readonly time: string
}

/** A change of the index. */
export interface Change {
  readonly added: readonly JournalEntry[]
  readonly removed: readonly JournalEntry[]
  /** What `printOf` makes of the index that the change leaves behind. */
  readonly leaves: number
}

/** What a journal tells. */
export interface JournalState {
  /** What Chartroom added and nobody removed or let go on purpose since, by name. */
  readonly ours: ReadonlyMap<string, JournalEntry>
  /** What Chartroom removed or replaced. */
  readonly removed: readonly JournalEntry[]
  /** What `printOf` made of the index when Chartroom last looked at it. */
  readonly seen?: number
  /** The change that was announced last, where nobody noted what became of it. */
  readonly pending?: Change
}

/** One line of a journal. */
export interface JournalRecord {
  /** ISO 8601; that of `added` and `removed`. */
  readonly time?: string
  /** The change that was announced before has taken place. */
  readonly done?: true
  /** `printOf` the index that was found. */
  readonly seen?: number
  /** Names that are of no interest any more. */
  readonly forgotten?: readonly string[]
  /** A change that is about to be made. */
  readonly change?: Change
}

export const emptyJournal: JournalState = { ours: new Map(), removed: [] }

/**
 * Reads a journal: one JSON document a line. What a crash or a full disk cut off, and whatever else is no record, is passed over.
 *
 * A change counts once it is confirmed (`done`). One that the next line does not confirm never took
 * place: whoever wrote that line held the lock, looked at the index, and would have confirmed it.
 *
 * @returns with it, how many bytes the state had when it was last written as a whole
 */
export function decodeJournal(text: string): { readonly state: JournalState; readonly keptSize: number } {
  const reading = new Reading()
  let keptSize = 0
  for (const line of text.split('\n')) {
    const document = jsonObject(line)
    if (document === undefined) continue
    if (isObject(document['kept'])) {
      reading.keep(document['kept'])
      keptSize = line.length
    } else {
      reading.apply(recordOf(document))
    }
  }
  return { state: reading, keptSize }
}

/** The bytes that append a record. They begin a line of their own, wherever the one before broke off. */
export function encodeRecord({ change, ...record }: JournalRecord): Buffer {
  const rawOf = (entries: readonly JournalEntry[]): unknown[] => entries.map(({ entry }) => entry.raw)
  const { added, removed, leaves } = change ?? {}
  const told = { added: added && rawOf(added), removed: removed && rawOf(removed), leaves }
  return Buffer.from(`\n${JSON.stringify({ ...record, ...told })}`)
}

/** A journal that tells a state and nothing else. A pending change has to be settled before. */
export function encodeState({ ours, removed, seen }: JournalState): Buffer {
  const listed = (entries: Iterable<JournalEntry>): unknown =>
    [...entries].map(({ entry, time }) => ({ time, entry: entry.raw }))
  return Buffer.from(
    JSON.stringify({
      kept: { ours: listed(ours.values()), removed: listed(removed), seen },
    }),
  )
}

/** The state after one more record. */
export function withRecord(state: JournalState, record: JournalRecord): JournalState {
  const reading = new Reading(state)
  reading.apply(record)
  return reading
}

class Reading implements JournalState {
  readonly ours: Map<string, JournalEntry>
  readonly removed: JournalEntry[]
  seen?: number
  pending?: Change

  constructor({ ours, removed, seen, pending } = emptyJournal) {
    this.ours = new Map(ours)
    this.removed = [...removed]
    if (seen !== undefined) this.seen = seen
    if (pending !== undefined) this.pending = pending
  }

  keep(kept: Record<string, unknown>): void {
    this.ours.clear()
    for (const ours of keptEntries(kept['ours'])) this.ours.set(ours.entry.name, ours)
    this.removed.splice(0, Infinity, ...keptEntries(kept['removed']))
    const seen = printIn(kept['seen'])
    if (seen !== undefined) this.seen = seen
    delete this.pending
  }

  apply({ done, seen, forgotten = [], change }: JournalRecord): void {
    if (done && this.pending !== undefined) this.#change(this.pending)
    delete this.pending
    if (seen !== undefined) this.seen = seen
    for (const name of forgotten) this.ours.delete(name)
    if (change !== undefined) this.pending = change
  }

  #change({ added, removed, leaves }: Change): void {
    for (const { entry } of removed) this.ours.delete(entry.name)
    this.removed.push(...removed)
    for (const ours of added) this.ours.set(ours.entry.name, ours)
    this.seen = leaves
  }
}

function recordOf(document: Record<string, unknown>): JournalRecord {
  const { time, done, forgotten } = document
  const [seen, leaves] = [printIn(document['seen']), printIn(document['leaves'])]
  const entriesIn = (value: unknown): JournalEntry[] =>
    listIn(value).flatMap((raw) => journalEntry(raw, time) ?? [])
  return {
    ...(done === true ? { done } : {}),
    ...(seen === undefined ? {} : { seen }),
    forgotten: listIn(forgotten).filter((name) => typeof name === 'string'),
    ...(leaves === undefined
      ? {}
      : {
          change: {
            added: entriesIn(document['added']),
            removed: entriesIn(document['removed']),
            leaves,
          },
        }),
  }
}

function keptEntries(value: unknown): JournalEntry[] {
  return listIn(value).flatMap((item) =>
    isObject(item) ? (journalEntry(item['entry'], item['time']) ?? []) : [],
  )
}

/** `undefined` for what nobody could ask for again: an entry without a name. */
export function journalEntry(raw: unknown, time: unknown): JournalEntry | undefined {
  const entry = entryOf(raw)
  return hasName(entry) && typeof time === 'string' ? { entry, time } : undefined
}

function hasName(entry: IndexEntry): entry is JournalEntry['entry'] {
  return entry.name !== undefined
}

function printIn(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined
}

function listIn(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
