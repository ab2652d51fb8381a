import { describe, expect, it } from 'vitest'

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

/** What was compared with what both versions of Helm did. */
export interface Compared {
  readonly name: string
  readonly differences: readonly Difference[]
  readonly fromOlder: readonly Difference[]
}

/**
 * Holds everything that was compared to the decisions, and prints both tables.
 *
 * @param what each of them is, for example `chart`
 * @param doing what is done with it, for example `is saved and exported`
 * @param decisions for what Chartroom does unlike Helm 3.6.3
 * @param newer for what changed between Helm 3.2.4 and 3.6.3
 */
export function specifyAsHelm(
  { what, doing }: { readonly what: string; readonly doing: string },
  compared: readonly Compared[],
  decisions: readonly Decision[],
  newer: readonly Decision[],
): void {
  const differences = compared.flatMap((one) => one.differences)
  const fromOlder = compared.flatMap((one) => one.fromOlder)

  describe(`a ${what} ${doing} as by Helm 3.6.3, or as decided`, () => {
    it.each(compared)('$name', ({ differences: own }) => {
      expect(undecided(own, decisions)).toEqual([])
    })

    it('with all that was decided, and nothing else', () => {
      expectAllUsed(decisions, differences)
      const as = compared.filter((one) => undecided(one.differences, decisions).length === 0)
      console.log(
        `${as.length} of ${compared.length}: a ${what} ${doing} so\n${table('Unlike Helm 3.6.3:', decisions, differences)}`,
      )
    })

    it('and as by Helm 3.2.4, but for what changed until 3.6.3', () => {
      expect(undecided(fromOlder, [...decisions, ...newer])).toEqual([])
      expectAllUsed(newer, fromOlder)
      console.log(table('Unlike Helm 3.2.4:', newer, fromOlder))
    })
  })
}

/** The differences that no decision covers. */
function undecided(
  differences: readonly Difference[],
  decisions: readonly Decision[],
): readonly Difference[] {
  return differences.filter((difference) => !decisions.some((decision) => covers(decision, difference)))
}

/** Fails where a decision speaks of something that does not differ, so that the table says what is. */
function expectAllUsed(decisions: readonly Decision[], differences: readonly Difference[]): void {
  for (const decision of decisions) {
    const found = differences.filter((difference) => covers(decision, difference))
    if (decision.only === undefined) expect(found, decision.why).not.toEqual([])
    else expect(grouped(found), decision.why).toEqual(sorted(decision.only))
  }
}

/** The table of differences, for people. */
function table(title: string, decisions: readonly Decision[], differences: readonly Difference[]): string {
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
