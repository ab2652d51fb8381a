import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { describeChart } from '../../../src/core/index.ts'
import { fixture } from '../../support/fixtures.ts'
import { writeChart } from '../../support/sampleChart.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

describe('describing a chart on disk', () => {
  it('tells name and version of a directory', async () => {
    const chart = await writeChart(await temporaryDirectory(), 'shop', '1.4.2')

    expect(await describeChart(chart)).toMatchObject({ name: 'shop', version: '1.4.2', apiVersion: 'v2' })
  })

  it('tells name and version of an archive', async () => {
    const archive = fixture('charts', 'subchart-tgz', 'charts', 'any-file-name.tgz')

    expect(await describeChart(archive)).toMatchObject({ version: '1.2.0' })
  })

  it('refuses what saving would refuse', async () => {
    const directory = await temporaryDirectory()
    const broken = await writeChart(directory, 'mychart', '0.1.0', { 'Chart.yaml': 'name: [' })

    await expect(describeChart(broken)).rejects.toMatchObject({ kind: 'invalid-chart' })
    await expect(describeChart(join(directory, 'missing'))).rejects.toMatchObject({ kind: 'not-found' })
  })
})
