import { readFileSync } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { packChart } from '../../src/core/chart/packChart.ts'
import { readDirectory } from '../../src/core/chart/readDirectory.ts'
import { unpackArchive } from '../../src/core/chart/unpackArchive.ts'
import { ChartroomError } from '../../src/core/base/errors.ts'
import { ChartCache, exportChart, saveChart } from '../../src/core/index.ts'
import { chartsWithLinks } from '../core/chart/recordings.ts'
import { bytesOf, content } from '../core/chart/tarball.ts'
import { cpuMeter } from '../support/cpuMeter.ts'
import { fixture } from '../support/fixtures.ts'
import fc from '../support/properties.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { treeOf } from '../support/tree.ts'
import { Random } from '../support/random.ts'
import { rounds } from './rounds.ts'

const reference = 'localhost:5000/fuzz/chart:1.0.0'

describe('mutants of good charts', () => {
  it('are refused, or are charts; nothing is written outside, and none takes much memory', async () => {
    const random = new Random()
    const count = rounds(2000)
    console.log(`seed ${random.seed} (CHARTROOM_SEED)`)
    const good = await goodArchives()
    const directory = await temporaryDirectory()
    const cache = new ChartCache(join(directory, 'cache'))
    const archive = join(directory, 'mutant.tgz')
    const kinds = new Map<string, number>()
    let slowest = 0
    let before = 0
    for (let number = 0; number < count; number += 1) {
      // The first ones are good for the code that is compiled and the heap that grows in any case.
      if (number === Math.floor(count / 10)) before = peakMemory()
      await writeFile(archive, mutantOf(random.one(good), random))
      const work = cpuMeter()
      const kind = await outcomeOf(async () => {
        await saveChart(cache, archive, reference)
        await exportChart(cache, reference, join(directory, 'out'), { force: true })
      })
      slowest = Math.max(slowest, work())
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
      // Even what was refused stays where it belongs when it is unpacked.
      await mkdir(join(directory, 'deep', 'staging'), { recursive: true })
      await outcomeOf(async () => {
        const bytes = readFileSync(archive)
        await unpackArchive(content(bytes), join(directory, 'deep', 'staging'), 'mutant')
      })
      expect(await readdir(join(directory, 'deep')), `mutant ${number}`).toEqual(['staging'])
      const beside = (await readdir(directory)).filter(
        (name) => !['cache', 'deep', 'mutant.tgz', 'out'].includes(name),
      )
      expect(beside, `mutant ${number}`).toEqual([])
      await rm(join(directory, 'deep'), { recursive: true })
    }
    const figures = [...kinds].map(([kind, times]) => `${times} ${kind}`).join(', ')
    const grown = (peakMemory() - before) / 1024
    console.log(
      `${count} mutants: ${figures}; the slowest took ${slowest.toFixed(0)} ms of work, the peak of memory grew by ${grown.toFixed(0)} MiB`,
    )
    expect(slowest).toBeLessThan(1000)
    expect(grown).toBeLessThan(64)
  })
})

/** The most memory that this process has had so far, in KiB. */
function peakMemory(): number {
  return process.resourceUsage().maxRSS
}

describe('generated charts', () => {
  it('come out of the cache as they went in', async () => {
    const count = rounds(500)
    const directory = await temporaryDirectory()
    let number = 0
    let files = 0
    await fc.assert(
      fc.asyncProperty(chartFiles, async (chart) => {
        const place = join(directory, `${number++}`)
        await write(join(place, 'chart'), chart)
        const cache = new ChartCache(join(place, 'cache'))

        const saved = await saveChart(cache, join(place, 'chart'), reference)
        const again = await saveChart(cache, join(place, 'chart'), reference)
        const { path } = await exportChart(cache, reference, join(place, 'out'))

        expect(again.digest).toBe(saved.digest)
        expect(await treeOf(path)).toEqual(await treeOf(join(place, 'chart')))
        files += chart.size
        await rm(place, { recursive: true })
      }),
      // A chart takes a tenth of a second: looking for the smallest one that fails would take an hour.
      { numRuns: count, endOnFailure: true },
    )
    console.log(`${number} generated charts with ${files} files`)
  })
})

/** @returns the kind of the error; anything but Chartroom's own errors is a crash, and thrown on */
async function outcomeOf(work: () => Promise<void>): Promise<string> {
  try {
    await work()
    return 'accepted'
  } catch (error) {
    if (error instanceof ChartroomError) return error.kind
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return 'twice'
    throw error
  }
}

async function goodArchives(): Promise<Buffer[]> {
  const charts = await chartsWithLinks()
  const names = [
    'guide-mychart',
    'full-metadata',
    'subcharts-three',
    'unicode-names',
    'long-paths',
    'subchart-tgz',
    'v1-requirements',
  ]
  const packed = await Promise.all(
    names.map(async (name) => await bytesOf(packChart(await readDirectory(join(charts, name))))),
  )
  const recorded = ['plain', 'pax-global', 'with-directories', 'two-members'].map((name) =>
    readFileSync(fixture('archives', `${name}.tgz`)),
  )
  const modern = ['helm-3.22.0', 'helm-4.3.1'].map((version) =>
    readFileSync(fixture('modern', version, 'full-metadata-4.5.6.tgz')),
  )
  return [...packed, ...recorded, ...modern]
}

/** A good archive with something wrong in its compressed bytes, in its headers or in its files. */
function mutantOf(good: Buffer, random: Random): Buffer {
  if (random.happens(0.3)) return mutated(good, random)
  const tar = gunzipSync(good)
  const changes = 1 + random.below(3)
  let changed: Buffer = tar
  for (let change = 0; change < changes; change += 1) {
    changed = random.happens(0.6) ? withOtherHeader(changed, random) : mutated(changed, random)
  }
  return gzipSync(changed, { level: 1 })
}

/** A flipped bit, a cut, a piece left out or doubled, or bytes of any kind in place of others. */
function mutated(bytes: Buffer, random: Random): Buffer {
  const copy = Buffer.from(bytes)
  const at = random.below(copy.length)
  const end = Math.min(copy.length, at + 1 + random.below(600))
  switch (random.below(5)) {
    case 0:
      copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8))
      return copy
    case 1:
      return copy.subarray(0, at)
    case 2:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(end)])
    case 3:
      return Buffer.concat([copy.subarray(0, end), copy.subarray(at)])
    default:
      for (let position = at; position < end; position += 1) copy[position] = random.below(256)
      return copy
  }
}

const fields: readonly (readonly [at: number, size: number, values: readonly string[]])[] = [
  [
    0,
    100,
    [
      '../x',
      '/x',
      'a/../../x',
      'Chart.yaml',
      'x/Chart.yaml',
      '',
      'a\\..\\b',
      'C:\\x',
      'mychart/Chart.yaml',
      'mychart/charts/x.tgz',
      '\u00ff',
      'a\nb',
    ],
  ],
  [100, 8, ['0004777\0', '', 'xxxxxxxx']],
  [124, 12, ['00000000000\0', '77777777777\0', '-0000000001\0', '99999999999\0', '\u0080', '']],
  [136, 12, ['77777777777\0', '']],
  [156, 1, ['1', '2', '3', '4', '5', '6', '7', 'x', 'g', 'L', 'K', 'S', 'Z', '\0']],
  [157, 100, ['/etc/passwd', '../../x', 'Chart.yaml']],
  [257, 8, ['', 'ustar  \0', 'GARBAGE!']],
  [345, 155, ['..', '/etc', 'a/../..', 'x']],
]

/** The archive with another value in a field of one of its headers, whose checksum is right. */
function withOtherHeader(tar: Buffer, random: Random): Buffer {
  const copy = Buffer.from(tar)
  const headers = headersIn(copy)
  if (headers.length === 0) return copy
  const header = copy.subarray(random.one(headers))
  const [at, size, values] = random.one(fields)
  header.fill(0, at, at + size)
  header.write(random.one(values), at, size, 'latin1')
  header.fill(' ', 148, 156)
  const sum = header.subarray(0, 512).reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return copy
}

function headersIn(tar: Buffer): number[] {
  const found: number[] = []
  for (let at = 0; at + 512 <= tar.length; at += 512) {
    if (tar.subarray(at + 257, at + 262).equals(Buffer.from('ustar'))) found.push(at)
  }
  return found
}

async function write(directory: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(directory, path)), { recursive: true })
    await writeFile(join(directory, path), bytes)
  }
}

const segment = fc
  .string({
    unit: fc.constantFrom(...Array.from('abcxyzABC019 _-.+\u00e9\u65e5\u{1f680}')),
    minLength: 1,
    maxLength: 12,
  })
  .filter((name) => !/^[._ ]|[. ]$|^charts$|^Chart\.|^requirements\.|^values\.|\.tgz$/i.test(name))
const path = fc.array(segment, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'))
const bytes = fc.uint8Array({ maxLength: 3000 })
const word = fc.string({ unit: 'binary', maxLength: 40 }).filter((value) => value.isWellFormed())

const metadata = fc.record({
  apiVersion: fc.constantFrom('v1', 'v2'),
  name: fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/),
  version: fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99)).map((parts) => parts.join('.')),
  description: word,
  keywords: fc.array(word, { maxLength: 3 }),
  annotations: fc.dictionary(
    fc.stringMatching(/^[a-z.]{1,20}$/),
    word.map((value) => value.replace(/[\u007f-\u009f\ufffe\uffff]/g, '')),
    { maxKeys: 3 },
  ),
})

/** A chart directory as files; names that meet on other systems are left out. */
const chartFiles: fc.Arbitrary<ReadonlyMap<string, Uint8Array>> = fc
  .record({
    metadata,
    templates: fc.dictionary(path, bytes, { maxKeys: 4 }),
    files: fc.dictionary(path, bytes, { maxKeys: 6 }),
    subcharts: fc.array(fc.record({ metadata, files: fc.dictionary(path, bytes, { maxKeys: 2 }) }), {
      maxLength: 2,
    }),
    values: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 5 }),
  })
  .map((chart) => {
    const all = new Map<string, Uint8Array>([
      ['Chart.yaml', yamlOf(chart.metadata)],
      ['values.yaml', yamlOf(chart.values)],
    ])
    const add = (prefix: string, files: Readonly<Record<string, Uint8Array>>): void => {
      for (const [name, content] of Object.entries(files))
        if (isNew(all, `${prefix}${name}`)) all.set(`${prefix}${name}`, content)
    }
    add('templates/', chart.templates)
    for (const [index, { metadata: own, files }] of chart.subcharts.entries()) {
      all.set(`charts/sub${index}/Chart.yaml`, yamlOf(own))
      add(`charts/sub${index}/`, files)
    }
    add('', chart.files)
    return all
  })

/** JSON is YAML, as long as nothing in it is a slash with a backslash or a line of its own. */
function yamlOf(value: unknown): Buffer {
  const escaped = JSON.stringify(value).replace(/[\u007f-\u{10ffff}]/gu, (found) =>
    Array.from(
      { length: found.length },
      (_, index) => `\\u${found.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  )
  return Buffer.from(escaped)
}

function isNew(all: ReadonlyMap<string, unknown>, path: string): boolean {
  const key = path.normalize('NFC').toLowerCase()
  return [...all.keys()].every((other) => {
    const known = other.normalize('NFC').toLowerCase()
    return known !== key && !known.startsWith(`${key}/`) && !key.startsWith(`${known}/`)
  })
}
