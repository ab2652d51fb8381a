import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { person, type Person } from '../support/commandLine.ts'
import { localRegistry } from '../support/localRegistry.ts'
import { writeChart, type ChartFiles } from '../support/sampleChart.ts'

const chartYaml = '# mine\napiVersion: v2\nname: mychart\nversion: 0.1.0\nappVersion: 1.10\n'
const values = 'replicas: 1\nenabled: yes # as YAML 1.1 says it\n'
const readme = '# My chart\r\n\nHello\u001b[31m red\u202e\n'
const files: ChartFiles = {
  'Chart.yaml': chartYaml,
  'values.yaml': values,
  'ReadMe.md': readme,
  'templates/configmap.yaml': 'kind: ConfigMap\n',
}

describe('chart show', () => {
  it.each([
    ['metadata', chartYaml],
    ['values', values],
    ['readme', readme],
    ['files', 'PATH                    \tSIZE\n'],
  ])('prints the %s as they are', async (part, content) => {
    const { chartroom } = await personWith()

    const { stdout, stderr, exit } = await chartroom(['chart', 'show', part, 'mychart:1'])

    expect(stdout.startsWith(content)).toBe(true)
    expect({ stderr, exit }).toEqual({ stderr: '', exit: 0 })
  })

  it('prints the manifest byte for byte, so that it hashes to its digest', async () => {
    const { chartroom } = await personWith()

    const { stdout } = await chartroom(['chart', 'show', 'manifest', 'mychart:1'])
    const list = await chartroom(['chart', 'list', '-o', 'json'])

    const [{ manifestDigest }] = JSON.parse(list.stdout) as [{ manifestDigest: string }]
    expect(`sha256:${createHash('sha256').update(stdout).digest('hex')}`).toBe(manifestDigest)
  })

  it('prints everything with the line of YAML between', async () => {
    const { chartroom } = await personWith()

    const { stdout } = await chartroom(['chart', 'show', 'all', 'mychart:1'])

    expect(stdout).toBe(`${chartYaml}---\n${values}---\n${readme}`)
  })

  it('takes what would control a terminal out of what is shown on one', async () => {
    const { chartroomOnTerminal } = await personWith()

    const { output } = await chartroomOnTerminal(['chart', 'show', 'readme', 'mychart:1'])

    expect(output).toBe('# My chart\n\nHello[31m red\n')
  })

  it('gives programs data', async () => {
    const { chartroom } = await personWith()
    const json = async (part: string): Promise<unknown> =>
      JSON.parse((await chartroom(['chart', 'show', part, 'mychart:1', '-o', 'json'])).stdout) as unknown

    const metadata = { apiVersion: 'v2', name: 'mychart', version: '0.1.0', appVersion: '1.1' }
    expect(await json('metadata')).toEqual(metadata)
    expect(await json('values')).toEqual({ replicas: 1, enabled: true })
    expect(await json('readme')).toEqual({ path: 'ReadMe.md', content: readme })
    expect(await json('files')).toContainEqual({ path: 'values.yaml', size: values.length })
    expect(await json('manifest')).toMatchObject({ schemaVersion: 2 })
    expect(await json('all')).toMatchObject({
      metadata,
      values: { replicas: 1 },
      readme: { path: 'ReadMe.md' },
      manifest: { schemaVersion: 2 },
    })
    const yaml = await chartroom(['chart', 'show', 'values', 'mychart:1', '-o', 'yaml'])
    expect(yaml.stdout).toBe('replicas: 1\nenabled: true\n')
  })

  it('reads at the registry what the cache does not have, and saves nothing', async () => {
    const { host } = await localRegistry()
    const { chartroom, work } = await person()
    const reference = `${host}/a/mychart:1`
    await writeChart(work, 'mychart', '0.1.0', files)
    await chartroom(['chart', 'save', 'mychart', reference])
    await chartroom(['chart', 'push', reference])
    await chartroom(['chart', 'remove', reference])

    const shown = await chartroom(['chart', 'show', 'values', reference])
    const manifest = await chartroom(['chart', 'show', 'manifest', reference, '-o', 'json'])

    expect(shown.stdout).toBe(values)
    expect(JSON.parse(manifest.stdout)).toMatchObject({ schemaVersion: 2 })
    expect((await chartroom(['chart', 'list', '-o', 'json'])).stdout).toBe('[]\n')
  })

  it('says what a chart does not have', async () => {
    const { chartroom } = await personWith({ 'Chart.yaml': chartYaml })

    const text = await chartroom(['chart', 'show', 'readme', 'mychart:1'])
    const json = await chartroom(['chart', 'show', 'readme', 'mychart:1', '-o', 'json'])

    expect(text.stderr).toMatch(/^mychart:1 has no file README\.md\.\n/)
    expect(JSON.parse(json.stderr)).toMatchObject({ error: { kind: 'not-found', path: 'README.md' } })
    expect([text.exit, json.exit]).toEqual([4, 4])
  })

  it('says which parts there are', async () => {
    const { chartroom } = await person()

    const { stderr, exit } = await chartroom(['chart', 'show', 'value', 'mychart:1'])

    expect(stderr).toBe(
      'PART of "chartroom chart show" is one of metadata, values, readme, files, manifest, referrers, all, not "value".\n' +
        'Did you mean "chartroom chart show values"?\n',
    )
    expect(exit).toBe(2)
  })

  it('says what is neither in the cache nor at a registry', async () => {
    const { chartroom } = await personWith()

    const { stderr, exit } = await chartroom(['chart', 'show', 'values', 'yourchart:1', '-o', 'json'])

    expect(JSON.parse(stderr)).toMatchObject({
      error: { kind: 'not-found', message: 'yourchart:1 is not in the cache.' },
    })
    expect(exit).toBe(4)
  })
})

/** Somebody who has saved a chart as `mychart:1`. */
async function personWith(content: ChartFiles = files): Promise<Person> {
  const someone = await person()
  await writeChart(someone.work, 'mychart', '0.1.0', content)
  expect(await readFile(join(someone.work, 'mychart', 'Chart.yaml'), 'utf8')).toBe(content['Chart.yaml'])
  await someone.chartroom(['chart', 'save', 'mychart', 'mychart:1'])
  return someone
}
