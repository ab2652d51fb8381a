import { expect, it } from 'vitest'
import { decimalText, numberText } from '../../src/extension/numberText.ts'

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

it.each([
  ['2.4 KiB', 'en', '2.4 KiB'],
  ['2.4 KiB', 'en-gb', '2.4 KiB'],
  ['2.4 KiB', 'de', '2,4 KiB'],
  ['1024.0 KiB', 'fr', '1024,0 KiB'],
  ['12.4', 'pt-br', '12,4'],
  ['1023 B', 'ru', '1023 B'],
  ['95.4 MiB', 'zh-cn', '95.4 MiB'],
])('writes the decimal number in %s in %s as %s', (text, language, expected) => {
  expect(decimalText(text, language)).toBe(expected)
})
