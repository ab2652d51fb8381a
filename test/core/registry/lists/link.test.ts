import { describe, expect, it } from 'vitest'
import { nextLink } from '../../../../src/core/registry/lists/link.ts'

describe('the next page of a list', () => {
  it.each([
    ['</v2/_catalog?last=a%2Fb&n=1>; rel="next"', '/v2/_catalog?last=a%2Fb&n=1'],
    ['<https://h/v2/a/tags/list?n=2&last=b>; rel=next', 'https://h/v2/a/tags/list?n=2&last=b'],
    ['</first>; rel="prev", </second>; rel="next"', '/second'],
    ['</v2/x/tags/list?last=1>; rel="next", ', '/v2/x/tags/list?last=1'],
    ['</a,b>; title="x, y"; rel="last next"', '/a,b'],
    ['<<</b>; rel="next"', '/b'],
    ['<>; rel="next"', undefined],
    ['</a>; rel="prev"', undefined],
    ['</a>', undefined],
    ['', undefined],
  ])('is found in %s', (value, expected) => {
    expect(nextLink([value])).toBe(expected)
  })

  it('is found in the second header', () => {
    expect(nextLink(['</a>; rel="prev"', '</b>; rel="next"'])).toBe('/b')
  })
})
