import { Readable } from 'node:stream'
import type { ChartCache } from '../../src/core/cache/cache.ts'
import { packedChart, type PackedChart, type PackedChartOptions } from './packedChart.ts'

/** Puts a small chart into a cache. Other names or versions of charts give other blobs. */
export async function storeChart(
  cache: ChartCache,
  reference: string,
  {
    name = 'mychart',
    version = '0.1.0',
    ...options
  }: { readonly name?: string; readonly version?: string } & PackedChartOptions = {},
): Promise<PackedChart> {
  const chart = await packedChart(name, version, options)
  for (const { descriptor, bytes } of chart.blobs) {
    await cache.push(descriptor, () => Readable.from([bytes]))
  }
  await cache.tag(chart.manifest, reference)
  return chart
}

/** The path of a blob of a cache. */
export function blobPath({ root }: ChartCache, digest: string): string {
  return `${root}/blobs/${digest.replace(':', '/')}`
}
