import { describe, expect, it } from 'vitest'
import {
  markdownCode,
  markdownLink,
  markdownTable,
  markdownText,
} from '../../../src/extension/documents/inertMarkdown.ts'
import fc from '../../support/properties.ts'

const hostile = [
  '![](https://evil.example/a.png)',
  '![a][b]',
  '[x](command:workbench.action.terminal.new)',
  '<img src=https://evil.example/a.png>',
  '<script>alert(1)</script>',
  'https://evil.example/linkified',
  '| cells | `code` | $x$ | :smile: |',
  '# heading\n```\n---',
]

describe('text of a stranger, in Markdown', () => {
  it.each(hostile)('shows %j as it is, and holds nothing that a parser could act on', (text) => {
    const markdown = markdownText(text)

    expect(markdown).toMatch(/^(?:[\p{L}\p{N} ]|&#\d+;)*$/u)
    expect(decoded(markdown)).toBe(text.replaceAll('\n', ' '))
  })

  it('has no ASCII punctuation but that of character references, whatever it says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(markdownText(text).replaceAll(/&#\d+;/g, '')).not.toMatch(/[!-/:-@[-`{-~\n]/)
      }),
    )
  })
})

describe('a web address of a stranger, in Markdown', () => {
  it('is a link where it is https', () => {
    expect(markdownLink('https://example.com/a?b=c#d')).toBe('<https://example.com/a?b=c#d>')
  })

  it.each([
    'command:workbench.action.terminal.new',
    'http://example.com',
    'javascript:alert(1)',
    'nothing',
    '',
  ])('is text where it is %j', (address) => {
    expect(markdownLink(address)).toBe(markdownText(address))
  })

  it('cannot end its link, its cell or its line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(markdownLink(`https://example.com/${text}`)).toMatch(/^<https:[^<>|`\s![\]()\\]*>$/)
      }),
    )
  })
})

describe('a file of a stranger, in Markdown', () => {
  it('is a block of code that none of its lines can end', () => {
    const ends = fc.constantFrom('\n', '\r\n', '\r', '\u2028')
    const pieces = fc.oneof(fc.constantFrom(...hostile), fc.stringMatching(/^ {0,3}[`~]{1,9} ?$/), ends)
    fc.assert(
      fc.property(fc.array(pieces), (parts) => {
        const [first = '', ...rest] = markdownCode(parts.join('\n'), 'yaml').split('\n')
        const fence = first.replace('yaml', '')
        expect(fence).toMatch(/^`{3,}$/)
        expect(rest.findIndex((line) => line.trim().startsWith(fence))).toBe(rest.length - 1)
        expect(rest.join('')).not.toMatch(/[\r\u2028\u2029]/)
      }),
    )
  })

  it('keeps its lines and its indentation', () => {
    expect(markdownCode('a:\n\tb: 1\n  c: 2', 'yaml')).toBe('```yaml\na:\n    b: 1\n  c: 2\n```')
  })
})

it('a table has a row a line', () => {
  expect(markdownTable(['a', 'b'], [['1', '2']])).toBe('| a | b |\n| --- | --- |\n| 1 | 2 |')
})

function decoded(markdown: string): string {
  return markdown.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
}
