import { describe, expect, it } from 'vitest'
import { problemOfPath } from '../../../src/core/chart/problemOfPath.ts'
import fc from '../../support/properties.ts'

describe('a path of letters, digits, dashes and dots', () => {
  const part = fc.oneof(
    fc.string({ unit: fc.constantFrom(...Array.from('aZ0_-.')), maxLength: 6 }),
    fc.integer({ min: 90, max: 260 }).map((length) => 'n'.repeat(length)),
  )
  const parts = fc.array(part, { minLength: 1, maxLength: 40 })

  it('is fine where no part is empty or stands for a directory, none is too long, and they are not too many', () => {
    fc.assert(
      fc.property(parts, (names) => {
        const path = names.join('/')
        const isFine =
          names.every((name) => !['', '.', '..'].includes(name) && name.length <= 255) &&
          !path.startsWith('..') &&
          path.length <= 1024 &&
          names.length <= 32

        expect(problemOfPath(path, 'linux') === undefined).toBe(isFine)
      }),
      { numRuns: 10_000 },
    )
  })

  it('is fine on Windows where it is elsewhere, but for names of devices and dots at the end', () => {
    fc.assert(
      fc.property(parts, fc.constantFrom('con', 'NUL', 'com1', 'lpt9.txt', 'context'), (names, device) => {
        const path = [...names, device].join('/')
        fc.pre(problemOfPath(path, 'linux') === undefined)
        const isFine = device === 'context' && !names.some((name) => name.endsWith('.'))

        expect(problemOfPath(path, 'win32') === undefined).toBe(isFine)
      }),
      { numRuns: 2000 },
    )
  })
})
