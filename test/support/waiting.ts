import { errors, type Locator } from 'playwright-core'
import { setTimeout as delay } from 'node:timers/promises'

/** Milliseconds that any one thing in the window may take before the test fails with its name. */
export const patience = 20_000

/** Repeats an attempt until it says that it worked; fails after the usual patience. */
export async function until(attempt: () => Promise<boolean>): Promise<void> {
  if (!(await waitsFor(attempt, patience))) throw new Error(`Tried for ${patience / 1000} s without success.`)
}

export async function waitsFor(attempt: () => Promise<boolean>, milliseconds: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds
  while (!(await attempt())) {
    if (Date.now() > deadline) return false
    await delay(50)
  }
  return true
}

export async function appears(what: Locator, timeout: number): Promise<boolean> {
  return await what.waitFor({ timeout }).then(() => true, ignoreTimeout)
}

export async function disappears(what: Locator, timeout: number): Promise<boolean> {
  return await what.waitFor({ state: 'detached', timeout }).then(() => true, ignoreTimeout)
}

export function ignoreTimeout(error: unknown): false {
  if (error instanceof errors.TimeoutError) return false
  throw error
}

export function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${escape(text)}\\s*$`)
}

export function startsWith(text: string): RegExp {
  return new RegExp(`^${escape(text)}`)
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}
