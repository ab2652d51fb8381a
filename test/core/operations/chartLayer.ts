import type { ChartCache } from '../../../src/core/index.ts'

/** The archive of a cached chart. */
export async function chartLayerOf(cache: ChartCache, reference: string): Promise<Buffer> {
  const { layer } = await cache.require(reference)
  const chunks: Uint8Array[] = []
  for await (const chunk of await cache.fetch(layer)) chunks.push(chunk)
  return Buffer.concat(chunks)
}
