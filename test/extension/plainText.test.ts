import { expect, it } from 'vitest'
import { plainText } from '../../src/extension/plainText.ts'

it('links and icons in the text of strangers stay text', () => {
  const text = plainText('[x](command:workbench.action.terminal.new) $(trash)\nb')

  expect(text).not.toMatch(/\]\(|\$\(|\n/)
  expect(text.replaceAll('\u200b', '')).toBe('[x](command:workbench.action.terminal.new) $(trash) b')
})

it('other text stays as it is', () => {
  expect(plainText('mychart (1.0) [beta] $5')).toBe('mychart (1.0) [beta] $5')
})
