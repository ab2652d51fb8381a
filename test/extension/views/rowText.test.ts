import { expect, it } from 'vitest'
import { rowText } from '../../../src/extension/views/rowText.ts'

it('text of strangers in a row is one line that ends', () => {
  expect(rowText('1.0.0\n\u202egpj')).toBe('1.0.0 gpj')
  expect(rowText('a'.repeat(1_000_000))).toBe(`${'a'.repeat(200)}…`)
})
