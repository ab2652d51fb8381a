import { readFile, mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { unpackArchive } from '../../../src/core/chart/unpackArchive.ts'
import { ChartCache, exportChart, saveChart } from '../../../src/core/index.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { harmlessNames, hostileArchives } from '../chart/hostileArchives.ts'
import { chartYaml, content, tarball } from '../chart/tarball.ts'

const reference = 'localhost:5000/hostile/arc:1.0.0'
let refused = 0

describe('a hostile archive', () => {
  it.each(hostileArchives)(
    'with $what is refused, and nothing of it is written',
    async ({ bytes, kind, problem }) => {
      const directory = await temporaryDirectory()
      const archive = join(directory, 'arc.tgz')
      await writeFile(archive, bytes())
      const cache = new ChartCache(join(directory, 'cache'))

      await expect(saveChart(cache, archive, reference)).rejects.toThrow(
        expect.objectContaining({ kind, message: expect.stringContaining(problem) as string }),
      )

      expect(await readdir(directory)).toEqual(['arc.tgz'])
      refused++
    },
  )

  it.each(hostileArchives)(
    'with $what writes nothing outside where it is unpacked all the same',
    async ({ bytes }) => {
      const directory = await temporaryDirectory()
      await mkdir(join(directory, 'a', 'staging'), { recursive: true })

      await unpackArchive(content(bytes()), join(directory, 'a', 'staging'), 'arc.tgz').catch(() => undefined)

      expect(await readdir(directory)).toEqual(['a'])
      expect(await readdir(join(directory, 'a'))).toEqual(['staging'])
      const inside = await readdir(join(directory, 'a', 'staging'), { recursive: true, withFileTypes: true })
      expect(inside.filter((entry) => !entry.isFile() && !entry.isDirectory())).toEqual([])
    },
  )

  it('of every kind there is', () => {
    console.log(`${refused} of ${hostileArchives.length} hostile archives refused`)
    expect(refused).toBe(hostileArchives.length)
    expect(refused).toBeGreaterThanOrEqual(60)
  })
})

describe('a name that only looks hostile', () => {
  it.each(harmlessNames)('is a name like any other: %s', async (name) => {
    const { cache, directory } = await saved(tarball(chart, { path: `arc/${name}`, content: 'x' }))

    await exportChart(cache, reference, join(directory, 'out'))

    expect(await readFile(join(directory, 'out', 'arc', name), 'utf8')).toBe('x')
    expect((await readdir(directory)).sort()).toEqual(['arc.tgz', 'cache', 'out'])
  })
})

describe('modes and owners in an archive', () => {
  it('are not taken over', async () => {
    const entries = [0o4777, 0o2755, 0o1777, 0o000, 0o777].map((mode) => ({
      path: `arc/${mode}`,
      mode,
      content: 'x',
    }))
    const { cache, directory } = await saved(
      tarball(
        chart,
        { path: 'arc/docs/', type: 'Directory', mode: 0o7777 },
        { path: 'arc/docs/a' },
        ...entries,
      ),
    )

    const { path } = await exportChart(cache, reference, join(directory, 'out'))

    for (const { path: file } of entries) expect(modeOf(await stat(join(path, file.slice(4))))).toBe('644')
    expect(modeOf(await stat(join(path, 'docs')))).toBe('755')
    expect(modeOf(await stat(path))).toBe('755')
  })
})

const chart = { path: 'arc/Chart.yaml', content: chartYaml }

async function saved(tar: Buffer): Promise<{ cache: ChartCache; directory: string }> {
  const directory = await temporaryDirectory()
  await writeFile(join(directory, 'arc.tgz'), gzipSync(tar))
  const cache = new ChartCache(join(directory, 'cache'))
  await saveChart(cache, join(directory, 'arc.tgz'), reference)
  return { cache, directory }
}

function modeOf({ mode }: { mode: number }): string {
  return (mode & 0o7777).toString(8)
}
