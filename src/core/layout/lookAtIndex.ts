import { hash } from 'node:crypto'
import { namedEntries, refNameAnnotation, type IndexEntry, type IndexFile } from './indexFile.ts'
import { withRecord, type Change, type JournalEntry, type JournalState } from './journalFile.ts'

/** What a look at an index finds, compared with what a journal tells. */
export interface Look {
  /** What the journal should tell from now on. */
  readonly state: JournalState & { readonly seen: number }
  /** What Chartroom added and what is gone without anybody having meant that. */
  readonly vanished: readonly JournalEntry[]
  /** Names that Chartroom added and that somebody removed on purpose, or replaced. */
  readonly letGo: readonly string[]
  /** Whether the change that was announced last has taken place, where nobody had noted it. */
  readonly isDone: boolean
  /** Whether the journal does not tell all this yet. */
  readonly isNews: boolean
}

/** Milliseconds for which another program may still hold an index that it read before an entry was added. */
const clobberingFor = 10 * 60 * 1000

/**
 * Compares an index with what Chartroom did to it, and tells what vanished by accident from what was removed on purpose.
 *
 * Helm reads the index when a command begins and writes it whole when it ends, so what Chartroom added meanwhile is gone.
 * `helm chart remove` looks different: one entry is gone and nothing else has changed. To see that, it takes the index as
 * it was at the last look, whoever looked, a window or a command line. The journal keeps one number of it, `printOf`: a sum
 * over all entries, whatever their order, so that the difference of two sums is the print of an entry exactly where
 * that entry is the difference of the two indexes. This costs one hash an entry however many have vanished, and a line
 * of the journal does not grow with the index.
 *
 * Every look at a changed index is noted, so a removal is recognised on its own although other changes follow it, and what
 * is found once stays so. Where looks are rare or cannot be noted, several changes look like one and more is offered than
 * need be; never less.
 *
 * What Chartroom added shortly before the index was last written may as well have been dropped by a command that began
 * before, so a single deletion of a young entry proves nothing. Nor does it when an entry is back that was
 * replaced a short while ago.
 *
 * @param modified when the index file was last written, in milliseconds since 1970; `undefined` where there is no file
 */
export function lookAtIndex(state: JournalState, index: IndexFile, modified: number | undefined): Look {
  const { pending } = state
  const named = namedEntries(index)
  const seen = printOf(index.entries)
  // An index that is what it was before the announcement may well have a part of what was announced.
  const isUntouched = pending !== undefined && seen === state.seen && seen !== pending.leaves
  const isDone = pending !== undefined && !isUntouched && hasTakenPlace(pending, named)
  const before = isDone ? withRecord(state, { done: true }) : state
  const isOld = ({ time }: JournalEntry): boolean =>
    modified !== undefined && modified - Date.parse(time) > clobberingFor
  const isSingle = (ours: JournalEntry): boolean =>
    before.seen !== undefined && differenceOf(before.seen, seen) === printOf([ours.entry]) && isOld(ours)
  // What Chartroom replaced stands there again, as a command writes it that read the index before.
  const isReverted = (now: IndexEntry): boolean =>
    before.removed.some(
      (replaced) =>
        replaced.entry.name === now.name && digestOf(replaced.entry) === digestOf(now) && !isOld(replaced),
    )
  const vanished: JournalEntry[] = []
  const letGo: string[] = []
  for (const ours of before.ours.values()) {
    const now = named.get(ours.entry.name)
    if (now === undefined) {
      if (isSingle(ours)) letGo.push(ours.entry.name)
      else vanished.push(ours)
    } else if (digestOf(now) !== digestOf(ours.entry)) {
      // Nobody but Chartroom replaces an entry that Helm 3.0-3.6 does not see: one that it sees was put beside it.
      const isCovered = isHidden(ours.entry) && !isHidden(now)
      if (isCovered || isReverted(now)) vanished.push(ours)
      else letGo.push(ours.entry.name)
    }
  }
  const isNews = seen !== state.seen || letGo.length > 0 || pending !== undefined
  return {
    state: { ...withRecord(before, { forgotten: letGo }), seen },
    vanished,
    letGo,
    isDone,
    isNews,
  }
}

/** A number that tells one set of entries from another. Their order and what else is said of them do not matter. */
export function printOf(entries: readonly IndexEntry[]): number {
  return entries.reduce((sum, entry) => sumOf(sum, printOfOne(entry)), 0)
}

/** Prints are counted in a circle, so that they stay whole numbers however many there are. */
const circle = 2 ** 48

/** The print of two sets together. */
export function sumOf(print: number, other: number): number {
  return (print + other) % circle
}

/** The print of a set without a part of it. */
export function differenceOf(print: number, part: number): number {
  return (print + circle - part) % circle
}

/** Name and digest, because other programs drop fields that they do not know. */
function printOfOne(entry: IndexEntry): number {
  return parseInt(hash('sha256', `${entry.name ?? ''}\n${digestOf(entry) ?? ''}`).slice(0, 12), 16)
}

/** The rename that made the index is one step, so a part of a change proves the whole of it. */
function hasTakenPlace({ added, removed }: Change, named: ReadonlyMap<string, IndexEntry>): boolean {
  return added.length > 0
    ? added.some(({ entry }) => digestOf(named.get(entry.name)) === digestOf(entry))
    : removed.some(({ entry }) => !named.has(entry.name))
}

function digestOf(entry: IndexEntry | undefined): string | undefined {
  return entry?.descriptor?.digest
}

function isHidden({ annotation }: IndexEntry): boolean {
  return annotation !== refNameAnnotation
}
