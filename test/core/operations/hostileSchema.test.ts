import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ChartCache } from '../../../src/core/cache/cache.ts'
import { exportChart } from '../../../src/core/operations/exportChart.ts'
import { openChart } from '../../../src/core/operations/openChart.ts'
import { saveChart } from '../../../src/core/operations/saveChart.ts'
import { writeChart } from '../../support/sampleChart.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { startServer } from '../registry/scriptedServer.ts'

const reference = 'localhost:5000/a/chart:1.0.0'

it.each<[string, (host: string) => string]>([
  ['the network', (host) => JSON.stringify({ $ref: `http://${host}/schema.json` })],
  ['an endless file', () => JSON.stringify({ $ref: 'file:///dev/zero' })],
])(
  'a values schema that refers to %s is a file like any other, and followed nowhere',
  async (_, schemaFor) => {
    const server = await startServer((_request, response) => {
      response.end('{}')
    })
    const schema = schemaFor(server.host)
    const directory = await temporaryDirectory()
    const chart = await writeChart(directory, 'chart', '1.0.0', { 'values.schema.json': schema })
    const cache = new ChartCache(join(directory, 'cache'))

    await saveChart(cache, chart, reference)
    await openChart(cache, reference)
    const { path } = await exportChart(cache, reference, join(directory, 'out'))

    expect(await readFile(join(path, 'values.schema.json'), 'utf8')).toBe(schema)
    expect(server.seen).toEqual([])
  },
)

it('a values schema that is nested a hundred thousand levels deep is refused before anything is stored', async () => {
  const directory = await temporaryDirectory()
  const schema = `${'{"not":'.repeat(100_000)}{"$ref":"#"}${'}'.repeat(100_000)}`
  const chart = await writeChart(directory, 'chart', '1.0.0', { 'values.schema.json': schema })
  const cache = new ChartCache(join(directory, 'cache'))

  await expect(saveChart(cache, chart, reference)).rejects.toMatchObject({ kind: 'invalid-chart' })

  expect(await cache.names()).toEqual([])
})
