import { diffLines } from './lineDiff.ts'

/** How many equal lines stand around what differs. */
const context = 3

/**
 * The hunks of a unified diff between two texts, each with its `@@` line; empty where they are equal. A line ends with its line
 * feed, so a carriage return is a part of it.
 *
 * @see https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html
 */
export function unifiedDiff(from: string, to: string): string {
  const [old, now] = [linesOf(from), linesOf(to)]
  const { removed, added } = diffLines(old, now)
  return Array.from(together(stretchesOf(removed, added)), (hunk) =>
    [...linesOfHunk(hunk, old, now)].join(''),
  ).join('')
}

function* linesOfHunk(hunk: Hunk, old: readonly string[], now: readonly string[]): Generator<string> {
  const [first, last] = [hunk[0], hunk.at(-1) ?? hunk[0]]
  const before = Math.min(context, first.from)
  const after = Math.min(context, old.length - last.fromEnd)
  const oldRange = range(first.from - before, last.fromEnd + after)
  yield `@@ -${oldRange} +${range(first.to - before, last.toEnd + after)} @@\n`
  let at = first.from - before
  for (const { from, fromEnd, to, toEnd } of hunk) {
    yield* marked(' ', old, at, from)
    yield* marked('-', old, from, fromEnd)
    yield* marked('+', now, to, toEnd)
    at = fromEnd
  }
  yield* marked(' ', old, at, last.fromEnd + after)
}

/** Lines `[from, fromEnd)` of the old text that stand where the new one has `[to, toEnd)`. */
interface Stretch {
  readonly from: number
  readonly fromEnd: number
  readonly to: number
  readonly toEnd: number
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

function* stretchesOf(removed: Uint8Array, added: Uint8Array): Generator<Stretch> {
  for (let from = 0, to = 0; from < removed.length || to < added.length; from += 1, to += 1) {
    let [fromEnd, toEnd] = [from, to]
    while (removed[fromEnd] === 1) fromEnd += 1
    while (added[toEnd] === 1) toEnd += 1
    if (fromEnd > from || toEnd > to) yield { from, fromEnd, to, toEnd }
    from = fromEnd
    to = toEnd
  }
}

type Hunk = [Stretch, ...Stretch[]]

/** Stretches whose surroundings touch are one hunk. */
function* together(stretches: Iterable<Stretch>): Generator<Hunk> {
  let hunk: Hunk | undefined
  for (const stretch of stretches) {
    const end = hunk?.at(-1)?.fromEnd ?? 0
    if (hunk !== undefined && stretch.from - end <= 2 * context) hunk.push(stretch)
    else {
      if (hunk !== undefined) yield hunk
      hunk = [stretch]
    }
  }
  if (hunk !== undefined) yield hunk
}

function* marked(mark: string, lines: readonly string[], from: number, end: number): Generator<string> {
  for (const line of lines.slice(from, end)) {
    yield line.endsWith('\n') ? `${mark}${line}` : `${mark}${line}\n\\ No newline at end of file\n`
  }
}

/** First line, counted from 1, and number of lines; of no lines, the line before. */
function range(from: number, end: number): string {
  const count = end - from
  if (count === 1) return String(from + 1)
  return `${count === 0 ? from : from + 1},${count}`
}
