import type { Cost } from './processes.ts'

/** What is measured, against what it is compared with. */
export interface Comparison {
  readonly what: string
  /** Milliseconds, one a run. */
  readonly ours: readonly number[]
  readonly theirs: readonly number[]
  readonly limit: string
  readonly isWithin: boolean
}

/**
 * Measures two things in turn, so that whatever else the machine does slows down both. Who begins changes with every
 * round.
 */
export async function inTurn<Measure = number>(
  rounds: number,
  ours: () => Promise<Measure>,
  theirs: () => Promise<Measure>,
): Promise<{ ours: Measure[]; theirs: Measure[] }> {
  const measured = { ours: [] as Measure[], theirs: [] as Measure[] }
  for (let round = 0; round < rounds; round += 1) {
    for (const isOurs of round % 2 === 0 ? [true, false] : [false, true]) {
      if (isOurs) measured.ours.push(await ours())
      else measured.theirs.push(await theirs())
    }
  }
  return measured
}

/**
 * Prints what processes took by the clock, which counts, and of all processors, which other work on the machine changes less.
 * @returns whether the ratio by the clock is within the limit
 */
export function reportCosts(
  what: string,
  { ours, theirs }: { readonly ours: readonly Cost[]; readonly theirs: readonly Cost[] },
  limit: number,
): boolean {
  const [mine, other] = [ours, theirs].map((costs) => costs.map(({ elapsed }) => elapsed)) as [
    number[],
    number[],
  ]
  const isWithin = median(mine) / median(other) <= limit
  report({ what, ours: mine, theirs: other, limit: `× ${limit}`, isWithin })
  const [busy, otherBusy] = [ours, theirs].map((costs) =>
    median(costs.map(({ processor }) => processor)),
  ) as [number, number]
  console.log(
    `  processor time ${busy.toFixed(0)} ms against ${otherBusy.toFixed(0)} ms: × ${(busy / otherBusy).toFixed(2)}`,
  )
  return isWithin
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]]
  return (low + high) / 2
}

/** Prints a row of the table: medians, their ratio and difference, the limit, every run. */
export function report({ what, ours, theirs, limit, isWithin }: Comparison): void {
  const [mine, other] = [median(ours), median(theirs)]
  const runs = (numbers: readonly number[]): string => numbers.map((number) => number.toFixed(0)).join(' ')
  console.log(
    [
      `${isWithin ? '✓' : '✗'} ${what}`,
      `  median ${mine.toFixed(1)} ms against ${other.toFixed(1)} ms: × ${(mine / other).toFixed(2)}, ${signed(mine - other)} ms (limit ${limit})`,
      `  runs ${runs(ours)} against ${runs(theirs)}`,
    ].join('\n'),
  )
}

function signed(number: number): string {
  return `${number < 0 ? '−' : '+'}${Math.abs(number).toFixed(1)}`
}
