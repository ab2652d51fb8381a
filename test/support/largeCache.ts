import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ChartCache } from '../../src/core/cache/cache.ts'
import { emptyIndex, encodeIndex, entryFor, type IndexEntry } from '../../src/core/layout/indexFile.ts'
import { packedChart } from './packedChart.ts'

export interface LargeCacheOptions {
  readonly repositories: number
  /** How many versions each repository has. */
  readonly versions: number
}

/**
 * Fills a layout as Helm 3.0-3.6 would have it after so many saves: every reference has a manifest, a config and a
 * layer of its own. The references are `localhost:5000/team/chart-0001:1.0.0`, `…:1.1.0` and so on.
 *
 * @param root the layout directory; made where it is missing
 */
export async function writeLargeCache(
  root: string,
  { repositories, versions }: LargeCacheOptions,
): Promise<ChartCache> {
  const blobs = join(root, 'blobs', 'sha256')
  for (const directory of [blobs, join(root, 'ingest')]) mkdirSync(directory, { recursive: true })
  const entries: IndexEntry[] = []
  for (let repository = 1; repository <= repositories; repository += 1) {
    const name = `chart-${String(repository).padStart(4, '0')}`
    for (let minor = 0; minor < versions; minor += 1) {
      const version = `1.${minor}.0`
      const chart = await packedChart(name, version)
      for (const { descriptor, bytes } of [...chart.blobs, chart.manifest]) {
        // Tens of thousands of small files are written several times faster one after the other.
        writeFileSync(join(blobs, descriptor.digest.slice('sha256:'.length)), bytes)
      }
      entries.push(entryFor(chart.manifest.descriptor, `localhost:5000/team/${name}:${version}`))
    }
  }
  writeFileSync(join(root, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
  const index = join(root, 'index.json')
  writeFileSync(index, encodeIndex({ ...emptyIndex, entries }, index))
  return new ChartCache(root)
}
