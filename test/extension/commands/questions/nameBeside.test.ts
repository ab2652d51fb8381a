import { expect, it } from 'vitest'
import { nameBeside } from '../../../../src/extension/commands/questions/nameBeside.ts'

it('a name beside one that is taken is the first that is free', () => {
  expect(nameBeside('mychart', '', ['mychart'])).toBe('mychart-2')
  expect(nameBeside('mychart', '', ['mychart', 'MyChart-2', 'mychart-3'])).toBe('mychart-4')
})

it('keeps its ending', () => {
  expect(nameBeside('mychart-0.1.0.tgz', '.tgz', [])).toBe('mychart-0.1.0-2.tgz')
})
