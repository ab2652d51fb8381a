import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decodeConfig, encodeConfig } from '../../../src/core/chart/configBlob.ts'
import type { Metadata } from '../../../src/core/chart/metadata.ts'
import { parseYaml } from '../../../src/core/chart/parseYaml.ts'
import { readArchive, type ChartArchive } from '../../../src/core/chart/readArchive.ts'
import { ChartroomError } from '../../../src/core/base/errors.ts'
import fc from '../../support/properties.ts'
import { cpuMeter } from '../../support/cpuMeter.ts'
import { chartWith, chartYaml, content, tarball } from './tarball.ts'

const texts = [
  'home',
  'description',
  'icon',
  'condition',
  'tags',
  'appVersion',
  'kubeVersion',
  'type',
  'version',
  'name',
  'apiVersion',
]
const lists = ['sources', 'keywords', 'maintainers', 'dependencies']
const wrong: readonly (readonly [field: string, value: string])[] = [
  ...texts.flatMap(
    (field) =>
      [
        [field, '[a]'],
        [field, '{a: b}'],
      ] as const,
  ),
  ...lists.flatMap(
    (field) =>
      [
        [field, 'text'],
        [field, '{a: b}'],
        [field, 'true'],
      ] as const,
  ),
  ['deprecated', '1'],
  ['deprecated', '"yes"'],
  ['annotations', '[a]'],
  ['annotations', '{a: [b]}'],
  ['annotations', '{a: {b: c}}'],
  ['sources', '[[a]]'],
  ['keywords', '[{a: b}]'],
  ['maintainers', '[[a]]'],
  ['maintainers', '[{name: [a]}]'],
  ['dependencies', '[{version: {}}]'],
  ['dependencies', '[{tags: a}]'],
  ['dependencies', '[{enabled: "true"}]'],
  ['dependencies', '[{import-values: a}]'],
]

describe('a field of the wrong type', () => {
  it.each(wrong)('is refused with its name: %s: %s', async (field, value) => {
    await expect(load(`${field}: ${value}`)).rejects.toThrow(
      expect.objectContaining({ kind: 'invalid-chart', message: expect.stringContaining(field) as string }),
    )
  })

  it('is tried with enough of them', () => {
    console.log(`${wrong.length} fields of the wrong type`)
    expect(wrong.length).toBeGreaterThanOrEqual(30)
  })
})

describe('a document that is small and makes much', () => {
  const many = (count: number, text: string): string => Array<string>(count).fill(text).join(', ')

  it.each([
    ['lists of lists of aliases', `l0: &l0 [${many(10, 'lol')}]\n${laughs(11)}`, 'aliases'],
    [
      'a long list, often',
      `unknown: &x [${many(50_000, 'a')}]\ndependencies: [${many(99, '{tags: *x}')}]`,
      'more than 1000000 values',
    ],
    ['merged maps', `a: &a {${keys(2000)}}\nb: [${many(60, '{<<: *a}')}]`, 'merge keys'],
    ['lists of merged maps', `a: &a {${keys(2000)}}\nb: {<<: [${many(60, '*a')}]}`, 'merge keys'],
  ])('is refused: %s', async (_what, yaml, problem) => {
    await expect(load(yaml)).rejects.toThrow(
      expect.objectContaining({ kind: 'invalid-chart', message: expect.stringContaining(problem) as string }),
    )
  })

  it('is walked through once in values.yaml, where nobody unfolds it', async () => {
    const values = `l0: &l0 [${many(10, 'lol')}]\n${laughs(30)}`
    const archive = chartWith({ path: 'arc/values.yaml', content: values })
    const work = cpuMeter()

    await readArchive(archive, 'arc.tgz')

    const took = work()
    console.log(`10^31 laughs of values.yaml in ${took.toFixed(0)} ms of work`)
    expect(took).toBeLessThan(50)
  })

  it('makes no more merged keys in values.yaml either', async () => {
    const values = `a: &a {${keys(100_000)}}\nb: [${many(900, '{<<: *a}')}]`

    await expect(
      readArchive(chartWith({ path: 'arc/values.yaml', content: values }), 'arc.tgz'),
    ).rejects.toThrow('merge keys')
  })

  function laughs(levels: number): string {
    return Array.from({ length: levels }, (_, n) => `l${n + 1}: &l${n + 1} [${many(10, `*l${n}`)}]`).join(
      '\n',
    )
  }

  function keys(count: number): string {
    return Array.from({ length: count }, (_, n) => `k${n}: 1`).join(', ')
  }
})

describe('tags of other languages', () => {
  it.each([
    '!!js/function "() => 1"',
    '!!js/regexp /x/',
    '!!js/undefined ~',
    '!!python/object:os.system x',
    '!ruby/object:Gem x',
    '!<tag:x> x',
  ])('make nothing but text: %s', async (value) => {
    const { metadata } = await load(`description: ${value}`)

    expect(typeof (metadata.description ?? '')).toBe('string')
  })
})

describe('keys of strangers', () => {
  const key = fc.constantFrom(
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'valueOf',
    'name',
    'a',
  )
  const document = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.string(),
      fc.boolean(),
      fc.integer(),
      fc.array(tie('value'), { maxLength: 3 }),
      tie('map'),
    ),
    map: fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((members) => ({ members })),
  })).map

  it('reach the prototype of nothing', async () => {
    const before = snapshot()
    await fc.assert(
      fc.asyncProperty(
        document,
        fc.constantFrom('annotations', 'dependencies', 'maintainers', '__proto__', 'unknown'),
        async (value, field) => {
          const json = jsonOf(value)
          for (const yaml of [`${field}: ${json}`, `${field}: [${json}]`]) {
            const { metadata } = await load(yaml).catch(ours)
            expect(Object.getPrototypeOf(metadata)).toBe(Object.prototype)
          }
          expect(snapshot()).toEqual(before)
          expect('polluted' in {}).toBe(false)
        },
      ),
      { numRuns: 300 },
    )
  })

  function jsonOf(value: unknown): string {
    if (typeof value === 'object' && value !== null && 'members' in value) {
      const { members } = value as { members: [string, unknown][] }
      return `{"polluted": 1${members.map(([name, item]) => `, ${JSON.stringify(name)}: ${jsonOf(item)}`).join('')}}`
    }
    return Array.isArray(value) ? `[${value.map(jsonOf).join(', ')}]` : JSON.stringify(value)
  }

  function snapshot(): string[] {
    return [Object.prototype, Array.prototype, Map.prototype, Function.prototype].flatMap((each) =>
      Object.getOwnPropertyNames(each),
    )
  }
})

describe('the metadata of a chart', () => {
  const text = fc.string({ unit: 'binary', maxLength: 30 })
  const optional = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
    fc.option(value, { nil: undefined })
  const some = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 20 })
    .filter((value) => value.isWellFormed())
  const any = fc.jsonValue({ maxDepth: 2 }).filter((value) => value !== null)
  const metadata = fc
    .record({
      name: some,
      version: fc.constantFrom('1.0.0', 'v1.2', '1.2.3-a.b+c'),
      apiVersion: fc.constantFrom('v1', 'v2'),
      description: optional(some),
      sources: optional(fc.array(some, { minLength: 1, maxLength: 3 })),
      maintainers: optional(fc.array(fc.record({ name: some, email: some }), { minLength: 1, maxLength: 3 })),
      annotations: optional(fc.dictionary(some, some, { minKeys: 1, maxKeys: 4 })),
      deprecated: optional(fc.constant(true)),
      dependencies: optional(
        fc.array(
          fc.record({
            name: some,
            repository: some,
            enabled: fc.constant(true),
            'import-values': fc.array(any, { minLength: 1, maxLength: 2 }),
          }),
          { minLength: 1, maxLength: 3 },
        ),
      ),
    })
    .map(
      (value) =>
        Object.fromEntries(
          Object.entries(value).filter(([, item]) => item !== undefined),
        ) as unknown as Metadata,
    )

  it('is what its config blob says, and the blob is what it is', () => {
    fc.assert(
      fc.property(metadata, (value) => {
        const blob = encodeConfig(value)
        expect(encodeConfig(decodeConfig(blob, 'x'))).toEqual(blob)
        expect(JSON.parse(blob.toString())).toEqual(JSON.parse(JSON.stringify(value)))
        expect(blob.toString()).not.toMatch(/[<>&\u2028\u2029]/)
      }),
      { numRuns: 500 },
    )
  })

  it('is read from YAML as from the JSON of the same texts', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          text.filter((value) => value.isWellFormed()),
          fc.string(),
        ),
        (values) => {
          const json = JSON.stringify(values).replace(
            /[\u007f-\uffff]/g,
            (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
          )
          const yaml = parseYaml(Buffer.from(json), { chart: 'c', path: 'x' }, { maxAliases: 0 })
          expect(yaml instanceof Map && Object.fromEntries(yaml)).toEqual(values)
        },
      ),
      { numRuns: 300 },
    )
  })
})

async function load(yaml: string): Promise<ChartArchive> {
  return await readArchive(
    content(gzipSync(tarball({ path: 'arc/Chart.yaml', content: `${chartYaml}${yaml}\n` }))),
    'arc.tgz',
  )
}

/** Refused is fine, as long as it is Chartroom that refuses. */
function ours(error: unknown): { metadata: object } {
  if (error instanceof ChartroomError) return { metadata: {} }
  throw error
}
