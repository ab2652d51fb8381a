import { packedChart, type PackedChart } from '../packedChart.ts'
import type { FaultRegistry } from './faultRegistry.ts'

/** Puts a small chart into the registry, as if it had been pushed. */
export async function stock(
  { store }: FaultRegistry,
  repository = 'team/chart',
  tag = '1.0.0',
): Promise<PackedChart> {
  const chart = await packedChart('chart', '1.0.0')
  for (const { bytes } of chart.blobs) store.addBlob(repository, bytes)
  const { descriptor, bytes } = chart.manifest
  store.addManifest(repository, tag, { mediaType: descriptor.mediaType, bytes })
  return chart
}
