import { describe, expect, it } from 'vitest'
import { newestFirst, tagOfWire } from '../../../src/core/oci/tags.ts'

describe('tags', () => {
  it('are sorted by version, the newest first, and what is no version follows in natural order', () => {
    const tags = ['latest', '1.2.0', 'a10', '1.10.0-rc.1', '1.10.0', 'v2.0.0', 'a2', '1.10.0+build']

    expect(newestFirst(tags, (tag) => tag)).toEqual([
      'v2.0.0',
      '1.10.0+build',
      '1.10.0',
      '1.10.0-rc.1',
      '1.2.0',
      'a2',
      'a10',
      'latest',
    ])
  })

  it('are shown with a plus where that makes a version', () => {
    expect(['1.0.0_build.1', '1.0.0', 'feature_x', '1.0_build'].map(tagOfWire)).toEqual([
      '1.0.0+build.1',
      '1.0.0',
      'feature_x',
      '1.0_build',
    ])
  })
})
