import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ChartCache, exportChart, saveChart } from '../../../src/core/index.ts'
import { observeSteps } from '../../../src/core/base/files.ts'
import { digestOf } from '../../../src/core/oci/digest.ts'
import { fileSystemError } from '../../support/fileSystemError.ts'
import { writeChart } from '../../support/sampleChart.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { treeOf } from '../../support/tree.ts'

const reference = 'localhost:5000/myrepo/mychart:2.7.0'

describe('exporting a chart', () => {
  it('writes its files, as they were saved, into DESTINATION/NAME', async () => {
    const { cache, chart, out } = await workplace()

    const exported = await exportChart(cache, reference, out)

    expect(exported.path).toBe(join(out, 'mychart'))
    expect(await treeOf(exported.path)).toEqual(await treeOf(chart))
    expect((await stat(join(exported.path, 'values.yaml'))).mode & 0o777).toBe(0o644)
  })

  it('writes it under another name where one is given', async () => {
    const { cache, chart, out } = await workplace()

    const folder = await exportChart(cache, reference, out, { name: 'my-copy' })
    const archive = await exportChart(cache, reference, out, { name: 'copy.tgz', archive: true })

    expect(folder.path).toBe(join(out, 'my-copy'))
    expect(await treeOf(folder.path)).toEqual(await treeOf(chart))
    expect(archive.path).toBe(join(out, 'copy.tgz'))
    expect(await readdir(out)).toEqual(['copy.tgz', 'my-copy'])
  })

  it.each(['', '.', '..', 'a/b', 'a\\b', '../up'])('refuses the name %j, which is a path', async (name) => {
    const { cache, out } = await workplace()

    await expect(exportChart(cache, reference, out, { name })).rejects.toMatchObject({ kind: 'refused' })
  })

  it('makes the destination', async () => {
    const { cache, out } = await workplace()

    expect((await exportChart(cache, reference, join(out, 'a', 'b'))).path).toBe(
      join(out, 'a', 'b', 'mychart'),
    )
  })

  it('fills an empty folder that has the name', async () => {
    const { cache, out } = await workplace()
    await mkdir(join(out, 'mychart'), { recursive: true })

    await exportChart(cache, reference, out)

    expect(await readdir(join(out, 'mychart'))).toContain('Chart.yaml')
  })

  it('leaves a folder with something in it alone', async () => {
    const { cache, out } = await workplace()
    await mkdir(join(out, 'mychart'), { recursive: true })
    await writeFile(join(out, 'mychart', 'mine.txt'), 'mine')

    await expect(exportChart(cache, reference, out)).rejects.toMatchObject({ kind: 'target-exists' })

    expect(await readdir(out)).toEqual(['mychart'])
    expect(await readdir(join(out, 'mychart'))).toEqual(['mine.txt'])
  })

  it('leaves a file that has the name alone', async () => {
    const { cache, out } = await workplace()
    await mkdir(out)
    await writeFile(join(out, 'mychart'), 'mine')

    await expect(exportChart(cache, reference, out)).rejects.toMatchObject({ kind: 'target-exists' })

    expect(await readFile(join(out, 'mychart'), 'utf8')).toBe('mine')
  })

  it('says that a destination is a file', async () => {
    const { cache, out } = await workplace()
    await writeFile(out, 'mine')

    await expect(exportChart(cache, reference, out)).rejects.toMatchObject({ kind: 'target-exists' })
  })

  it('replaces the folder whole when forced', async () => {
    const { cache, chart, out } = await workplace()
    await mkdir(join(out, 'mychart'), { recursive: true })
    await writeFile(join(out, 'mychart', 'stale.txt'), 'old')

    await exportChart(cache, reference, out, { force: true })

    expect(await treeOf(join(out, 'mychart'))).toEqual(await treeOf(chart))
    expect(await readdir(out)).toEqual(['mychart'])
  })

  it('leaves alone what comes to be there while it works', async () => {
    const { cache, out } = await workplace()
    const stop = observeSteps(async (step, path) => {
      if (step !== 'rename' || path !== join(out, 'mychart')) return
      await mkdir(join(out, 'mychart'))
      await writeFile(join(out, 'mychart', 'mine.txt'), 'mine')
    })

    await expect(exportChart(cache, reference, out)).rejects.toMatchObject({ kind: 'target-exists' })

    stop()
    expect(await readdir(out)).toEqual(['mychart'])
    expect(await readdir(join(out, 'mychart'))).toEqual(['mine.txt'])
  })

  it('leaves an archive alone that comes to be there while it works', async () => {
    const { cache, out } = await workplace()
    const stop = observeSteps(async (step, path) => {
      if (step === 'link') await writeFile(path, 'mine')
    })

    await expect(exportChart(cache, reference, out, { archive: true })).rejects.toMatchObject({
      kind: 'target-exists',
    })

    stop()
    expect(await readdir(out)).toEqual(['mychart-0.1.0.tgz'])
    expect(await readFile(join(out, 'mychart-0.1.0.tgz'), 'utf8')).toBe('mine')
  })

  it('takes back the folders that it made where it fails', async () => {
    const { cache, out } = await workplace()
    const stop = observeSteps((step, path) => {
      if (step === 'write' && path.startsWith(out)) throw fileSystemError('ENOSPC', path)
    })

    await expect(exportChart(cache, reference, join(out, 'a', 'b'))).rejects.toMatchObject({
      kind: 'disk-full',
    })

    stop()
    expect(await treeOf(out)).toEqual({})
    await expect(stat(out)).rejects.toThrow('ENOENT')
  })

  it('writes the archive byte for byte when asked for it', async () => {
    const { cache, out } = await workplace()

    const exported = await exportChart(cache, reference, out, { archive: true })

    expect(exported.path).toBe(join(out, 'mychart-0.1.0.tgz'))
    expect(digestOf(await readFile(exported.path))).toBe(exported.digest)
  })

  it('leaves the old folder or the new one, and nothing beside it, wherever a step fails', async () => {
    const { cache, chart, out } = await workplace()
    await mkdir(join(out, 'mychart'), { recursive: true })
    await writeFile(join(out, 'mychart', 'old.txt'), 'old')
    const before = await treeOf(out)
    const after = Object.fromEntries(
      Object.entries(await treeOf(chart)).map(([path, hash]) => [join('mychart', path), hash]),
    )
    let failures = 0
    for (let failAt = 1; ; failAt += 1) {
      let steps = 0
      const stop = observeSteps((step, path) => {
        // Clean-up must be able to remove, or no promise about the rest could be kept.
        if (step === 'remove' || step === 'removeTree' || !path.startsWith(out)) return
        steps += 1
        if (steps === failAt) throw fileSystemError('ENOSPC', path)
      })
      const failed = await exportChart(cache, reference, out, { force: true }).then(
        () => false,
        (error: unknown) => {
          expect(error).toMatchObject({ kind: 'disk-full' })
          return true
        },
      )
      stop()
      if (!failed) break
      failures += 1
      expect([before, after]).toContainEqual(await treeOf(out))
      expect(await readdir(out)).toEqual(['mychart'])
    }
    expect(failures).toBeGreaterThan(10)
    expect(await treeOf(out)).toEqual(after)
  })
})

async function workplace(): Promise<{ cache: ChartCache; chart: string; out: string }> {
  const parent = await temporaryDirectory()
  const cache = new ChartCache(join(parent, 'cache'))
  const chart = await writeChart(join(parent, 'charts'))
  await saveChart(cache, chart, reference)
  return { cache, chart, out: join(parent, 'out') }
}
