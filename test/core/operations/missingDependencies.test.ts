import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { missingDependencies } from '../../../src/core/index.ts'
import { writeChart, type ChartFiles } from '../../support/sampleChart.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { bytesOf, chartWith } from '../chart/tarball.ts'

const declared = `apiVersion: v2
name: parent
version: 1.0.0
dependencies:
  - { name: arc, version: 0.1.0, repository: https://charts.example.com, alias: one }
  - { name: arc, version: 0.1.0, repository: https://charts.example.com, alias: two }
  - { name: redis, version: 1.x, repository: https://charts.example.com, condition: redis.enabled }
`

describe('the dependencies that a chart lacks', () => {
  it('are those that it declares and that are not in charts/', async () => {
    expect(await missingDependencies(await parent({}))).toEqual(['arc', 'redis'])
  })

  it('are none where charts/ has them, as folders or as archives, under whatever file name', async () => {
    const archive = await bytesOf(await chartWith()())
    const path = await parent({
      'charts/some-archive.tgz': archive,
      'charts/cache/Chart.yaml': 'apiVersion: v2\nname: redis\nversion: 1.2.3\n',
    })

    expect(await missingDependencies(path)).toEqual([])
  })

  it('do not count what a subchart has in its own charts/', async () => {
    const archive = await bytesOf(await chartWith()())
    const path = await parent({
      'charts/other/Chart.yaml': 'apiVersion: v2\nname: other\nversion: 1.0.0\n',
      'charts/other/charts/arc-0.1.0.tgz': archive,
    })

    expect(await missingDependencies(path)).toEqual(['arc', 'redis'])
  })

  it('are read from requirements.yaml, too', async () => {
    const path = await parent({
      'Chart.yaml': 'apiVersion: v1\nname: parent\nversion: 1.0.0\n',
      'requirements.yaml': 'dependencies:\n  - { name: redis, version: 1.x, repository: "" }\n',
    })

    expect(await missingDependencies(path)).toEqual(['redis'])
  })

  it('are known of an archive as well', async () => {
    const inner = await bytesOf(await chartWith()())
    const path = join(await temporaryDirectory(), 'arc.tgz')
    const dependencies = 'dependencies:\n  - { name: arc }\n  - { name: redis }\n'
    const content = chartWith(
      { path: 'arc/requirements.yaml', content: dependencies },
      { path: 'arc/charts/arc.tgz', content: inner },
    )
    await writeFile(path, await bytesOf(await content()))

    expect(await missingDependencies(path)).toEqual(['redis'])
  })

  it('are none of a chart that declares none', async () => {
    expect(await missingDependencies(await writeChart(await temporaryDirectory()))).toEqual([])
  })

  it('cannot be told of a folder without a chart', async () => {
    const path = join(await temporaryDirectory(), 'empty')
    await mkdir(path)

    await expect(missingDependencies(path)).rejects.toMatchObject({ kind: 'invalid-chart' })
  })
})

async function parent(files: ChartFiles): Promise<string> {
  return await writeChart(await temporaryDirectory(), 'parent', '1.0.0', { 'Chart.yaml': declared, ...files })
}
