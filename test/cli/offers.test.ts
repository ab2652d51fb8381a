import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { person, type Person } from '../support/commandLine.ts'
import { HelmCommand } from '../support/helmLike.ts'
import { writeChart } from '../support/sampleChart.ts'

describe('chart list, where Helm dropped what Chartroom saved meanwhile', () => {
  it('says so in one line on stderr, and goes on', async () => {
    const { chartroom, cache } = await someone('a:1.0.0')
    const pull = await HelmCommand.begin(cache)
    await chartroom(['chart', 'save', 'mychart', 'b:1.0.0'])
    await pull.end()

    const one = await chartroom(['chart', 'list'])

    expect(one.stdout).not.toContain('b:1.0.0')
    expect(one.stderr).toBe(
      'WARNING: b:1.0.0 disappeared when another program rewrote the index. "chartroom chart verify --restore" puts it back, "--forget" lets it go.\n',
    )
    expect(one.exit).toBe(0)
  })

  it('counts them where they are several, in JSON too', async () => {
    const { chartroom, cache } = await someone('a:1.0.0')
    const pull = await HelmCommand.begin(cache)
    for (const name of ['b:1.0.0', 'c:1.0.0']) await chartroom(['chart', 'save', 'mychart', name])
    await pull.end()

    const json = await chartroom(['chart', 'list', '-o', 'json'])

    expect(JSON.parse(json.stdout)).toMatchObject([{ reference: 'a:1.0.0' }])
    expect(JSON.parse(json.stderr)).toEqual({
      warning:
        '2 charts disappeared when another program rewrote the index. "chartroom chart verify --restore" puts them back, "--forget" lets them go.',
    })
  })

  it('says nothing where a chart was removed with Chartroom', async () => {
    const { chartroom } = await someone('a:1.0.0')
    await chartroom(['chart', 'remove', 'a:1.0.0'])

    const { stderr } = await chartroom(['chart', 'list'])

    expect(stderr).toBe('')
  })
})

/** Somebody with one chart in the cache. */
async function someone(reference: string): Promise<Person & { readonly cache: string }> {
  const somebody = await person()
  await writeChart(somebody.work)
  await somebody.chartroom(['chart', 'save', 'mychart', reference])
  return { ...somebody, cache: join(somebody.cacheHome, 'registry', 'cache') }
}
