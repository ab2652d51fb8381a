import { describe, expect, it } from 'vitest'
import { person, type Person } from '../support/commandLine.ts'
import { localRegistry } from '../support/localRegistry.ts'
import { writeChart } from '../support/sampleChart.ts'

const patch = '--- a/values.yaml\n+++ b/values.yaml\n@@ -1 +1 @@\n-replicas: 1\n+replicas: 2\n'

describe('chart diff', () => {
  it('prints a unified diff and ends with 1 where the charts differ', async () => {
    const { chartroom } = await personWithTwo()

    const { stdout, stderr, exit } = await chartroom(['chart', 'diff', 'mychart:1', 'mychart:2'])

    expect({ stdout, stderr, exit }).toEqual({ stdout: patch, stderr: '', exit: 1 })
  })

  it('prints nothing and ends with 0 where they are the same', async () => {
    const { chartroom } = await personWithTwo()

    const { stdout, stderr, exit } = await chartroom(['chart', 'diff', 'mychart:1', 'mychart:1'])

    expect({ stdout, stderr, exit }).toEqual({ stdout: '', stderr: '', exit: 0 })
  })

  it('is an array for programs', async () => {
    const { chartroom } = await personWithTwo()

    const json = await chartroom(['chart', 'diff', 'mychart:1', 'mychart:2', '-o', 'json'])
    const same = await chartroom(['chart', 'diff', 'mychart:1', 'mychart:1', '-o', 'json'])
    const yaml = await chartroom(['chart', 'diff', 'mychart:1', 'mychart:2', '-o', 'yaml'])

    expect(JSON.parse(json.stdout)).toEqual([
      { path: 'values.yaml', change: 'changed', isBinary: false, patch },
    ])
    expect([json.exit, same.stdout, same.exit]).toEqual([1, '[]\n', 0])
    expect(yaml.stdout).toMatch(/^- path: values\.yaml\n {2}change: changed\n/)
  })

  it('compares with a chart at a registry without saving it', async () => {
    const { host } = await localRegistry()
    const { chartroom } = await personWithTwo(`${host}/a/mychart:2`)
    await chartroom(['chart', 'push', `${host}/a/mychart:2`])
    await chartroom(['chart', 'remove', `${host}/a/mychart:2`])

    const { stdout, exit } = await chartroom(['chart', 'diff', 'mychart:1', `${host}/a/mychart:2`])

    expect({ stdout, exit }).toEqual({ stdout: patch, exit: 1 })
    expect((await chartroom(['chart', 'list'])).stdout).not.toContain(host)
  })

  it('fails otherwise than with 1', async () => {
    const { chartroom } = await personWithTwo()

    expect((await chartroom(['chart', 'diff', 'mychart:1', 'mychart:3'])).exit).toBe(4)
    expect((await chartroom(['chart', 'diff', 'mychart:1'])).exit).toBe(2)
  })
})

/** Somebody who has saved a chart as `mychart:1`, and another version of it. */
async function personWithTwo(second = 'mychart:2'): Promise<Person> {
  const someone = await person()
  await writeChart(someone.work)
  await someone.chartroom(['chart', 'save', 'mychart', 'mychart:1'])
  await writeChart(someone.work, 'mychart', '0.1.0', { 'values.yaml': 'replicas: 2\n' })
  await someone.chartroom(['chart', 'save', 'mychart', second])
  return someone
}
