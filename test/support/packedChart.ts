import { Readable } from 'node:stream'
import { encodeChartManifest } from '../../src/core/chart/chartManifest.ts'
import type { ChartFile } from '../../src/core/chart/chart.ts'
import { encodeConfig } from '../../src/core/chart/configBlob.ts'
import { chartMediaTypes } from '../../src/core/chart/mediaTypes.ts'
import type { Metadata } from '../../src/core/chart/metadata.ts'
import { packChart } from '../../src/core/chart/packChart.ts'
import { Random } from './random.ts'
import { describe, type Descriptor } from '../../src/core/oci/descriptor.ts'
import type { RawManifest } from '../../src/core/oci/manifest.ts'

/** A small chart as a cache or a registry stores it. */
export interface PackedChart {
  readonly manifest: RawManifest
  /** The config and the layer. */
  readonly blobs: readonly { readonly descriptor: Descriptor; readonly bytes: Buffer }[]
}

export interface PackedChartOptions {
  /** Whether it has a file that makes its layer larger than what a client sends in one piece. */
  readonly isLarge?: boolean
}

/** Packs a chart without touching the disk, to make thousands of them. Other names or versions give other blobs. */
export async function packedChart(
  name: string,
  version: string,
  { isLarge = false }: PackedChartOptions = {},
): Promise<PackedChart> {
  const metadata: Metadata = { apiVersion: 'v2', name, version, description: `The chart ${name}` }
  const yaml = `apiVersion: v2\nname: ${name}\nversion: ${version}\ndescription: The chart ${name}\n`
  const files = [file('Chart.yaml', yaml), file('values.yaml', 'replicas: 1\n')]
  if (isLarge) files.push(file('noise.txt', noise(400 * 1024)))
  const chunks: Uint8Array[] = []
  for await (const chunk of packChart({ metadata, files })) chunks.push(chunk)
  const layer = described(chartMediaTypes.legacy, Buffer.concat(chunks))
  const config = described(chartMediaTypes.config, encodeConfig(metadata))
  const manifest = encodeChartManifest({
    config: config.descriptor,
    layer: layer.descriptor,
    format: 'legacy',
    metadata,
  })
  return { manifest, blobs: [config, layer] }
}

function described(mediaType: string, bytes: Buffer): PackedChart['blobs'][number] {
  return { descriptor: describe(mediaType, bytes), bytes }
}

/** Text that cannot be compressed much, always the same. */
function noise(size: number): string {
  const random = new Random(1)
  return Array.from({ length: size }, () => String.fromCharCode(32 + random.below(95))).join('')
}

function file(path: string, text: string): ChartFile {
  const bytes = Buffer.from(text)
  return { path, size: bytes.length, open: () => Readable.from([bytes]) }
}
