import { describe, expect, it } from 'vitest'
import { writtenAnew } from '../../../src/extension/documents/writtenAnew.ts'
import fc from '../../support/properties.ts'

describe('a README of a stranger, written anew', () => {
  it.each([
    ['a heading', '# mychart', '### mychart'],
    ['a heading that is underlined', 'Install\n-------', '#### Install'],
    ['emphasis', 'a **Helm** chart for _Kubernetes_', 'a **Helm** chart for *Kubernetes*'],
    ['code', 'run `helm install`', 'run `helm install`'],
    ['names with underscores', 'my_value_name', 'my&#95;value&#95;name'],
    ['a link', '<https://example.com/a>', '<https://example.com/a>'],
    ['a bare address', 'see https://example.com/a.', 'see <https://example.com/a>&#46;'],
    ['a list in a list', '1. one\n2. two\n   - three\n     and more', '1. one\n2. two\n    - three and more'],
    ['a block of code', '```yaml\na: 1\n```', '```yaml\na: 1\n```'],
    ['code in an item', '1. do\n   ```\n   x\n   ```\n2. so', '1. do\n\n```\nx\n```\n\n2. so'],
    ['indented code', 'so\n\n    a: 1\n\nand', 'so\n\n```\na: 1\n```\n\nand'],
    ['a quotation', '> note\n> - x', '> note\n> \n> - x'],
    ['a rule', 'a\n\n* * *\n\nb', 'a\n\n---\n\nb'],
    [
      'a table',
      '| Key | Default |\n|-----|:-------:|\n| replicas | `1` |\n| a \\| b | <br> |',
      '| Key | Default |\n| --- | --- |\n| replicas | `1` |\n| a &#124; b |  |',
    ],
  ])('keeps %s', (_what, markdown, written) => {
    expect(writtenAnew(markdown, 3)).toBe(written)
  })

  it('shows where a link leads, whatever its label says, and makes one of https only', () => {
    expect(writtenAnew('[good](https://other.example)', 3)).toBe('good &#40;<https://other.example/>&#41;')
    expect(writtenAnew('[x](command:workbench.action.terminal.new)', 3)).not.toMatch(/[[\]<>]/)
    expect(writtenAnew('[x](javascript:alert)', 3)).not.toMatch(/[[\]<>]/)
  })

  it.each(['mermaid', 'Mermaid', 'math', 'plantuml', 'dot'])(
    'shows a block of %s as the text that it is: whoever draws it reads more than text',
    (language) => {
      expect(writtenAnew(`\`\`\`${language}\nx\n\`\`\``, 3)).toBe('```\nx\n```')
    },
  )

  it('loads no image, and says what would stand there', () => {
    expect(writtenAnew('![Version](https://evil.example/a.svg)', 3)).toBe('Version')
    expect(writtenAnew('[![Badge](https://evil.example/a.svg)](https://hub.example)', 3)).toBe(
      'Badge &#40;<https://hub.example/>&#41;',
    )
    expect(writtenAnew('![a][b]\n\n[b]: https://evil.example/a.svg', 3)).not.toContain('![')
    expect(writtenAnew('<img src=a.png>', 3)).toBe('&#60;img src&#61;a&#46;png&#62;')
  })

  it('has nothing in it that it did not write itself, whatever it was made of', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fragment, fc.string({ unit: 'binary', maxLength: 20 }))), (parts) => {
        for (const line of outsideCode(writtenAnew(parts.join(''), 3))) {
          expect(withoutMarks(line)).toMatch(/^[^!-/:-@[-`{-~]*$/)
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('is ready soon, however a long text is made', () => {
    for (const part of ['[', '**', '`', '![', '> ', '- ', '| ', '_a', '\n', '<!--', '    ', 'https://']) {
      const start = performance.now()
      writtenAnew(part.repeat(100_000 / part.length), 3)
      expect(performance.now() - start).toBeLessThan(5000)
    }
  })
})

const fragment = fc.constantFrom(
  ...[
    '\n',
    '\n\n',
    ' ',
    '    ',
    '\t',
    '# ',
    '> ',
    '- ',
    '1. ',
    '```',
    '~~~',
    '`',
    '**',
    '__',
    '*',
    '_',
    '|',
    '|-|-|',
  ],
  ...[
    '![',
    '[',
    '](',
    ')',
    'https://a.example/',
    'command:x',
    '<img src=x>',
    '<!--',
    '-->',
    '<br>',
    '\\',
    '&#60;',
  ],
)

/** The lines that are not in a block of code, in which everything is text. */
function outsideCode(markdown: string): string[] {
  const outside: string[] = []
  let fence: string | undefined
  for (const line of markdown.split('\n')) {
    const text = line.replace(/^(?:> ?)*/, '')
    if (fence === undefined) {
      fence = /^`{3,}/.exec(text)?.[0]
      if (fence === undefined) outside.push(line)
    } else if (text === fence) fence = undefined
  }
  return outside
}

/** What is left of a line without that which it may have. */
function withoutMarks(line: string): string {
  return line
    .replace(/^(?:> ?)*/, '')
    .replace(/^(?:#{1,6} | *- | *\d{1,3}[.)] |---$)/, '')
    .replaceAll(/<https:[^<>|`\s![\]()\\]*>/g, '')
    .replaceAll(/`[^`|]+`/g, '')
    .replaceAll(/&#\d+;/g, '')
    .replaceAll(/\*{1,2}/g, '')
    .replaceAll(/^\| .* \|$|^\|  \|$/g, (row) => row.replaceAll('|', '').replaceAll('---', ''))
}
