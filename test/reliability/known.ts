import { cp, rm } from 'node:fs/promises'
import { temporaryDirectory } from '../support/temporary.ts'
import type { Scenario } from './scenarios.ts'
import { runWorker } from './workers.ts'

/** A scenario of which it is known how it begins and how it ends. */
export interface Known {
  readonly scenario: Scenario
  /** The place before the change, and after it. */
  readonly old: string
  readonly changed: string
  /** How many times the disk is changed. */
  readonly steps: number
}

/** Does a scenario once to its end. */
export async function learn(scenario: Scenario): Promise<Known> {
  const old = await temporaryDirectory()
  await scenario.prepare(old)
  const changed = await copyOf(old)
  const { steps } = await runWorker(scenario.change(changed))
  return { scenario, old, changed, steps }
}

/**
 * What is wrong in a place where the change may have been cut short, at once and after somebody else has worked there. The
 * place is removed.
 */
export async function problemsIn(
  { scenario, old, changed }: Known,
  place: string,
  isAcknowledged: boolean,
): Promise<string[]> {
  const allowed = isAcknowledged ? [changed] : [old, changed]
  const problems = await scenario.violations(place, allowed, false)
  try {
    await scenario.next(place)
  } catch (error) {
    problems.push(`what comes next fails: ${String(error)}`)
  }
  problems.push(
    ...(await scenario.violations(place, allowed, true)),
    ...(await scenario.leftovers(place)).map((path) => `left behind: ${path}`),
  )
  await rm(place, { recursive: true })
  return problems
}

export async function copyOf(place: string): Promise<string> {
  const copy = await temporaryDirectory()
  await cp(place, copy, { recursive: true })
  return copy
}
