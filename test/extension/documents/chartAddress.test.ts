import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeAddress, encodeAddress } from '../../../src/extension/documents/chartAddress.ts'

describe('the address of a file in a chart', () => {
  it('is readable', () => {
    expect(
      encodeAddress({ reference: 'localhost:5000/myrepo/mychart:2.7.0', path: 'templates/a.yaml' }),
    ).toBe('/localhost:5000∕myrepo∕mychart:2.7.0/templates/a.yaml')
  })

  it('comes back as it was, whatever the chart and the file are called', () => {
    const names = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.isWellFormed())
    const part = names.filter((text) => !text.includes('/'))
    fc.assert(
      fc.property(names, fc.array(part), (reference, parts) => {
        const address = { reference, path: parts.join('/') }
        expect(decodeAddress(encodeAddress(address))).toEqual(address)
      }),
    )
  })

  it.each(['.', '..', '%2e', 'a∕b', '100%', 'a/../b'])(
    'keeps the chart name %s in one part of the path',
    (reference) => {
      const path = encodeAddress({ reference, path: 'values.yaml' })

      expect(path.split('/')).toHaveLength(3)
      expect(path).not.toMatch(/^\/\.{1,2}\//)
      expect(decodeAddress(path)).toEqual({ reference, path: 'values.yaml' })
    },
  )

  it('of the chart itself has no path', () => {
    expect(decodeAddress(encodeAddress({ reference: 'a/b:1', path: '' }))).toEqual({
      reference: 'a/b:1',
      path: '',
    })
  })

  it.each(['/', '', '/%/values.yaml'])('is not read from %j, which names no chart', (path) => {
    expect(decodeAddress(path)).toBeUndefined()
  })
})
