import { afterAll, onTestFinished, TestRunner } from 'vitest'
import { concludeSearch } from './planted/search.ts'

const forFile: (() => Promise<void>)[] = []

// Support modules are imported while a test file is collected, so this belongs to the file that imports them.
afterAll(async () => {
  try {
    for (const work of forFile.splice(0).reverse()) await work()
  } finally {
    concludeSearch()
  }
})

/** Does the work after the running test or, where it is asked for outside of one, after the last test of the file. */
export function cleanUp(work: () => Promise<void>): void {
  if (TestRunner.getCurrentTest() === undefined) forFile.push(work)
  else onTestFinished(work)
}
