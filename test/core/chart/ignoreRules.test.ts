import { describe, expect, it } from 'vitest'
import { compileGlob } from '../../../src/core/chart/compileGlob.ts'
import { parseIgnoreRules, ruleAgainst } from '../../../src/core/chart/ignoreRules.ts'

const place = { chart: 'mychart', path: '.helmignore' }

function ignored(rules: string, path: string, isDirectory = false): string | undefined {
  return ruleAgainst(path, isDirectory, parseIgnoreRules(Buffer.from(rules), place))?.text
}

describe('the rules of a .helmignore', () => {
  it('without a slash look at the name, at any depth', () => {
    expect(ignored('*.txt', 'a.txt')).toBe('*.txt')
    expect(ignored('*.txt', 'deep/down/a.txt')).toBe('*.txt')
    expect(ignored('*.txt', 'a.txt.bak')).toBeUndefined()
  })

  it('with a slash look at the whole path', () => {
    expect(ignored('docs/*.md', 'docs/a.md')).toBe('docs/*.md')
    expect(ignored('docs/*.md', 'more/docs/a.md')).toBeUndefined()
    expect(ignored('/a.md', 'a.md')).toBe('/a.md')
    expect(ignored('/a.md', 'docs/a.md')).toBeUndefined()
  })

  it('with a slash at the end are for folders', () => {
    expect(ignored('docs/', 'docs', true)).toBe('docs/')
    expect(ignored('docs/', 'docs')).toBeUndefined()
  })

  it('leave out everything else where they are negated', () => {
    expect(ignored('!keep.txt', 'Chart.yaml')).toBe('!keep.txt')
    expect(ignored('!keep.txt', 'keep.txt')).toBeUndefined()
    expect(ignored('!docs/', 'a.txt')).toBe('!docs/')
  })

  it('leave out hidden files directly in templates/, always', () => {
    expect(ignored('', 'templates/.x.yaml')).toBe('templates/.?*')
    expect(ignored('', 'templates/sub/.x.yaml')).toBeUndefined()
    expect(ignored('', '.git')).toBeUndefined()
  })

  it('may have comments, blank lines, spaces around, a byte order mark and Windows line ends', () => {
    const rules = '\ufeff*.log\r\n\r\n# *.md\r\n  *.tmp  \r\n'

    expect(ignored(rules, 'a.log')).toBe('*.log')
    expect(ignored(rules, 'a.md')).toBeUndefined()
    expect(ignored(rules, 'a.tmp')).toBe('*.tmp')
  })

  it('may have a byte order mark at the beginning of the file only', () => {
    expect(ignored('a\n\ufeffb', 'b')).toBeUndefined()
    expect(ignored('a\n\u00a0b\u3000', 'b')).toBe('b')
  })

  it('are refused with their line where Helm refuses them', () => {
    expect(() => ignored('\n**/x', 'a')).toThrow(
      'mychart: .helmignore, line 2: the rule "**/x" has a double star',
    )
    expect(() => ignored('[a-', 'a')).toThrow(
      'mychart: .helmignore, line 1: the rule "[a-" is not a valid pattern.',
    )
  })
})

describe('a pattern', () => {
  // The cases of Go's own path/filepath/match_test.go.
  it.each<[string, string, boolean | undefined]>([
    ['abc', 'abc', true],
    ['*', 'abc', true],
    ['*c', 'abc', true],
    ['a*', 'a', true],
    ['a*', 'abc', true],
    ['a*', 'ab/c', false],
    ['a*/b', 'abc/b', true],
    ['a*/b', 'a/c/b', false],
    ['a*b*c*d*e*/f', 'axbxcxdxe/f', true],
    ['a*b*c*d*e*/f', 'axbxcxdxexxx/f', true],
    ['a*b*c*d*e*/f', 'axbxcxdxe/xxx/f', false],
    ['a*b*c*d*e*/f', 'axbxcxdxexxx/fff', false],
    ['a*b?c*x', 'abxbbxdbxebxczzx', true],
    ['a*b?c*x', 'abxbbxdbxebxczzy', false],
    ['ab[c]', 'abc', true],
    ['ab[b-d]', 'abc', true],
    ['ab[e-g]', 'abc', false],
    ['ab[^c]', 'abc', false],
    ['ab[^b-d]', 'abc', false],
    ['ab[^e-g]', 'abc', true],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'ab', false],
    ['a?b', 'a☺b', true],
    ['a[^a]b', 'a☺b', true],
    ['a???b', 'a☺b', false],
    ['a[^a][^a][^a]b', 'a☺b', false],
    ['[a-ζ]*', 'α', true],
    ['*[a-ζ]', 'A', false],
    ['a?b', 'a/b', false],
    ['a*b', 'a/b', false],
    ['[\\]a]', ']', true],
    ['[\\-]', '-', true],
    ['[x\\-]', 'x', true],
    ['[x\\-]', 'z', false],
    ['[\\-x]', '-', true],
    ['[]a]', ']', undefined],
    ['[-]', '-', undefined],
    ['[x-]', 'x', undefined],
    ['[-x]', 'x', undefined],
    ['\\', 'a', undefined],
    ['[a-b-c]', 'a', undefined],
    ['[', 'a', undefined],
    ['[^', 'a', undefined],
    ['[^bc', 'a', undefined],
    ['a[', 'a', undefined],
    ['a[', 'ab', undefined],
    ['a[', 'x', undefined],
    ['a/b[', 'x', undefined],
    ['*x', 'xxx', true],
  ])('%s against %s: %s', (pattern, text, matches) => {
    expect(compileGlob(pattern)?.(text)).toBe(matches)
  })

  it('is never slow', () => {
    const matches = compileGlob(`${'*a'.repeat(50)}b`)

    expect(matches?.('a'.repeat(5000))).toBe(false)
  }, 1000)
})
