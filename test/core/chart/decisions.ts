import { expect } from 'vitest'

/** Something that Chartroom does unlike Helm. */
export interface Difference {
  /** The chart, the archive or the reference. */
  readonly name: string
  /** What differs; the same word for the same kind of difference. */
  readonly what: string
  readonly detail: string
}

/** A kind of difference that was decided. */
export interface Decision {
  /** Of the decision; where another version of Helm decided, that version. */
  readonly letter: string
  readonly what: string
  readonly why: string
  /** Where it is found and nowhere else, with the details; by default wherever `detail` fits. */
  readonly only?: Readonly<Record<string, readonly string[]>>
  readonly detail?: RegExp
}

/** The differences that no decision covers. */
export function undecided(
  differences: readonly Difference[],
  decisions: readonly Decision[],
): readonly Difference[] {
  return differences.filter((difference) => !decisions.some((decision) => covers(decision, difference)))
}

/** Fails where a decision speaks of something that does not differ, so that the table says what is. */
export function expectAllUsed(decisions: readonly Decision[], differences: readonly Difference[]): void {
  for (const decision of decisions) {
    const found = differences.filter((difference) => covers(decision, difference))
    if (decision.only === undefined) expect(found, decision.why).not.toEqual([])
    else expect(grouped(found), decision.why).toEqual(sorted(decision.only))
  }
}

/** The table of differences, for people. */
export function table(
  title: string,
  decisions: readonly Decision[],
  differences: readonly Difference[],
): string {
  const rows = decisions.map((decision) => {
    const names = [...new Set(differences.filter((found) => covers(decision, found)).map(({ name }) => name))]
    const where = names.length > 6 ? `${names.length} of them` : names.join(', ')
    return `  ${decision.letter}  ${decision.why} (${where})`
  })
  return [title, ...rows].join('\n')
}

function covers({ what, only, detail }: Decision, difference: Difference): boolean {
  if (what !== difference.what) return false
  if (only !== undefined) return only[difference.name]?.includes(difference.detail) === true
  return detail?.test(difference.detail) ?? true
}

function grouped(differences: readonly Difference[]): Record<string, readonly string[]> {
  const details: Record<string, string[]> = {}
  for (const { name, detail } of differences) (details[name] ??= []).push(detail)
  return sorted(details)
}

function sorted(details: Readonly<Record<string, readonly string[]>>): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(details).map(([name, all]) => [name, [...all].sort()]))
}
