import { describe, expect, it } from 'vitest'
import { parseYaml, type Yaml } from '../../../src/core/chart/parseYaml.ts'

const place = { chart: 'mychart', path: 'Chart.yaml' }

function parse(text: string): Yaml {
  return parseYaml(Buffer.from(text), place, { maxAliases: 100 })
}

function map(text: string): Record<string, unknown> {
  const value = parse(text)
  if (!(value instanceof Map)) throw new Error('not a map')
  return Object.fromEntries<unknown>(value)
}

describe('YAML as Helm 3 reads it', () => {
  it.each<[string, unknown]>([
    ['yes', true],
    ['No', false],
    ['ON', true],
    ['y', true],
    ['~', null],
    ['', null],
    ['010', 8n],
    ['0o10', 8n],
    ['0x1F', 31n],
    ['0b11', 3n],
    ['-0x1F', -31n],
    ['1_000', 1000n],
    ['08', 8],
    ['1.10', 1.1],
    ['.5', 0.5],
    ['1e3', 1000],
    ['18446744073709551615', 18446744073709551615n],
    ['18446744073709551616', 18446744073709551616],
    ['.inf', Infinity],
    ['-.INF', -Infinity],
    ['2020-01-01', '2020-01-01'],
    ['1:30', '1:30'],
    ['1.2.3', '1.2.3'],
    ['"1.0"', '1.0'],
    ['!!str 1', '1'],
    ['!!int "3"', 3n],
    ['!!float 1', 1],
    ['!unknown text', 'text'],
    ['!!binary aGk=', 'hi'],
    ['<<', '<<'],
  ])('reads %s as %s', (text, value) => {
    expect(map(`key: ${text}`)).toEqual({ key: value })
  })

  it('takes the last of two equal keys', () => {
    expect(map('a: 1\na: 2')).toEqual({ a: 2n })
  })

  it('makes text of keys that are numbers or words for true and false', () => {
    expect(map('1: a\ny: b\n1.10: c')).toEqual({ '1': 'a', true: 'b', '1.1': 'c' })
  })

  it('merges in the order of the document, the first of a list winning', () => {
    expect(map('x: &x {a: 1, b: 1}\nmerged: {<<: *x, b: 2}')['merged']).toEqual(
      new Map([
        ['a', 1n],
        ['b', 2n],
      ]),
    )
    expect(map('x: &x {a: 1}\nother: &y {a: 2, b: 2}\nmerged: {<<: [*x, *y]}')['merged']).toEqual(
      new Map([
        ['a', 1n],
        ['b', 2n],
      ]),
    )
  })

  it('reads the first document only, whatever stands in the second', () => {
    expect(map('%YAML 1.1\n---\na: 1\n---\n{ not yaml')).toEqual({ a: 1n })
    expect(map('# comment\na: 1\n...\nb: 2')).toEqual({ a: 1n })
  })

  it('reads nothing as null', () => {
    expect(parse('')).toBeNull()
    expect(parse('# only a comment\n')).toBeNull()
  })

  it.each([
    '# comment\r\n---\r\na: 1\r\n',
    '\r\n# comment\r\n\r\na: 1\r\n---\r\n[',
    '%YAML 1.1\r\n---\r\na: 1',
  ])('finds the first document behind Windows line ends, too: %j', (text) => {
    expect(map(text)).toEqual({ a: 1n })
  })

  it('takes "next line" for a line break', () => {
    expect(map('a: 1\u0085b: 2')).toEqual({ a: 1n, b: 2n })
    expect(map('a: "x\u0085y"')).toEqual({ a: 'x y' })
  })

  it('takes the separators of lines and paragraphs for line breaks that stay in the text', () => {
    expect(map('a: "x\u2028y"')).toEqual({ a: 'x\u2028y' })
    expect(() => parse('a: x\u2028y\nb: z')).toThrow(expect.objectContaining({ kind: 'invalid-chart' }))
  })

  it('drops a byte order mark', () => {
    expect(map('\ufeffa: 1')).toEqual({ a: 1n })
  })

  it.each([
    ['a tab', 'a:\n\tb: 1', 'mychart: Chart.yaml, line 2: this is not valid YAML: '],
    ['an open bracket', 'a: 1\nb: [', 'mychart: Chart.yaml, line 2: this is not valid YAML: '],
    ['a map as a key', '{a: 1}: b', 'mychart: Chart.yaml, line 1: this is not valid YAML: '],
    [
      'a document that ends before it begins',
      '...\na: 1',
      'mychart: Chart.yaml, line 1: this is not valid YAML: ',
    ],
    ['a slash with a backslash', 'a: "\\/"', 'mychart: Chart.yaml, line 1: this is not valid YAML: '],
    [
      'a deleted character',
      'a: 1\nb: "\u007f"',
      'mychart: Chart.yaml, line 2: this is not valid YAML: control',
    ],
    [
      'a control character of another kind',
      'a: \u0080',
      'mychart: Chart.yaml, line 1: this is not valid YAML: control',
    ],
    ['binary data that is none', 'a: !!binary "?"', 'mychart: Chart.yaml, line 1: this is not valid YAML: '],
    [
      'a key beyond 63 bits',
      '9223372036854775808: a',
      'mychart: Chart.yaml, line 1: this is not valid YAML: ',
    ],
    ['a null as a key', '~: b', 'mychart: Chart.yaml, line 1: this is not valid YAML: '],
    ['a map inside itself', 'a: &a {b: *a}', 'mychart: Chart.yaml, line 1: this is not valid YAML: '],
  ])('names the line of %s', (_what, text, message) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ kind: 'invalid-chart' }))
    expect(() => parse(text)).toThrow(message)
  })

  it('refuses bytes that are not UTF-8', () => {
    expect(() => parseYaml(Buffer.from([0x61, 0xff]), place, { maxAliases: 1 })).toThrow(
      'mychart: Chart.yaml: this is not text in UTF-8.',
    )
  })
})

describe('lines in brackets and quotes', () => {
  it.each<[string, Record<string, unknown>]>([
    ['a: [\n  b\n]\nc: d', { a: ['b'], c: 'd' }],
    ['a: {\n}\nc: d', { a: new Map(), c: 'd' }],
    ['a: {\n"b": [1,\n2]\n}\nc: d', { a: new Map([['b', [1n, 2n]]]), c: 'd' }],
    ['a:\n  b: [\nc # ]\n]\nd: e', { a: new Map([['b', ['c']]]), d: 'e' }],
    ['a: "x\ny"\nb: c', { a: 'x y', b: 'c' }],
    ['a: "x\n\ty"', { a: 'x y' }],
    ["a: 'it''s\n\ny'\nb: c", { a: "it's\ny", b: 'c' }],
    ['a: "x\\\n  y\\"z"', { a: 'xy"z' }],
    ['- a: "x\n  y"', {}],
    ['---\na: [\n]\n', { a: [] }],
    ['a: [\r\n]\r\nb: c', { a: [], b: 'c' }],
    ['a: text with "quotes\n  and [ more\nb: [\n]', { a: 'text with "quotes and [ more', b: [] }],
    ['a: |\n  "kept\n   [ so\nb: [\n]', { a: '"kept\n [ so\n', b: [] }],
    ['a: # it\'s\n  b\nc: [it\'s,\n"]"]', { a: 'b', c: ["it's", ']'] }],
    ['"a": &x !y [\n]\n[b]: c', {}],
  ])('may begin anywhere, as libyaml has it: %j', (text, expected) => {
    if (Object.keys(expected).length > 0) expect(map(text)).toEqual(expected)
    else if (text.startsWith('-')) expect(parse(text)).toEqual([new Map([['a', 'x y']])])
    else expect(() => parse(text)).toThrow('a key must be text')
  })

  it('are told apart at once, however many there are', { timeout: 5000 }, () => {
    const text = `a: [\n${'b,\n'.repeat(20_000)}]\n`

    expect(map(text)['a']).toHaveLength(20_000)
  })

  it.each<[string, Record<string, unknown>]>([
    ['a: [\n\tb,\n\tc\n]', { a: ['b', 'c'] }],
    ['a: {\n\t"b": [\t1,\t2 ]\n}', { a: new Map([['b', [1n, 2n]]]) }],
    ['a:\t[]\nb:\t\t{}', { a: [], b: new Map() }],
    ['a: [\n\t&x b,\n\t*x ]', { a: ['b', 'b'] }],
  ])('may have tabs between values: %j', (text, expected) => {
    expect(map(text)).toEqual(expected)
  })

  it('do not make a small text large', () => {
    const text = `${' '.repeat(2000)}a: [\n${'b,\n'.repeat(2000)}]\n`

    expect(() => parse(text)).toThrow(expect.objectContaining({ kind: 'invalid-chart' }))
  })
})

describe('text in brackets', () => {
  it.each<[string, unknown]>([
    ['[-, -]', ['-', '-']],
    ['[a:, a:]', ['a:', 'a:']],
    ["[it's:, b]", ["it's:", 'b']],
    ['[a, b:c:, d]', ['a', 'b:c:', 'd']],
    ['{b:,c: d}', new Map<string, unknown>([['b:', null], ['c', 'd']])], // prettier-ignore
    ['{x: -}', new Map([['x', '-']])],
    ['[- ]', undefined],
    ['[-\n]', undefined],
    ['[http://x?y=1]', undefined],
    ['[:a]', undefined],
    ['{b:[c]}', undefined],
    ['[!!str]', undefined],
    ['{b: !!str}', undefined],
    ['[!!str ]', ['']],
  ])('is cut as libyaml cuts it: %s', (text, expected) => {
    if (expected === undefined) expect(() => parse(`a: ${text}`)).toThrow('this is not valid YAML')
    else expect(map(`a: ${text}`)['a']).toEqual(expected)
  })
})

describe('a tab', () => {
  it.each([
    '\t# comment',
    '\t\na: 1',
    'a: 1\n\t# comment\nb: 2',
    'a: 1\n\t',
    'a:\n  \t# comment\n  b: 1',
    'a: "x"\n\t# comment',
    'a: x # y\n    \t# comment',
    'a: |\n  x\n\t# comment\nb: 1',
    'a: |\n  \tx',
    'a:\n- x\n\t# comment\n- y',
    'a: [x\n\t]',
    '-\ta',
    '? \ta',
  ])('is refused where a key could begin: %j', (text) => {
    expect(() => parse(text)).toThrow('tab characters must not be used in indentation')
  })

  it.each([
    'a:\tx',
    'a: x\t# comment',
    'a: x # a\ttab',
    'a: x\n  \t# comment',
    'a: |\n  x\n  \ty',
    'a: |2\n  \ty',
    'a: "x\n\ty"',
    '---\t# comment\na: 1',
    '#\tcomment\na: 1',
  ])('is taken elsewhere: %j', (text) => {
    expect(map(text)).toHaveProperty('a')
  })
})

describe('anchors, tags and directives', () => {
  it.each(['&a: b', '- &a: b', 'a: &b: c', 'a: &b.c d', 'a: &b c: d', 'a: !t# x', 'a: !<> x'])(
    'are refused where libyaml does not take them: %s',
    (text) => {
      expect(() => parse(text)).toThrow('this is not valid YAML')
    },
  )

  it.each(['&a b: c', 'a: &b-c_1 d', 'a:\n- &x b: c', 'a: &x\n  b: c', '--- &x\na: b', '? a: b\n: c: d'])(
    'are taken where it does: %j',
    (text) => {
      if (text.startsWith('?')) expect(() => parse(text)).toThrow('a key must be text')
      else expect(map(text)).not.toEqual({})
    },
  )

  it.each(['x: &a k\n*a: v', 'x: &a k\n*a : v', 'x: &a k\n"b": |\n  *a: v\n*a:\n  v'])(
    'make a key of an alias: %j',
    (text) => {
      expect(map(text)).toMatchObject({ x: 'k', k: 'v' })
    },
  )

  it('are those of YAML 1.1', () => {
    expect(() => parse('%YAML 1.2\n---\na: 1')).toThrow('line 1: this is not valid YAML: the only directives')
    expect(() => parse('# comment\n%OTHER\n---\na: 1')).toThrow('line 2')
    expect(map('%TAG !e! tag:example.com,2000:\n---\na: !e!x c')).toEqual({ a: 'c' })
  })
})

describe('the end of a text', () => {
  it.each([
    ['a: |\n  x', 'x'],
    ['a: |+\n  x', 'x'],
    ['a: >\n  x\n  y', 'x y'],
    ['a: |\n  x\n', 'x\n'],
    ['a: |\n  x\n---\nb: c', 'x\n'],
  ])('has a line break only where there is one: %j', (text, expected) => {
    expect(map(text)).toEqual({ a: expected })
  })

  it.each(['a: "x"# comment', 'a: {}# comment', "a: 'x'# comment\nb: c"])(
    'needs no space before a comment: %s',
    (text) => {
      expect(map(text)).toHaveProperty('a')
    },
  )
})

describe('what follows a first node that is indented or in brackets', () => {
  it.each<[string, Yaml]>([
    ['  a: 1\nb: 2', new Map([['a', 1n]])],
    ['# comment\n---\n  a: 1\n b: [', new Map([['a', 1n]])],
    ['  - a\n- b', ['a']],
    ['{}\nfoo: bar\nbaz: [\n', new Map()],
    ['# comment\n--- !t &x\n{\n  a: 1\n}\n\n# comment\nb: 2', new Map([['a', 1n]])],
    ['[a] junk', ['a']],
    ['[a]\n- junk', ['a']],
    ['{}\n}', new Map()],
  ])('is not looked at: %j', (text, expected) => {
    expect(parse(text)).toEqual(expected)
  })

  it.each([
    '  a: 1\n  - b',
    '  a: 1\n@',
    '  a: 1\n"b',
    '- a\nb: 1',
    '  a\nb: 1',
    '{} @',
    '{}\n"b',
    '{} - b',
    '{} b: c',
    'a: {}\n- b',
  ])('is refused where libyaml stumbles over it: %j', (text) => {
    expect(() => parse(text)).toThrow('this is not valid YAML')
  })
})

describe('hostile YAML', () => {
  it('is refused where it nests too deeply', () => {
    expect(() => parse('['.repeat(100_000))).toThrow(expect.objectContaining({ kind: 'invalid-chart' }))
  })

  it('is refused where it has too many aliases', () => {
    const laughs = `a: &a x\nb: [${Array<string>(101).fill('*a').join(', ')}]`

    expect(() => parse(laughs)).toThrow('aliases exceeded')
  })

  it('never makes anything but data of a tag', () => {
    expect(map('a: !!js/function "function () {}"')).toEqual({ a: 'function () {}' })
  })

  it('keeps a key __proto__ a key', () => {
    const value = parse('__proto__: {polluted: true}')

    expect(value instanceof Map && value.has('__proto__')).toBe(true)
    expect('polluted' in {}).toBe(false)
  })
})
