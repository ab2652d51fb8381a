import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { person, type Person } from '../support/commandLine.ts'
import { fixture } from '../support/fixtures.ts'
import { localRegistry } from '../support/localRegistry.ts'
import { writeChart } from '../support/sampleChart.ts'

const signed = 'crds-schema-docs-0.1.0.tgz'

describe('chart copy', () => {
  it('gives a saved chart another name, and prints source, destination and digest', async () => {
    const { chartroom } = await personWith()

    const { stdout, stderr, exit } = await chartroom([
      'chart',
      'copy',
      'mychart:1',
      'ghcr.io/acme/mychart:stable',
    ])

    expect(stdout).toMatch(
      /^source: {6}mychart:1\ndestination: ghcr\.io\/acme\/mychart:stable\ndigest: {6}[a-f0-9]{64}\nstable: copied in the cache\n$/,
    )
    expect({ stderr, exit }).toEqual({ stderr: '', exit: 0 })
    expect((await chartroom(['chart', 'list'])).stdout).toMatch(
      /\nghcr\.io\/acme\/mychart:stable.*\nmychart:1/,
    )
  })

  it('copies from registry to registry what the cache does not have', async () => {
    const [from, to] = [await localRegistry(), await localRegistry()]
    const { chartroom } = await personWith(`${from.host}/a/mychart:1`)
    await chartroom(['chart', 'push', `${from.host}/a/mychart:1`])
    await chartroom(['chart', 'remove', `${from.host}/a/mychart:1`])

    const text = await chartroom(['chart', 'copy', `${from.host}/a/mychart:1`, `${to.host}/b/mychart`])
    const json = await chartroom([
      ...['chart', 'copy', `${from.host}/a/mychart:1`, `${to.host}/b/mychart`],
      ...['-o', 'json', '--no-overwrite'],
    ])

    expect(text.stdout).toContain(`\n1: copied to ${to.host}\n`)
    expect(JSON.parse(json.stdout)).toMatchObject({
      reference: `${to.host}/b/mychart:1`,
      source: `${from.host}/a/mychart:1`,
      place: 'registry',
      name: 'mychart',
      format: 'legacy',
      warnings: [],
    })
    expect((await chartroom(['chart', 'list', '-o', 'json'])).stdout).toBe('[]\n')
  })

  it('refuses to replace what is there where it is told so', async () => {
    const { chartroom, work } = await personWith()
    await writeChart(work, 'mychart', '0.2.0')
    await chartroom(['chart', 'save', 'mychart', 'other:1'])

    const { stderr, exit } = await chartroom(['chart', 'copy', 'mychart:1', 'other:1', '--no-overwrite'])

    expect(stderr).toMatch(
      /^other:1 holds another chart in the cache \([a-f0-9]{7}\)\. Nothing was copied\.\nChoose another tag, or leave out --no-overwrite to replace it\.\n$/,
    )
    expect(exit).toBe(14)
  })

  it('converts, and says that a provenance file cannot come along', async () => {
    const { chartroom, work } = await person()
    for (const file of [signed, `${signed}.prov`]) {
      await cp(fixture('modern', 'helm-4.3.1', file), join(work, file))
    }
    await chartroom(['chart', 'save', signed, 'signed:1', '--format', 'modern'])
    const warning =
      'The provenance file cannot travel in this format, so the copy has none. To keep it, copy with --format modern.'

    const { stdout, stderr } = await chartroom([
      ...['chart', 'copy', 'signed:1', 'plain:1', '--format', 'legacy', '-o', 'json'],
    ])

    expect(JSON.parse(stdout)).toMatchObject({ reference: 'plain:1', format: 'legacy', warnings: [warning] })
    expect(JSON.parse(stderr)).toEqual({ warning })
  })

  it('says what it needs', async () => {
    const { chartroom } = await personWith()

    const outcomes = [
      await chartroom(['chart', 'copy', 'mychart:1']),
      await chartroom(['chart', 'copy', 'mychart:1', 'Bad:1']),
      await chartroom(['chart', 'copy', 'none:1', 'other:1', '-o', 'json']),
    ]

    expect(outcomes.map(({ exit }) => exit)).toEqual([2, 13, 4])
    expect(outcomes[0]?.stderr).toMatch(/^"chartroom chart copy" needs TO\.\n/)
    expect(JSON.parse(outcomes[2]?.stderr ?? '')).toMatchObject({ error: { kind: 'not-found' } })
  })
})

async function personWith(reference = 'mychart:1'): Promise<Person> {
  const someone = await person()
  await writeChart(someone.work)
  await someone.chartroom(['chart', 'save', 'mychart', reference])
  return someone
}
