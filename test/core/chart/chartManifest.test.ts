import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { encodeChartManifest, readChartManifest } from '../../../src/core/chart/chartManifest.ts'
import { decodeConfig } from '../../../src/core/chart/configBlob.ts'
import { chartMediaTypes } from '../../../src/core/chart/mediaTypes.ts'
import { describe as describeBytes, type Descriptor } from '../../../src/core/oci/descriptor.ts'
import { parseDigest } from '../../../src/core/oci/digest.ts'
import { encodeManifest, type RawManifest } from '../../../src/core/oci/manifest.ts'
import { mediaTypes } from '../../../src/core/oci/mediaTypes.ts'
import { fixture } from '../../support/fixtures.ts'

const metadata = { name: 'mychart', version: '0.1.0', apiVersion: 'v1' }

const config: Descriptor = {
  mediaType: chartMediaTypes.config,
  digest: parseDigest('sha256:8ec7c0f2f6860037c19b54c3cfbab48d9b4b21b485a93d87b64690fdb68c2111'),
  size: 117,
}

function layerOf(mediaType: string): Descriptor {
  return {
    mediaType,
    digest: parseDigest('sha256:1b251d38cfe948dfc0a5745b7af5ca574ecb61e52aed10b19039db39af6e1617'),
    size: 2487,
  }
}

function raw(document: unknown): RawManifest {
  const bytes = Buffer.from(typeof document === 'string' ? document : JSON.stringify(document))
  return { bytes, descriptor: describeBytes(mediaTypes.manifest, bytes) }
}

describe('the manifest of a chart', () => {
  it('is that of the Helm guide, byte for byte, with the layer type of Helm 3.0-3.6', () => {
    const manifest = encodeChartManifest({
      config,
      layer: layerOf(chartMediaTypes.legacy),
      format: 'legacy',
      metadata,
    })

    expect(manifest.descriptor).toEqual({
      mediaType: mediaTypes.manifest,
      digest: 'sha256:17d8c86dff93ca7ea0d992a64f8df0ae651a6b3f76cd32d9da5df01eb11916e9',
      size: 322,
    })
  })

  it('has the digest and the size of the Helm guide with the layer type of the betas', () => {
    const manifest = encodeChartManifest({
      config,
      layer: layerOf(chartMediaTypes.beta),
      format: 'beta',
      metadata,
    })

    expect(manifest.descriptor).toMatchObject({
      digest: 'sha256:31fb454efb3c69fafe53672598006790122269a1b3b458607dbe106aba7059ef',
      size: 354,
    })
  })

  const pushed = ['3.22.0', '4.3.1'].flatMap((version) =>
    [
      'mychart',
      'full-metadata',
      'v2-minimal',
      'subchart-tgz',
      'crds-schema-docs',
      'build-metadata',
      'html-chars',
    ].map((chart) => ({ version, chart })),
  )
  it.each(pushed)('of $chart in the modern format is what Helm $version pushes', ({ version, chart }) => {
    const recorded = readFileSync(fixture('modern', `helm-${version}`, `${chart}.manifest.json`))
    const { artifacts } = JSON.parse(readFileSync(fixture('modern', `helm-${version}.json`), 'utf8')) as {
      artifacts: Record<string, { config: string }>
    }
    const read = readChartManifest(raw(recorded.toString()), chart)

    const written = encodeChartManifest({
      ...read,
      metadata: decodeConfig(Buffer.from(artifacts[chart]!.config), chart),
      created: new Date(read.annotations['org.opencontainers.image.created']!),
    })

    expect(written.bytes.toString()).toBe(recorded.toString())
  })
})

describe('reading the manifest of a chart', () => {
  const provenance = { ...layerOf(chartMediaTypes.provenance), size: 7 }

  it.each(['legacy', 'modern', 'beta'] as const)('finds the layer by its type: %s', (format) => {
    const layer = layerOf(chartMediaTypes[format])
    const other = { ...layerOf('application/vnd.example'), size: 1 }

    const layers = [other, provenance, layer]

    const read = readChartManifest(encodeManifest({ config, layers }), 'a/b:1')

    expect(read).toEqual({ config, layer, layers, format, provenance, annotations: {} })
  })

  const image = 'application/vnd.oci.image.config.v1+json'
  it.each([
    [
      'an image',
      {
        config: { ...config, mediaType: image },
        layers: [layerOf('application/vnd.oci.image.layer.v1.tar+gzip')],
      },
      'a/b:1 is not a Helm chart: it is a container image (layers: application/vnd.oci.image.layer.v1.tar+gzip).',
    ],
    [
      'an image index',
      { manifests: [{ mediaType: mediaTypes.manifest, digest: config.digest, size: 1 }] },
      'a/b:1 is not a Helm chart: it is an index of 1 manifests, such as a multi-platform image.',
    ],
    [
      'a config of a chart without one',
      { config, layers: [] },
      'a/b:1 is not a Helm chart: it has the config of a chart, but no layer with one (it has no layers).',
    ],
    [
      'two charts',
      { config, layers: [layerOf(chartMediaTypes.legacy), layerOf(chartMediaTypes.modern)] },
      'a/b:1 is not a Helm chart: it has 2 layers that could be the chart.',
    ],
    [
      'another artifact',
      { config: { ...config, mediaType: 'application/vnd.example.thing+json' }, layers: [] },
      'a/b:1 is not a Helm chart: its config is application/vnd.example.thing+json.',
    ],
  ])('says that %s is not a chart, and what it is', (_what, document, message) => {
    expect(() => readChartManifest(raw({ schemaVersion: 2, ...document }), 'a/b:1')).toThrow(
      expect.objectContaining({ kind: 'not-a-chart', message }),
    )
  })
})
