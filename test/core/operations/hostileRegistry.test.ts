import { describe, expect, it } from 'vitest'
import { listCharts } from '../../../src/core/operations/listCharts.ts'
import { pullChart } from '../../../src/core/operations/pullChart.ts'
import { changed, withOtherByte, type Inflict } from '../../support/faultRegistry/breaking.ts'
import type { Answer, Exchange } from '../../support/faultRegistry/exchange.ts'
import type { FaultRegistrySettings } from '../../support/faultRegistry/faultRegistry.ts'
import { stock } from '../../support/faultRegistry/stock.ts'
import { leftoversIn, lookAtCache } from '../../reliability/invariants.ts'
import { packedChart } from '../../support/packedChart.ts'
import { failureOf } from '../registry/scriptedServer.ts'
import { always, visit } from '../registry/manners/visit.ts'

const chart = await packedChart('chart', '1.0.0')
const other = await packedChart('other', '2.0.0')
const [config, layer] = chart.blobs
const [otherConfig, otherLayer] = other.blobs
if (config === undefined || layer === undefined || otherConfig === undefined || otherLayer === undefined) {
  throw new Error('A chart has a config and a layer.')
}

describe('a chart that is not what its manifest says', () => {
  it.each<[string, FaultRegistrySettings['fault']]>([
    ['its layer has one other byte', onlyFor(layer.bytes, changed(withOtherByte))],
    ['its config has one other byte', onlyFor(config.bytes, changed(withOtherByte))],
    ['its layer is cut, and its length with it', onlyFor(layer.bytes, changed(shorter))],
    ['its layer is longer', onlyFor(layer.bytes, changed(longer))],
    ['its layer is that of another chart', onlyFor(layer.bytes, changed(becomes(otherLayer.bytes)))],
    ['its config is its layer', onlyFor(config.bytes, changed(becomes(layer.bytes)))],
    ['its layer is empty', onlyFor(layer.bytes, changed(becomes(Buffer.alloc(0))))],
    ['its manifest is that of another chart', always('manifest', changed(becomes(other.manifest.bytes)))],
    ['its manifest has another size for the layer', always('manifest', changed(withOtherSize))],
  ])('because %s is refused, and nothing of it is kept', async (_why, fault) => {
    const visitor = await visit(fault === undefined ? {} : { fault })
    await stock(visitor.registry)

    const failure = await failureOf(pullChart(visitor.cache, visitor.registries, visitor.reference()))

    expect(failure.kind).toBe('integrity')
    const { entries, faults } = await lookAtCache(visitor.cache.root)
    expect({ entries: [...entries], faults, left: await leftoversIn(visitor.cache.root) }).toEqual({
      entries: [],
      faults: [],
      left: [],
    })
    expect(await listCharts(visitor.cache)).toEqual([])
  })
})

const configType = 'application/vnd.cncf.helm.config.v1+json'
const ociManifest = 'application/vnd.oci.image.manifest.v1+json'
const ociIndex = 'application/vnd.oci.image.index.v1+json'
const blob = {
  mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
  digest: layer.descriptor.digest,
  size: 1,
}
const chartConfig = { ...blob, mediaType: configType }

describe('what is no chart at a registry', () => {
  it.each<[string, string, object, string, RegExp]>([
    ['an index', ociIndex, { manifests: [blob] }, 'not-a-chart', /an index of 1 manifests/],
    [
      'a manifest that came as an index',
      ociIndex,
      { config: chartConfig, layers: [blob] },
      'integrity',
      /came as an index and is none/,
    ],
    [
      'a manifest and an index at once',
      ociManifest,
      { config: chartConfig, layers: [blob], manifests: [blob] },
      'integrity',
      /a manifest and an index at once/,
    ],
    [
      'what calls itself something else',
      ociManifest,
      { mediaType: ociIndex, config: chartConfig, layers: [] },
      'integrity',
      /calls itself .* but came as/,
    ],
    [
      'an image of an old kind',
      'application/vnd.docker.distribution.manifest.v1+prettyjws',
      { schemaVersion: 1, fsLayers: [] },
      'integrity',
      /an image of an old kind, schema 1/,
    ],
    [
      'a container image',
      ociManifest,
      { config: { ...blob, mediaType: 'application/vnd.oci.image.config.v1+json' }, layers: [blob] },
      'not-a-chart',
      /it is a container image/,
    ],
    [
      'an artifact of another kind',
      ociManifest,
      { config: { ...blob, mediaType: 'application/vnd.cncf.flux.config.v1+json' }, layers: [blob] },
      'not-a-chart',
      /it is a Flux artifact/,
    ],
    [
      'the config of a chart without a chart',
      ociManifest,
      { config: chartConfig, layers: [blob] },
      'not-a-chart',
      /no layer with one/,
    ],
    [
      'two charts in one',
      ociManifest,
      { config: chartConfig, layers: [1, 2].map(() => ({ ...blob, mediaType: 'application/tar+gzip' })) },
      'not-a-chart',
      /2 layers that could be the chart/,
    ],
    [
      'layers that are no list',
      ociManifest,
      { config: chartConfig, layers: { length: 1, 0: blob } },
      'integrity',
      /not a list/,
    ],
  ])(
    'such as %s is told for what it is, and none of its content is fetched',
    async (_what, type, document, kind, why) => {
      const body = Buffer.from(JSON.stringify({ schemaVersion: 2, ...document }))
      const visitor = await visit({
        fault: always(
          'manifest',
          changed((good) => ({ ...good, headers: { 'content-type': type }, body })),
        ),
      })
      await stock(visitor.registry)

      expect(await failureOf(pullChart(visitor.cache, visitor.registries, visitor.reference()))).toEqual({
        kind,
        message: expect.stringMatching(why) as string,
      })
      expect(visitor.asked).toEqual(['GET /v2/team/chart/manifests/1.0.0'])
    },
  )

  it('has addresses of its own for its content, and none of them is asked', async () => {
    const visitor = await visit({
      fault: always('manifest', (exchange) => {
        changed((good) => ({ ...good, headers: { 'content-type': ociManifest }, body: withUrls(exchange) }))(
          exchange,
        )
      }),
    })
    await stock(visitor.registry)

    await pullChart(visitor.cache, visitor.registries, visitor.reference())

    expect(visitor.registry.heardByStranger).toEqual([])
  })
})

function withUrls({ stranger }: Exchange): Buffer {
  const elsewhere = (each: object): object => ({ ...each, urls: [new URL('/blob', stranger).href] })
  const { config, layers, ...others } = JSON.parse(chart.manifest.bytes.toString()) as {
    config: object
    layers: object[]
  }
  return Buffer.from(JSON.stringify({ ...others, config: elsewhere(config), layers: layers.map(elsewhere) }))
}

/** Inflicts a fault on the blob with these bytes alone. */
function onlyFor(bytes: Buffer, inflict: Inflict): FaultRegistrySettings['fault'] {
  return (exchange) => {
    if (exchange.operation !== 'blob' || !exchange.answer().body.equals(bytes)) return false
    inflict(exchange)
    return true
  }
}

function becomes(body: Buffer): (good: Answer) => Answer {
  return (good) => ({ ...good, body })
}

function shorter(good: Answer): Answer {
  return { ...good, body: good.body.subarray(0, good.body.length - 1) }
}

function longer(good: Answer): Answer {
  return { ...good, body: Buffer.concat([good.body, Buffer.alloc(1)]) }
}

/** The manifest with a size that is wrong, and with nothing that would tell. */
function withOtherSize({ body, headers }: Answer): Answer {
  const document = JSON.parse(body.toString()) as { layers: { size: number }[] }
  for (const each of document.layers) each.size += 1
  const { 'docker-content-digest': _, ...others } = headers
  return { status: 200, headers: others, body: Buffer.from(JSON.stringify(document)) }
}
