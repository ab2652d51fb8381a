import { describe, expect, it } from 'vitest'
import { encodeManifest, type RawManifest } from '../../../../src/core/oci/manifest.ts'
import { listCharts } from '../../../../src/core/operations/listCharts.ts'
import { pullChart } from '../../../../src/core/operations/pullChart.ts'
import { pushChart } from '../../../../src/core/operations/pushChart.ts'
import { instead } from '../../../support/faultRegistry/breaking.ts'
import { empty, errorAnswer } from '../../../support/faultRegistry/exchange.ts'
import { distribution2, zot } from '../../../support/faultRegistry/manners.ts'
import { stock } from '../../../support/faultRegistry/stock.ts'
import { packedChart } from '../../../support/packedChart.ts'
import { failureOf } from '../scriptedServer.ts'
import { always, everyManners, visit, type Visit } from './visit.ts'

describe.each(everyManners)('a chart at %s', (_name, manners) => {
  it('is found, because every kind of manifest is asked for', async () => {
    const visitor = await visit({ manners })
    const { manifest } = await stock(visitor.registry)

    const pulled = await pullChart(visitor.cache, visitor.registries, visitor.reference())

    expect(pulled.manifestDigest).toBe(manifest.descriptor.digest)
    const repository = visitor.registries.registry(visitor.registry.host).repository('team/chart')
    expect(await repository.digestOf('1.0.0')).toBe(manifest.descriptor.digest)
  })

  it('travels with its plus as an underscore, and has it here', async () => {
    const visitor = await visit({ manners })
    const reference = await visitor.prepare(visitor.reference('team/new:1.0.0+build.5'))

    await pushChart(visitor.cache, visitor.registries, reference)

    expect(visitor.registry.store.tagsOf('team/new')).toEqual(['1.0.0_build.5'])
    const repository = visitor.registries.registry(visitor.registry.host).repository('team/new')
    expect(await repository.tags()).toEqual(['1.0.0+build.5'])
    const pulled = await pullChart(visitor.cache, visitor.registries, reference)
    expect([pulled.reference, pulled.isNewer]).toEqual([reference, false])
  })

  it('has the very bytes that were pushed, without a media type of their own', async () => {
    const visitor = await visit({ manners })
    const { manifest } = await packedChart('mychart', '0.1.0')

    await pushChart(visitor.cache, visitor.registries, await visitor.prepare())

    expect(visitor.registry.store.manifest('team/new', '1.0.0')?.bytes).toEqual(manifest.bytes)
    expect(manifest.bytes.toString()).not.toContain('"mediaType":"application/vnd.oci.image.manifest')
  })

  it('whose layer has another size than its manifest says is stored there, and refused here', async () => {
    const visitor = await visit({ manners })
    const { blobs } = await stock(visitor.registry)
    const [config, layer] = blobs.map(({ descriptor }) => descriptor)
    if (config === undefined || layer === undefined) throw new Error('A chart has a config and a layer.')
    await put(visitor, encodeManifest({ config, layers: [{ ...layer, size: layer.size + 1 }] }), 'wrong')

    const failure = await failureOf(
      pullChart(visitor.cache, visitor.registries, visitor.reference('team/chart:wrong')),
    )

    expect(failure.kind).toBe('integrity')
    expect(await listCharts(visitor.cache)).toEqual([])
  })

  it('is not pushed where its manifest is larger than registries take', async () => {
    const visitor = await visit({ manners })
    const { manifest } = await packedChart('mychart', '0.1.0')
    const large = { ...manifest, bytes: Buffer.alloc(5 * 1024 * 1024) }

    expect((await failureOf(put(visitor, large, 'large'))).kind).toBe('too-large')
    expect(visitor.asked).toEqual([])
  })

  it('of an unknown repository or tag is not found', async () => {
    const visitor = await visit({ manners })
    await stock(visitor.registry)

    for (const name of ['team/chart:2.0.0', 'team/other:1.0.0']) {
      const pulling = pullChart(visitor.cache, visitor.registries, visitor.reference(name))
      expect((await failureOf(pulling)).kind).toBe('not-found')
    }
  })
})

describe('a manifest whose blobs the registry does not have', () => {
  it('is refused by distribution, with a reason', async () => {
    const visitor = await visit({ manners: distribution2 })
    const { manifest } = await packedChart('mychart', '0.1.0')

    expect(await failureOf(put(visitor, manifest, '1.0.0'))).toEqual({
      kind: 'integrity',
      message: `${visitor.registry.host} did not take ${visitor.reference()}: manifest blob unknown.`,
    })
  })

  it('is taken by zot, and cannot be pulled', async () => {
    const visitor = await visit({ manners: zot })
    const { manifest } = await packedChart('mychart', '0.1.0')
    await put(visitor, manifest, '1.0.0')

    const failure = await failureOf(pullChart(visitor.cache, visitor.registries, visitor.reference()))

    expect(failure.kind).toBe('not-found')
    expect(await listCharts(visitor.cache)).toEqual([])
  })
})

describe('a registry that does not take a manifest', () => {
  it.each([
    ['with status 413', empty(413), 'too-large'],
    [
      'as distribution says it',
      errorAnswer(400, 'MANIFEST_INVALID', 'http: request body too large'),
      'too-large',
    ],
    ['for its type, as zot', errorAnswer(415, 'MANIFEST_INVALID', 'manifest invalid'), 'refused'],
    ['for its type, as distribution', errorAnswer(400, 'MANIFEST_INVALID', 'manifest invalid'), 'refused'],
    [
      'of a kind that is not allowed, as Quay',
      errorAnswer(415, 'MANIFEST_INVALID', 'unsupported media type'),
      'refused',
    ],
  ])('%s, is quoted, and asked once', async (_how, answer, kind) => {
    const visitor = await visit({
      fault: always(
        'manifest put',
        instead(() => answer),
      ),
    })
    const pushing = pushChart(visitor.cache, visitor.registries, await visitor.prepare())

    expect((await failureOf(pushing)).kind).toBe(kind)
    expect(visitor.count('PUT', /\/manifests\//)).toBe(1)
  })
})

async function put({ registry, registries }: Visit, manifest: RawManifest, tag: string): Promise<void> {
  await registries.registry(registry.host).repository('team/chart').tag(manifest, tag)
}
