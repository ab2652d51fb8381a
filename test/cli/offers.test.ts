import { rm } from 'node:fs/promises'
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

  it('says what cannot be put back, and lets it go', async () => {
    const { chartroom, cache } = await someone('a:1.0.0')
    const pull = await HelmCommand.begin(cache)
    await chartroom(['chart', 'save', 'other', 'b:1.0.0'])
    const [, saved] = JSON.parse((await chartroom(['chart', 'list', '-o', 'json'])).stdout) as {
      digest: string
    }[]
    await pull.end()
    await rm(join(cache, 'blobs', 'sha256', saved?.digest.replace('sha256:', '') ?? ''))

    const why = `The chart layer of b:1.0.0 is missing from the cache (${saved?.digest ?? ''}).`
    const [list, told, restored, forgotten, none] = [
      await chartroom(['chart', 'list']),
      await chartroom(['chart', 'verify']),
      await chartroom(['chart', 'verify', '--restore']),
      await chartroom(['chart', 'verify', '--forget']),
      await chartroom(['chart', 'verify', '--restore']),
    ]

    expect(list.stderr).toBe(
      'WARNING: b:1.0.0 disappeared when another program rewrote the index, and cannot be put back. "chartroom chart verify" says why, "--forget" with it lets it go.\n',
    )
    expect(told.stdout).toContain(
      `lost: b:1.0.0 disappeared when another program rewrote the index, and cannot be put back. ${why}\n`,
    )
    expect(told.stdout).toContain('\nTo let go what disappeared, run: chartroom chart verify --forget\n')
    expect(restored).toMatchObject({
      exit: 0,
      stdout: '',
      stderr: `WARNING: b:1.0.0 cannot be put back. ${why} "--forget" lets it go.\n`,
    })
    expect(forgotten.stdout).toBe('b:1.0.0: forgotten\n')
    expect(none.stdout).toBe('No chart has disappeared.\n')
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
  for (const name of ['mychart', 'other']) await writeChart(somebody.work, name)
  await somebody.chartroom(['chart', 'save', 'mychart', reference])
  return { ...somebody, cache: join(somebody.cacheHome, 'registry', 'cache') }
}
