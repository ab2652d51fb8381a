import { describe, expect, it } from 'vitest'
import { decodeAddress, encodeAddress } from '../../../src/extension/documents/chartAddress.ts'
import fc from '../../support/properties.ts'

describe('the address of a file in a chart', () => {
  it('is readable', () => {
    expect(
      encodeAddress({
        place: 'cache',
        reference: 'localhost:5000/myrepo/mychart:2.7.0',
        path: 'templates/a.yaml',
      }),
    ).toEqual({ authority: '', path: '/localhost:5000∕myrepo∕mychart:2.7.0/templates/a.yaml' })
  })

  it('says where the chart lies', () => {
    const address = { reference: '/home/me/mychart-0.1.0.tgz', path: 'values.yaml' }

    expect(encodeAddress({ place: 'archive', ...address }).authority).toBe('archive')
    expect(encodeAddress({ place: 'registry', ...address }).authority).toBe('registry')
    expect(decodeAddress({ authority: 'elsewhere', path: '/a:1/values.yaml' })).toBeUndefined()
  })

  it('comes back as it was, whatever the chart and the file are called', () => {
    const names = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.isWellFormed())
    const places = fc.constantFrom('cache', 'registry', 'archive')
    const part = names.filter((text) => !text.includes('/'))
    fc.assert(
      fc.property(places, names, fc.array(part), (place, reference, parts) => {
        const address = { place, reference, path: parts.join('/') }
        expect(decodeAddress(encodeAddress(address))).toEqual(address)
      }),
    )
  })

  it.each(['.', '..', '%2e', 'a∕b', '100%', 'a/../b'])(
    'keeps the chart name %s in one part of the path',
    (reference) => {
      const address = { place: 'cache', reference, path: 'values.yaml' } as const
      const parts = encodeAddress(address)

      expect(parts.path.split('/')).toHaveLength(3)
      expect(parts.path).not.toMatch(/^\/\.{1,2}\//)
      expect(decodeAddress(parts)).toEqual(address)
    },
  )

  it('of the chart itself has no path', () => {
    const address = { place: 'registry', reference: 'a/b:1', path: '' } as const

    expect(decodeAddress(encodeAddress(address))).toEqual(address)
  })

  it.each(['/', '', '/%/values.yaml'])('is not read from %j, which names no chart', (path) => {
    expect(decodeAddress({ authority: '', path })).toBeUndefined()
  })
})
