import { describe, expect, it } from 'vitest'
import { compareNaturally } from '../../../src/core/base/natural.ts'
import fc from '../../support/properties.ts'

const name = fc.string({ unit: fc.constantFrom(...Array.from('aBz019/')), maxLength: 12 })

describe('texts in natural order', () => {
  it.each([
    ['chart2', 'chart10'],
    ['chart9/a', 'chart10/a'],
    ['1.9.0', '1.10.0'],
    ['chart', 'chart1'],
    ['chart', 'charts'],
    ['main', 'README.md'],
    ['a-1', 'a1'],
    ['09', '10'],
    ['1', '09'],
    ['v1b', 'v12'],
    ['99999999999999999998', '99999999999999999999'],
  ])('have %s before %s', (first, second) => {
    expect(compareNaturally(first, second)).toBeLessThan(0)
    expect(compareNaturally(second, first)).toBeGreaterThan(0)
  })

  it('are the same only where they are', () => {
    expect(compareNaturally('chart', 'chart')).toBe(0)
    expect(compareNaturally('Chart', 'chart')).not.toBe(0)
    expect(compareNaturally('chart1', 'chart01')).not.toBe(0)
  })

  it('are in one order, wherever sorting them begins', () => {
    fc.assert(
      fc.property(fc.array(name), (names) => {
        expect([...names].reverse().sort(compareNaturally)).toEqual([...names].sort(compareNaturally))
      }),
    )
  })

  it('have letters and numbers in the order of the collation of Unicode', () => {
    const collator = new Intl.Collator('en', { numeric: true })
    fc.assert(
      fc.property(name, name, (a, b) => {
        const expected = collator.compare(a.toLowerCase(), b.toLowerCase())
        if (expected !== 0) expect(Math.sign(compareNaturally(a, b))).toBe(expected)
      }),
    )
  })
})
