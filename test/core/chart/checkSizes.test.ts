import { describe, expect, it } from 'vitest'
import { checkSizes } from '../../../src/core/chart/checkSizes.ts'
import { defaultLimits } from '../../../src/core/chart/limits.ts'
import { chartMediaTypes } from '../../../src/core/chart/mediaTypes.ts'
import type { Descriptor } from '../../../src/core/oci/descriptor.ts'
import { digestOf } from '../../../src/core/oci/digest.ts'
import { encodeManifest } from '../../../src/core/oci/manifest.ts'

const mebibyte = 1024 * 1024

describe('the sizes that a manifest announces', () => {
  it('are fine up to the limit for unpacked charts', () => {
    expect(() => {
      check(blob(chartMediaTypes.config, mebibyte), [blob(chartMediaTypes.legacy, 100 * mebibyte)])
    }).not.toThrow()
  })

  it.each<[string, string, Descriptor, Descriptor[]]>([
    ['a layer beyond it', 'too-large', blob(chartMediaTypes.config, 1), [blob(chartMediaTypes.legacy, 1e15)]],
    [
      'layers that are beyond it together',
      'too-large',
      blob(chartMediaTypes.config, 1),
      [blob(chartMediaTypes.modern, 60 * mebibyte), blob('application/other', 60 * mebibyte)],
    ],
    [
      'a config of more than 1 MiB',
      'too-large',
      blob(chartMediaTypes.config, mebibyte + 1),
      [blob(chartMediaTypes.legacy, 1)],
    ],
    [
      'a provenance of more than 1 MiB',
      'too-large',
      blob(chartMediaTypes.config, 1),
      [blob(chartMediaTypes.modern, 1), blob(chartMediaTypes.provenance, mebibyte + 1)],
    ],
    [
      'more layers than a chart has',
      'not-a-chart',
      blob(chartMediaTypes.config, 1),
      [blob(chartMediaTypes.modern, 1), ...Array.from({ length: 16 }, () => blob('application/other', 1))],
    ],
  ])('are refused for %s', (_, kind, config, layers) => {
    expect(() => {
      check(config, layers)
    }).toThrow(expect.objectContaining({ kind }))
  })
})

function check(config: Descriptor, layers: readonly Descriptor[]): void {
  checkSizes(encodeManifest({ config, layers }), defaultLimits, 'localhost:5000/a/b:1')
}

function blob(mediaType: string, size: number): Descriptor {
  return { mediaType, size, digest: digestOf(Buffer.from(`${mediaType} ${size}`)) }
}
