import { describe, expect, it } from 'vitest'
import { defaultLimits, type Limits } from '../../../src/core/index.ts'
import { chartLimits } from '../../../src/extension/adapters/chartLimits.ts'
import { manifest } from '../manifest.ts'

describe('how much of a chart is read', () => {
  it('is what a person set, sizes in MiB', () => {
    expect(chartLimits({ unpacked: 600, file: 0.5, entries: 20_000 })).toEqual({
      unpacked: 600 * 1024 * 1024,
      file: 512 * 1024,
      entries: 20_000,
    })
  })

  it.each([undefined, 0, -1, '600', Number.NaN])('is what the core says where %s is set', (value) => {
    expect(chartLimits({ unpacked: value, file: value, entries: value })).toEqual(defaultLimits)
  })

  it('is by default, as package.json says it, what the core says', async () => {
    const { properties } = (await manifest()).contributes.configuration

    const byDefault = (name: keyof Limits): unknown => properties[`chartroom.limits.${name}`]?.default

    expect(
      chartLimits({
        unpacked: byDefault('unpacked'),
        file: byDefault('file'),
        entries: byDefault('entries'),
      }),
    ).toEqual(defaultLimits)
  })
})
