import { expect, it } from 'vitest'
import { numberText } from '../../src/extension/numberText.ts'

it.each([
  [0, 'en', '0'],
  [999, 'de', '999'],
  [1000, 'en', '1,000'],
  [10_000, 'en', '10,000'],
  [10_000, 'de', '10.000'],
  [10_000, 'pt-br', '10.000'],
  [1_234_567, 'zh-cn', '1,234,567'],
])('writes %i in %s as %s', (count, language, text) => {
  expect(numberText(count, language)).toBe(text)
})
