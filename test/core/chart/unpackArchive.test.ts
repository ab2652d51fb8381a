import { mkdir, readdir, readFile, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packChart } from '../../../src/core/chart/packChart.ts'
import { readDirectory } from '../../../src/core/chart/readDirectory.ts'
import { unpackArchive } from '../../../src/core/chart/unpackArchive.ts'
import { fixture } from '../../support/fixtures.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { chartWith } from './tarball.ts'

async function filesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort()
}

describe('unpacking an archive', () => {
  it.each(['guide-mychart', 'binary-exec', 'subchart-tgz', 'unicode-names', 'long-paths', 'bom'])(
    'gives back what was packed, byte for byte: %s',
    async (name) => {
      const directory = await temporaryDirectory()
      const chart = await readDirectory(fixture('charts', name))

      const unpacked = await unpackArchive(() => packChart(chart), directory, name)

      expect(unpacked).toEqual({ metadata: chart.metadata, files: chart.files.length })
      expect(await filesIn(directory)).toEqual(chart.files.map(({ path }) => path).sort())
      for (const { path } of chart.files) {
        expect(await readFile(join(directory, path)), path).toEqual(
          await readFile(fixture('charts', name, path)),
        )
      }
    },
  )

  it('makes every file plain, whatever the archive says', async () => {
    const directory = await temporaryDirectory()

    await unpackArchive(chartWith({ path: 'arc/tool', mode: 0o4777, content: 'x' }), directory, 'arc.tgz')

    expect((await stat(join(directory, 'tool'))).mode & 0o7133).toBe(0)
  })

  it('writes nothing outside of its directory', async () => {
    const parent = await temporaryDirectory()
    const directory = join(parent, 'staging')
    await mkdir(directory)

    await expect(
      unpackArchive(chartWith({ path: 'arc/../../evil' }), directory, 'arc.tgz'),
    ).rejects.toMatchObject({
      kind: 'archive-unsafe',
    })

    expect(await readdir(parent)).toEqual(['staging'])
  })

  it('replaces no file and follows no link that it finds', async () => {
    const [directory, outside] = [await temporaryDirectory(), await temporaryDirectory()]
    await symlink(join(outside, 'target'), join(directory, 'a'))

    await expect(
      unpackArchive(chartWith({ path: 'arc/a', content: 'x' }), directory, 'arc.tgz'),
    ).rejects.toMatchObject({ code: 'EEXIST' })

    expect(await readdir(outside)).toEqual([])
  })
})
