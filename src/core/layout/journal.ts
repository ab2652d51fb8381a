import { dirname, join } from 'node:path'
import { ChartroomError } from '../base/errors.ts'
import {
  appendTo,
  factsOf,
  fingerprintOf,
  makeMissingDirectory,
  readSmall,
  replaceFile,
  syncDirectory,
  writeNew,
} from '../base/files.ts'
import { temporaryFile } from '../base/temporaries.ts'
import { maxIndexSize, type IndexEntry, type IndexFile } from './indexFile.ts'
import {
  decodeJournal,
  emptyJournal,
  encodeRecord,
  encodeState,
  journalEntry,
  type Change,
  type JournalEntry,
  type JournalRecord,
  type JournalState,
  withRecord,
} from './journalFile.ts'
import { differenceOf, lookAtIndex, printOf, sumOf, type Look } from './lookAtIndex.ts'

/** Milliseconds for which what Chartroom removed can surely be put back: a prune spares its content for as long. */
const undoableFor = 24 * 60 * 60 * 1000

/** Bytes that a journal may have beside twice its state before it is written anew. */
const slack = 64 * 1024

const maxJournalSize = 4 * maxIndexSize

/**
 * The file `.chartroom/journal` of a layout: what Chartroom added to the index and removed from it. Another program that drops an
 * entry without knowing of it, as Helm does, cannot drop it from here.
 *
 * Lines are appended. A change is announced, on the disk, before the index is renamed, and confirmed afterwards; see
 * `decodeJournal` for what counts. Only who holds the lock of the layout may write. Without the file nothing is known and
 * nothing is missing.
 */
export class Journal {
  readonly #path: string
  readonly #now: () => number
  #known: { readonly file: string; readonly state: JournalState; readonly keptSize: number } | undefined

  /** @param now milliseconds since 1970 */
  constructor(root: string, now: () => number = Date.now) {
    this.#path = join(root, '.chartroom', 'journal')
    this.#now = now
  }

  /**
   * What the journal tells; `undefined` where there is none. Read once for as long as the file stays the same.
   * @throws ChartroomError `store-corrupt` where it is a directory, a pipe or far too large; the file system's own errors
   */
  async read(): Promise<JournalState | undefined> {
    const file = fingerprintOf(await factsOf(this.#path))
    if (file === '' || this.#known?.file !== file) {
      const bytes = await this.#readBytes()
      this.#known = bytes === undefined ? undefined : { file, ...decodeJournal(bytes.toString('utf8')) }
    }
    return this.#known?.state
  }

  async #readBytes(): Promise<Buffer | undefined> {
    try {
      return await readSmall(this.#path, maxJournalSize)
    } catch (error) {
      if (!(error instanceof ChartroomError)) throw error
      throw new ChartroomError('store-corrupt', {
        message: `${this.#path} is not a journal that can be read, so nothing is changed beside it.`,
        advice: 'Move it away: what was on offer is forgotten then, and nothing else.',
        path: this.#path,
        cause: error,
      })
    }
  }

  /** Compares an index with what the journal tells. Writes nothing. */
  async look(index: IndexFile, modified: number | undefined): Promise<Look> {
    return lookAtIndex((await this.read()) ?? emptyJournal, index, modified)
  }

  /** Keeps what a look has found, and which names are to be forgotten. */
  async note(look: Look, forgotten: readonly string[] = []): Promise<void> {
    await this.#append(look, { ...recordOf(look), forgotten: [...look.letGo, ...forgotten] }, false)
  }

  /** Says what is about to be done to the index that was looked at. It is on the disk when this returns. */
  async announce(look: Look, before: IndexFile, after: IndexFile): Promise<void> {
    const time = new Date(this.#now()).toISOString()
    await this.#append(
      look,
      { ...recordOf(look), time, change: changeOf(look.state.seen, before, after, time) },
      true,
    )
  }

  /** Says that what was announced has been done. What a power loss takes of this, the next look finds out. */
  async confirm(): Promise<void> {
    await this.#settle({ done: true })
  }

  /** Says that what was announced has not been done. */
  async withdraw(): Promise<void> {
    await this.#settle({})
  }

  /**
   * Entries whose content must not be swept away although the index may not have them: everything that Chartroom added and
   * that nobody removed on purpose, and what Chartroom removed in the last 24 hours.
   */
  async needed(): Promise<readonly IndexEntry[]> {
    const { ours, removed, pending } = (await this.read()) ?? emptyJournal
    const undoable = this.#undoable([...removed, ...(pending?.removed ?? [])])
    return [...ours.values(), ...(pending?.added ?? []), ...undoable].map(({ entry }) => entry)
  }

  async #append(look: Look, record: JournalRecord, isSynced: boolean): Promise<void> {
    const bytes = encodeRecord(record)
    const facts = await factsOf(this.#path)
    if (facts === undefined) {
      await writeNew(this.#path, [bytes])
      await syncDirectory(dirname(this.#path))
      return
    }
    if (facts.size > 2 * (this.#known?.keptSize ?? 0) + slack) await this.#compact(look)
    await appendTo(this.#path, bytes, isSynced)
    await this.#learn(record)
  }

  async #settle(record: JournalRecord): Promise<void> {
    await appendTo(this.#path, encodeRecord(record), false)
    await this.#learn(record)
  }

  /** Writes anew what the journal tells, without what is over. */
  async #compact({ state }: Look): Promise<void> {
    const kept = encodeState({ ...state, removed: this.#undoable(state.removed) })
    const aside = join(dirname(this.#path), 'tmp')
    await makeMissingDirectory(aside)
    await replaceFile(this.#path, kept, await temporaryFile(aside))
    this.#known = undefined
  }

  /** Takes what was just appended into memory, so that the file need not be read again. */
  async #learn(record: JournalRecord): Promise<void> {
    if (this.#known === undefined) return
    const file = fingerprintOf(await factsOf(this.#path))
    this.#known = { ...this.#known, file, state: withRecord(this.#known.state, record) }
  }

  #undoable(removed: readonly JournalEntry[]): JournalEntry[] {
    return removed.filter(({ time }) => this.#now() - Date.parse(time) < undoableFor)
  }
}

function recordOf({ isDone, state, letGo }: Look): JournalRecord {
  return { ...(isDone ? { done: true } : {}), seen: state.seen, forgotten: letGo }
}

/** What makes one index, of which the print is given, out of another. Entries that an edit did not touch are the same objects. */
function changeOf(seen: number, before: IndexFile, after: IndexFile, time: string): Change {
  const [old, now] = [new Set(before.entries), new Set(after.entries)]
  const added = after.entries.filter((entry) => !old.has(entry))
  const removed = before.entries.filter((entry) => !now.has(entry))
  const journalled = (entries: readonly IndexEntry[]): JournalEntry[] =>
    entries.flatMap(({ raw }) => journalEntry(raw, time) ?? [])
  const leaves = sumOf(differenceOf(seen, printOf(removed)), printOf(added))
  return { added: journalled(added), removed: journalled(removed), leaves }
}
