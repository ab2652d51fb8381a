import { describe, expect, it } from 'vitest'
import { matchingCharts } from '../../../src/extension/views/chartFilter.ts'
import { broken, sound } from '../support.ts'

const charts = [
  sound('localhost:5000/myrepo/mychart:2.7.0', { appVersion: '9.1', description: 'Sells things' }),
  sound('ghcr.io/acme/charts/shop:1.4.2', { name: 'shop' }),
  broken('registry.example.com/old/thing:1.0', 'The manifest is missing.'),
]

describe('filtering the cached charts', () => {
  it.each([
    ['', 3],
    ['   ', 3],
    ['SHOP', 1],
    ['sells', 1],
    ['9.1', 1],
    ['ghcr.io shop', 1],
    ['shop localhost', 0],
    ['old/thing', 1],
    ['missing', 0],
  ])('by %j leaves %i of them', (text, count) => {
    expect(matchingCharts(charts, text)).toHaveLength(count)
  })
})
