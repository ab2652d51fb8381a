import { afterAll, onTestFinished, TestRunner } from 'vitest'

const forFile: (() => Promise<void>)[] = []

// Support modules are imported while a test file is collected, so this belongs to the file that imports them.
afterAll(async () => {
  for (const work of forFile.splice(0).reverse()) await work()
})

/** Does the work after the running test or, where it is asked for outside of one, after the last test of the file. */
export function cleanUp(work: () => Promise<void>): void {
  if (TestRunner.getCurrentTest() === undefined) forFile.push(work)
  else onTestFinished(work)
}
