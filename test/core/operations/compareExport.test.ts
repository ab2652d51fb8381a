import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ChartCache, compareExport, exportChart, saveChart } from '../../../src/core/index.ts'
import { writeChart } from '../../support/sampleChart.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

const reference = 'localhost:5000/myrepo/mychart:0.1.0'

describe('comparing a folder with the chart that would replace it', () => {
  it('finds nothing to tell where it is the chart', async () => {
    const { cache, folder } = await exported()

    expect(await compareExport(cache, reference, folder)).toEqual({
      files: 3,
      changed: 0,
      added: 0,
      missing: 0,
    })
  })

  it('counts what was changed, what was added, and what was removed', async () => {
    const { cache, folder } = await exported()
    await writeFile(join(folder, 'values.yaml'), 'replicas: 2\n')
    await mkdir(join(folder, '.git', 'hooks'), { recursive: true })
    await writeFile(join(folder, '.git', 'config'), 'mine')
    await writeFile(join(folder, '.git', 'hooks', 'commit'), 'mine')
    await rm(join(folder, 'templates', 'configmap.yaml'))

    expect(await compareExport(cache, reference, folder)).toEqual({
      files: 4,
      changed: 1,
      added: 2,
      missing: 1,
    })
  })

  it('does not follow links', async () => {
    const { cache, folder } = await exported()
    await rm(join(folder, 'values.yaml'))
    await symlink(join(folder, 'Chart.yaml'), join(folder, 'values.yaml'))
    await symlink('/', join(folder, 'everything'))

    expect(await compareExport(cache, reference, folder)).toEqual({
      files: 4,
      changed: 1,
      added: 1,
      missing: 0,
    })
  })

  it('finds every file missing where there is no folder', async () => {
    const { cache, folder } = await exported()

    expect(await compareExport(cache, reference, `${folder}-other`)).toEqual({
      files: 0,
      changed: 0,
      added: 0,
      missing: 3,
    })
  })

  it('can be given up', async () => {
    const { cache, folder } = await exported()

    await expect(
      compareExport(cache, reference, folder, { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ name: 'AbortError' })
  })
})

async function exported(): Promise<{ cache: ChartCache; folder: string }> {
  const directory = await temporaryDirectory()
  const cache = new ChartCache(join(directory, 'cache'))
  await saveChart(cache, await writeChart(directory), reference)
  const { path } = await exportChart(cache, reference, join(directory, 'out'))
  return { cache, folder: path }
}
