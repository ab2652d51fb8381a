import { expect, it } from 'vitest'
import { person } from '../support/commandLine.ts'
import { crowdedHost } from '../support/crowdedHost.ts'

it('A host that takes no connection is given up, on every Node, when two tries have had the time to connect and no longer', async () => {
  const host = await crowdedHost()
  const { chartroom } = await person()
  const start = performance.now()

  const { exit, stderr } = await chartroom(['registry', 'list', host, '--plain-http'])

  expect(stderr).toContain(`${host} could not be reached (it did not answer in time).`)
  expect(exit).toBe(7)
  // Answers have three times as long.
  expect(performance.now() - start).toBeLessThan(40_000)
})
