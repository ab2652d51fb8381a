import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ChartCache, saveChart } from '../../src/core/index.ts'
import { printable } from '../../src/core/base/errors.ts'
import { writeChart } from '../support/sampleChart.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { treeOf } from '../support/tree.ts'

const hex = '1b'.repeat(32)
const sound = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: `sha256:${hex}`, size: 1 }

/** Entries of an index that somebody wrote by hand. */
const entries: readonly (readonly [name: string, entry: object])[] = [
  ...[
    'sha256:../../outside',
    `sha256:../../../${'../'.repeat(20)}etc/passwd`,
    'sha256:/etc/passwd',
    '../../outside',
    `sha512:${hex}`,
    `md5:${hex.slice(32)}`,
    `sha256:${hex.toUpperCase()}`,
    `sha256:${hex}/../x`,
    `sha256:${hex}\0`,
    '',
    7,
    null,
    { toString: 'x' },
  ].map((digest, number) => [`a/digest${number}:1`, { ...sound, digest }] as const),
  ...[-1, 1.5, 1e308, '5', null].map((size, number) => [`a/size${number}:1`, { ...sound, size }] as const),
  ...[
    '\u001b[31mred:1',
    'a\u202egnp:1',
    'a\nb:1',
    '../../../x:1',
    'a\0b:1',
    '-rf',
    `${'x'.repeat(1024 * 1024)}:1`,
    '__proto__',
  ].map((name) => [name, sound] as const),
]

describe('an index with hostile entries', () => {
  it('is listed, each of them as what is wrong with it, and the sound chart with them', async () => {
    const { cache, before, directory } = await cacheWith(entries.map(([name, entry]) => named(name, entry)))

    const listed = await cache.list()

    const problems = listed.filter((chart) => 'problem' in chart)
    console.log(`${problems.length} of ${entries.length} hostile entries of an index told apart`)
    expect(problems.map(({ reference }) => reference).sort()).toEqual(entries.map(([name]) => name).sort())
    for (const { problem } of problems) expect(problem?.message).toBe(printable(problem?.message ?? ''))
    expect(listed.filter((chart) => !('problem' in chart)).map(({ reference }) => reference)).toEqual([
      reference,
    ])
    expect(await treeOf(join(directory, 'outside'))).toEqual(before)
  })

  it('is rid of them one by one, each by its name', async () => {
    const { cache } = await cacheWith(entries.map(([name, entry]) => named(name, entry)))

    for (const [name] of entries) await cache.remove(name)

    expect((await cache.list()).map((chart) => chart.reference)).toEqual([reference])
  })
})

const reference = 'localhost:5000/sound/chart:1.0.0'

function named(name: string, entry: object): object {
  return { ...entry, annotations: { 'org.opencontainers.image.ref.name': name } }
}

/** A cache with a sound chart, and beside it a folder that is none of its business. */
async function cacheWith(
  more: readonly object[],
): Promise<{ cache: ChartCache; directory: string; before: Record<string, string> }> {
  const directory = await temporaryDirectory()
  const cache = new ChartCache(join(directory, 'cache'))
  await saveChart(cache, await writeChart(directory), reference)
  const [chart] = await cache.list()
  const digest = chart?.manifestDigest ?? ''
  const manifest = { ...sound, digest, size: (await cache.resolve(reference)).bytes.length }
  await mkdir(join(directory, 'outside'))
  await writeFile(join(directory, 'outside', 'secret'), 'secret')
  await writeFile(
    join(cache.root, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [named(reference, manifest), ...more] }),
  )
  return { cache: new ChartCache(cache.root), directory, before: await treeOf(join(directory, 'outside')) }
}
