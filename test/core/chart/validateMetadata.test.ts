import { describe, expect, it } from 'vitest'
import { decodeMetadata, decodeRequirements } from '../../../src/core/chart/decodeMetadata.ts'
import { isSemver, validateMetadata } from '../../../src/core/chart/validateMetadata.ts'
import { parseYaml } from '../../../src/core/chart/parseYaml.ts'
import { problemOfPath } from '../../../src/core/chart/problemOfPath.ts'
import fc from '../../support/properties.ts'

const place = { chart: 'mychart', path: 'Chart.yaml' }

function yaml(text: string): Parameters<typeof decodeMetadata>[0] {
  return parseYaml(Buffer.from(text), place, { maxAliases: 100 })
}

function metadataOf(text: string): unknown {
  const checked = validateMetadata(decodeMetadata(yaml(`name: mychart\nversion: 1.0.0\n${text}`)))
  return 'metadata' in checked ? checked.metadata : checked.problem
}

describe('the metadata of a chart', () => {
  it.each([
    ['1.10', '1.1'],
    ['1.0', '1'],
    ['1e3', '1000'],
    ['1.23456789', '1.2345679'],
    ['16777217.0', '1.6777216e+07'],
    ['20230115.1', '2.0230116e+07'],
    ['100000.5', '100000.5'],
    ['0.00001', '1e-05'],
    ['0.0001', '0.0001'],
    ['-0.0', '-0'],
    ['1e39', '+Inf'],
    ['.inf', '+Inf'],
    ['.nan', 'NaN'],
    ['010', '8'],
    ['yes', 'true'],
    ['2020-01-01', '2020-01-01'],
  ])('has %s as the text %s, as Helm does', (text, appVersion) => {
    expect(metadataOf(`appVersion: ${text}`)).toMatchObject({ appVersion })
  })

  it('has its keys in any case; where two meet, the one that sorts last wins', () => {
    expect(metadataOf('DESCRIPTION: a\nAppVersion: one\nappVersion: two')).toMatchObject({
      description: 'a',
      appVersion: 'two',
    })
  })

  it('is v1 where it does not say', () => {
    expect(metadataOf('')).toEqual({ name: 'mychart', version: '1.0.0', apiVersion: 'v1' })
  })

  it('has texts with plain spaces and without what cannot be printed', () => {
    expect(metadataOf(String.raw`description: "a\tb\nc\e[31md\u200b\u2028e"`)).toMatchObject({
      description: 'a b c[31md e',
    })
  })

  it.each([
    ['name: .', 'name "." stands for a directory'],
    ['name: ..', 'name ".." stands for a directory'],
    ['name: a/b', 'name "a/b" must not contain a slash or a backslash'],
    ['name: ../../evil', 'name "../../evil" must not contain a slash or a backslash'],
    [String.raw`name: a\b`, String.raw`name "a\\b" must not contain a slash or a backslash`],
    [String.raw`name: "a\u0007b"`, 'name "ab" holds control characters'],
    ['name: C:x', 'name "C:x" names a drive'],
    ['name: "a\ufffd"', 'name "a\ufffd" has a name that is not UTF-8'],
    ['name: .git', 'name ".git" begins with a dot, which makes a hidden folder'],
    ['name: "  "', 'the name is empty'],
    ['name: ""', 'the name is missing'],
    [`name: ${'x'.repeat(300)}`, `name "${'x'.repeat(100)}" is longer than 250 bytes`],
    ['version: latest', 'version "latest" is not a semantic version (write for example 1.0.0)'],
    ['version: ../../x', 'version "../../x" is not a semantic version (write for example 1.0.0)'],
    ['type: operator', 'type "operator" is neither application nor library'],
    ['maintainers: [null]', 'maintainers has an empty entry'],
    ['dependencies: [~]', 'dependencies has an empty entry'],
    [
      'dependencies: [{name: x, alias: ../x}]',
      'the alias "../x" of dependency "x" may hold only letters, digits, "_" and "-"',
    ],
  ])('is refused with %s', (line, problem) => {
    expect(metadataOf(line)).toBe(problem)
  })

  it.each(['name: My Chart', 'name: UPPER', 'name: con', 'name: ümläut'])('is accepted with %s', (line) => {
    expect(metadataOf(line)).toMatchObject({ name: line.slice('name: '.length) })
  })

  it.each([
    ['appVersion: [1]', 'appVersion must be text, not a list'],
    ['deprecated: "true"', 'deprecated must be true or false without quotes, not the text "true"'],
    ['maintainers: Ada', 'maintainers must be a list, not the text "Ada"'],
    ['maintainers: [Ada]', 'maintainers: an entry must be a map of keys to values, not the text "Ada"'],
    ['annotations: [a]', 'annotations must be a map of names to text, not a list'],
    ['keywords: {a: b}', 'keywords must be a list, not a map'],
    ['keywords: [[]]', 'keywords: an entry must be text, not a list'],
    ['dependencies: [{name: {}}]', 'dependencies: name must be text, not a map'],
    ['unknown: {a: [.inf]}', 'unknown holds what is not a number'],
    ['maintainers: [{unknown: .nan}]', 'maintainers: unknown holds what is not a number'],
  ])('is refused with the wrong type in %s', (line, problem) => {
    expect(() => metadataOf(line)).toThrow(problem)
  })

  it('takes dependencies of a requirements.yaml over its own, place by place, and nothing else of it', () => {
    const own = decodeMetadata(yaml('name: c\ndependencies: [{name: a, version: 1.0.0, alias: x}]'))

    const merged = decodeRequirements(yaml('name: hijack\ndependencies: [{name: b}, {name: c}]'), own)

    expect(merged.taken).toEqual({
      name: 'c',
      dependencies: [{ name: 'b', version: '1.0.0', alias: 'x' }, { name: 'c' }],
    })
  })

  it('is refused with a requirements.yaml that Helm cannot read over it', () => {
    expect(() => decodeRequirements(yaml('annotations: [a]'), { name: 'c' })).toThrow(
      'annotations must be a map of names to text, not a list',
    )
  })

  it('does not grow without end where aliases multiply', () => {
    const lines = Array.from({ length: 30 }, (_, n) => `x${n + 1}: &x${n + 1} [*x${n}, *x${n}]`)
    const bomb = ['x0: &x0 [a, a]', ...lines, 'dependencies: [{name: d, import-values: [*x30]}]'].join('\n')

    expect(() => metadataOf(bomb)).toThrow('dependencies: import-values: an entry holds too much')
  })
})

describe('a name that is accepted', () => {
  it('is one that an archive can have as its folder', () => {
    const names = fc.string({
      unit: fc.constantFrom(...Array.from('aZ0 .:/\\-_+\u00e9\ufffd\u202e\u{1f680}\t*?')),
      maxLength: 8,
    })
    fc.assert(
      fc.property(names, (name) => {
        const checked = validateMetadata({ name, version: '1.0.0' })
        if ('metadata' in checked) expect(problemOfPath(checked.metadata.name, 'linux')).toBeUndefined()
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a version', () => {
  it.each(['1', '1.2', 'v1.2.3', '01.2.3', '1.0-beta', '2024-01-01', '1.2.3+001', '1.2.3-a.b+c-d'])(
    'may be %s',
    (version) => {
      expect(isSemver(version)).toBe(true)
    },
  )

  it.each([
    '1.2.3.4',
    'latest',
    ' 1.2.3',
    'V1.2.3',
    '1.2.3-01',
    '1.2.3+b_c',
    '1.2.3-',
    '18446744073709551616.0.0',
    '1.2.3\n',
    '',
  ])('may not be %j', (version) => {
    expect(isSemver(version)).toBe(false)
  })

  it('is judged at once, however many digits it has', { timeout: 10_000 }, () => {
    expect(isSemver(`${'0'.repeat(3_000_000)}1`)).toBe(true)
    expect(isSemver('9'.repeat(30_000_000))).toBe(false)
  })

  it('is what it is with a v in front, too', () => {
    const digits = fc.string({ unit: fc.constantFrom('0', '1', '9'), maxLength: 21, size: 'max' })
    const texts = fc.string({ unit: fc.constantFrom(...Array.from('0129.v-+a')), maxLength: 12 })
    const numbers = fc.array(digits, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'))
    fc.assert(
      fc.property(fc.oneof(texts, numbers), (version) => {
        fc.pre(!version.startsWith('v'))
        expect(isSemver(version)).toBe(isSemver(`v${version}`))
      }),
      { numRuns: 5000 },
    )
  })
})
