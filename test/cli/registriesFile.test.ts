import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { person, type Person } from '../support/commandLine.ts'
import { localRegistry } from '../support/localRegistry.ts'
import { writeChart } from '../support/sampleChart.ts'

describe('registries.json', () => {
  it('chooses the format of charts for a host, and --format wins over it', async () => {
    const { chartroom } = await personWith({ 'a.example.com': { manifestFormat: 'modern' } })

    expect(await formatOf(chartroom, 'a.example.com/x/mychart:1')).toBe('modern')
    expect(await formatOf(chartroom, 'b.example.com/x/mychart:1')).toBe('legacy')
    expect(await formatOf(chartroom, 'a.example.com/x/mychart:1', '--format', 'legacy')).toBe('legacy')
  })

  it('says how to speak to a host, and flags win over it', async () => {
    const { host } = await localRegistry()
    const { chartroom } = await personWith({ [host]: { plainHttp: false } })
    await chartroom(['chart', 'save', 'mychart', `${host}/x/mychart:1`])

    const overTls = await chartroom(['chart', 'push', `${host}/x/mychart:1`])
    const plain = await chartroom(['chart', 'push', `${host}/x/mychart:1`, '--plain-http'])

    expect([overTls.exit, plain.exit]).toEqual([8, 0])
  })

  it('is named and passed over where it is damaged', async () => {
    const someone = await personWith({})
    const path = await writeSettings(someone, '{ "a.io": ')

    const { stderr, exit } = await someone.chartroom(['chart', 'save', 'mychart', 'a.io/x/mychart:1'])

    expect(stderr).toMatch(`WARNING: ${path} is passed over: it is not valid JSON`)
    expect(exit).toBe(0)
  })
})

async function personWith(settings: unknown): Promise<Person> {
  const someone = await person()
  await writeChart(someone.work)
  await writeSettings(someone, JSON.stringify(settings))
  return someone
}

async function writeSettings({ home }: Person, text: string): Promise<string> {
  const path = join(home, '.config', 'chartroom', 'registries.json')
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
  return path
}

async function formatOf(chartroom: Person['chartroom'], ...args: readonly string[]): Promise<unknown> {
  const { stdout } = await chartroom(['chart', 'save', 'mychart', ...args, '-o', 'json'])
  return (JSON.parse(stdout) as { format: string }).format
}
