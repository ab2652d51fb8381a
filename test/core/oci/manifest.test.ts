import { describe, expect, it } from 'vitest'
import { describe as descriptorOf } from '../../../src/core/oci/descriptor.ts'
import { parseDigest } from '../../../src/core/oci/digest.ts'
import { encodeManifest, parseManifest } from '../../../src/core/oci/manifest.ts'
import { mediaTypes } from '../../../src/core/oci/mediaTypes.ts'

const config = {
  mediaType: 'application/vnd.cncf.helm.config.v1+json',
  digest: parseDigest('sha256:8ec7c0f2f6860037c19b54c3cfbab48d9b4b21b485a93d87b64690fdb68c2111'),
  size: 117,
}
const layer = {
  digest: parseDigest('sha256:1b251d38cfe948dfc0a5745b7af5ca574ecb61e52aed10b19039db39af6e1617'),
  size: 2487,
}

describe('writing a manifest', () => {
  it.each([
    ['application/tar+gzip', 322, 'sha256:17d8c86dff93ca7ea0d992a64f8df0ae651a6b3f76cd32d9da5df01eb11916e9'],
    [
      'application/vnd.cncf.helm.chart.content.layer.v1+tar',
      354,
      'sha256:31fb454efb3c69fafe53672598006790122269a1b3b458607dbe106aba7059ef',
    ],
  ])('gives the bytes that Helm gives for a layer of type %s', (mediaType, size, digest) => {
    const { descriptor } = encodeManifest({ config, layers: [{ ...layer, mediaType }] })

    expect(descriptor).toEqual({ mediaType: mediaTypes.manifest, digest, size })
  })
})

describe('reading a manifest', () => {
  it('gives config, layers and annotations', () => {
    expect(
      read({ config, layers: [{ ...layer, mediaType: 'application/tar+gzip' }], annotations: { a: 'b' } }),
    ).toEqual({
      config,
      layers: [{ ...layer, mediaType: 'application/tar+gzip' }],
      annotations: { a: 'b' },
    })
  })

  it('never keeps the addresses that a layer brings along', () => {
    expect(
      JSON.stringify(read({ config, layers: [{ ...config, urls: ['https://elsewhere.example.com'] }] })),
    ).not.toContain('elsewhere')
  })

  it.each([
    ['is not JSON', '{'],
    ['is a list', '[]'],
    ['is a manifest and an index at once', { config, layers: [], manifests: [] }],
    ['calls itself something else than it came as', { config, layers: [], mediaType: mediaTypes.index }],
    ['has no config', { layers: [] }],
    [
      'has a digest that is a path',
      { config: { ...config, digest: 'sha256:../../../etc/passwd' }, layers: [] },
    ],
    [
      'has a digest of an unknown algorithm',
      { config: { ...config, digest: `md5:${'0'.repeat(32)}` }, layers: [] },
    ],
    ['has a negative size', { config: { ...config, size: -1 }, layers: [] }],
    ['has a size beyond counting', { config: { ...config, size: 2 ** 60 }, layers: [] }],
    ['has null among its layers', { config, layers: [null] }],
  ])('refuses what %s', (_, document) => {
    expect(() => read(document)).toThrow(expect.objectContaining({ kind: 'integrity' }))
  })

  it.each<[string, unknown, string, string]>([
    ['an index that is a manifest', { config, layers: [] }, mediaTypes.index, 'came as an index and is none'],
    [
      'a list of Docker that is a manifest',
      { config, layers: [] },
      mediaTypes.dockerManifestList,
      'came as an index and is none',
    ],
    [
      'a manifest that is both',
      { config, layers: [], manifests: [] },
      mediaTypes.manifest,
      'a manifest and an index at once',
    ],
    [
      'an index that is both',
      { config, layers: [], manifests: [] },
      mediaTypes.index,
      'a manifest and an index at once',
    ],
    [
      'a manifest that calls itself an index',
      { config, layers: [], mediaType: mediaTypes.index },
      mediaTypes.manifest,
      'calls itself',
    ],
    [
      'an index that calls itself a manifest',
      { manifests: [], mediaType: mediaTypes.manifest },
      mediaTypes.index,
      'calls itself',
    ],
    [
      'an image of schema 1',
      { schemaVersion: 1, fsLayers: [] },
      'application/vnd.docker.distribution.manifest.v1+prettyjws',
      'it is an image of an old kind, schema 1',
    ],
    ['an answer that is no manifest', { errors: [] }, 'application/json', 'it has no config'],
  ])('does not guess what %s is', (_, document, mediaType, problem) => {
    const bytes = Buffer.from(JSON.stringify(document))

    expect(() => parseManifest({ descriptor: descriptorOf(mediaType, bytes), bytes }, 'the test')).toThrow(
      expect.objectContaining({ kind: 'integrity', message: expect.stringContaining(problem) as string }),
    )
  })
})

function read(document: unknown): unknown {
  const bytes = Buffer.from(typeof document === 'string' ? document : JSON.stringify(document))
  return parseManifest({ descriptor: descriptorOf(mediaTypes.manifest, bytes), bytes }, 'the test')
}
