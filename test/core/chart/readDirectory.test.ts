import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Chart } from '../../../src/core/chart/chart.ts'
import { encodeConfig } from '../../../src/core/chart/configBlob.ts'
import { packChart } from '../../../src/core/chart/packChart.ts'
import { readArchive } from '../../../src/core/chart/readArchive.ts'
import { readDirectory } from '../../../src/core/chart/readDirectory.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { chartsWithLinks, recordedCharts, type RecordedEntry } from './recordings.ts'
import { bytesOf, content } from './tarball.ts'

const charts = await chartsWithLinks()

/** Where a chart is accepted or refused unlike Helm 3.6.3, with the decision that says so. */
const decidedOtherwise: Readonly<Record<string, string>> = {
  'name-slash': 'M: a name with a slash is refused, because Helm writes what it cannot read back',
  'template-names': 'M: A.txt and a.txt are one file on other systems, and an archive with both is refused',
}

const deepSubchart = [
  '.helmignore',
  'Chart.yaml',
  'charts/inner/Chart.yaml',
  'charts/inner/docs/guide.md',
  'charts/inner/templates/x.yaml',
  'secret.txt',
  'values.yaml',
]

/** Where the files differ from those that Helm 3.6.3 packs, with the decision that says so. */
const filesDiffer: Readonly<Record<string, { why: string; missing?: string[]; extra?: string[] }>> = {
  'api-version-odd': {
    why: 'C: files are packed verbatim, those that Helm takes into Chart.yaml or drops included',
    extra: ['Chart.lock', 'requirements.yaml'],
  },
  'v2-requirements-file': {
    why: 'C: requirements.yaml and its lock stay, Helm moves them into Chart.yaml and Chart.lock',
    missing: ['Chart.lock'],
    extra: ['requirements.lock', 'requirements.yaml'],
  },
  'subchart-tgz': {
    why: 'C: a subchart archive stays an archive',
    missing: [
      'Chart.yaml',
      'charts/wick/Chart.yaml',
      'requirements.yaml',
      'templates/lamp.yaml',
      'values.yaml',
    ].map((path) => `charts/lantern/${path}`),
    extra: ['charts/any-file-name.tgz'],
  },
  'subchart-deep': {
    why: 'C: a subchart keeps the name of its directory',
    missing: deepSubchart.map((path) => `charts/middle/${path}`),
    extra: deepSubchart.map((path) => `charts/outer-dir/${path}`),
  },
}

/** Files that Helm writes anew, so that their bytes differ; C: Chartroom packs them verbatim. */
const rewritten = /(?:^|\/)(?:Chart\.yaml|Chart\.lock|requirements\.lock)$/

const recordings = recordedCharts().map(({ name, recorded }) => ({
  name,
  recorded,
  letter: decidedOtherwise[name] ?? 'as Helm',
}))

describe('a chart directory is accepted or refused', () => {
  it.each(recordings)('$name: $letter', async ({ name, recorded }) => {
    const outcome = await read(name).then(
      () => true,
      (error: unknown) => {
        expect(error).toMatchObject({ kind: 'invalid-chart' })
        return false
      },
    )

    expect(outcome).toBe(name in decidedOtherwise ? !recorded.accepted : recorded.accepted)
  })
})

const accepted = recordings.filter(({ name, recorded }) => recorded.accepted && !(name in decidedOtherwise))

describe('an accepted chart directory', () => {
  it.each(accepted)('has the config blob that Helm writes: $name', async ({ name, recorded }) => {
    const { metadata } = await read(name)

    expect(encodeConfig(metadata).toString()).toBe(olderGo(recorded.config!.json))
  })

  it.each(accepted)('loads from its packed form with the same config blob: $name', async ({ name }) => {
    const chart = await read(name)

    const archive = await readArchive(content(await bytesOf(packChart(chart))), name)

    expect(encodeConfig(archive.metadata)).toEqual(encodeConfig(chart.metadata))
    expect(archive.entries).toEqual(chart.files.map(({ path, size }) => ({ path, size })))
  })

  const withFiles = accepted.map(({ name, recorded }) => ({
    name,
    recorded,
    letter: filesDiffer[name]?.why ?? 'as Helm',
  }))
  it.each(withFiles)('holds the files that Helm packs: $name: $letter', async ({ name, recorded }) => {
    const chart = await read(name)
    const base = `${chart.metadata.name}/`
    const { missing = [], extra = [] } = filesDiffer[name] ?? {}

    const expected = recorded.layer!.entries.map(({ path }) => path.slice(base.length))
    expect(chart.files.map(({ path }) => path).sort()).toEqual(
      [...expected.filter((path) => !missing.includes(path)), ...extra].sort(),
    )
    expect(await differing(chart, recorded.layer!.entries)).toEqual([])
  })
})

/** Files with other bytes than Helm packs, apart from what it writes anew and the byte order marks that it strips. */
async function differing(chart: Chart, entries: readonly RecordedEntry[]): Promise<string[]> {
  const hashes = new Map(entries.map(({ path, sha256 }) => [path, sha256]))
  const found: string[] = []
  for (const file of chart.files) {
    const expected = hashes.get(`${chart.metadata.name}/${file.path}`)
    if (expected === undefined || rewritten.test(file.path)) continue
    const bytes = await bytesOf(await file.open())
    const hasMark = bytes.subarray(0, 3).equals(Buffer.from('\ufeff'))
    const actual = createHash('sha256')
      .update(hasMark ? bytes.subarray(3) : bytes)
      .digest('hex')
    if (actual !== expected) found.push(file.path)
  }
  return found
}

async function read(name: string): Promise<Chart> {
  return await readDirectory(join(charts, name), { followLinks: true })
}

/** The recordings were made with a newer Go than any release of Helm 3.0-3.6; M: older ones wrote these two so. */
function olderGo(json: string): string {
  return json.replace(/\\./g, (found) => ({ '\\b': '\\u0008', '\\f': '\\u000c' })[found] ?? found)
}

describe('what a person reads about a chart that cannot be loaded', () => {
  it.each([
    [
      'bad-version',
      'bad-version: Chart.yaml, line 3: version "1.2.3.4" is not a semantic version (write for example 1.0.0).',
    ],
    ['no-chart-yaml', 'no-chart-yaml: Chart.yaml is called chart.yaml here, so this is not a chart.'],
    ['missing-name', 'missing-name: Chart.yaml: the name is missing.'],
    [
      'chart-yaml-tabs',
      'chart-yaml-tabs: Chart.yaml, line 5: this is not valid YAML: tab characters must not be used in indentation.',
    ],
    [
      'wrong-type-bool',
      'wrong-type-bool: Chart.yaml, line 4: deprecated must be true or false without quotes, not the text "true".',
    ],
    ['values-list', 'values-list: values.yaml: the values must be a map of names to values, not a list.'],
    ['ignore-negation', 'ignore-negation: .helmignore, line 2: the rule "!keep.txt" leaves out Chart.yaml.'],
    [
      'charts-stray-readme',
      'charts-stray-readme: charts/README.md: in charts/ there may be only chart folders and chart archives (.tgz).',
    ],
    [
      'charts-bad-tgz',
      'charts-bad-tgz: charts/broken-1.0.0.tgz is not gzip-compressed, so it is not a chart archive.',
    ],
    ['symlink-broken', 'symlink-broken: files/dangling.txt: this link leads to nothing.'],
    ['schema-not-json', 'schema-not-json: values.schema.json: this is not valid JSON.'],
  ])('%s: %s', async (name, message) => {
    await expect(read(name)).rejects.toThrow(expect.objectContaining({ kind: 'invalid-chart', message }))
  })

  it('has the path and the line for an editor', async () => {
    await expect(read('bad-version')).rejects.toMatchObject({
      evidence: { path: join(charts, 'bad-version', 'Chart.yaml'), line: 3 },
    })
  })

  it('names a subchart by its place in the chart', async () => {
    const directory = await chartDirectory({ 'charts/lamp/Chart.yaml': 'name: lamp\nversion: x\n' })

    await expect(readDirectory(directory)).rejects.toThrow(
      'mychart: charts/lamp/Chart.yaml, line 2: version "x" is not a semantic version (write for example 1.0.0).',
    )
  })
})

describe('links in a chart directory', () => {
  it('are followed inside the chart', async () => {
    const chart = await readDirectory(join(charts, 'symlinks'))

    expect(chart.files.map(({ path }) => path)).toContain('zdocs/sub/b.md')
  })

  it('are refused where they leave the chart, with their target, unless told otherwise', async () => {
    const outside = join(charts, 'symlink-outside')

    await expect(readDirectory(outside)).rejects.toThrow(
      `symlink-outside: files/outside.txt: this link leads out of the chart, to ${join(charts, 'crds-schema-docs', 'README.md')}.`,
    )
    await expect(readDirectory(outside, { followLinks: true })).resolves.toBeDefined()
  })

  it('may leave the chart where .helmignore drops them', async () => {
    const directory = await chartDirectory({ '.helmignore': 'out\nnowhere\n' })
    await symlink('/', join(directory, 'out'))
    await symlink('missing', join(directory, 'nowhere'))

    const chart = await readDirectory(directory)

    expect(chart.files.map(({ path }) => path)).toEqual(['.helmignore', 'Chart.yaml'])
  })

  it('are refused where they lead in a circle', async () => {
    const directory = await chartDirectory({ 'docs/a.md': 'a' })
    await symlink('../docs', join(directory, 'docs', 'again'))
    await expect(readDirectory(directory)).rejects.toThrow(
      'mychart: docs/again: this link leads back to a folder around it.',
    )

    const looped = await chartDirectory({})
    await symlink('self', join(looped, 'self'))
    await expect(readDirectory(looped)).rejects.toThrow('mychart: self: this link leads to itself.')
  })

  it('may be the way to the chart itself', async () => {
    const directory = await chartDirectory({ 'docs/a.md': 'a' })
    const link = join(dirname(directory), 'link')
    await symlink(directory, link)

    await expect(readDirectory(link)).resolves.toMatchObject({ metadata: { name: 'mychart' } })
  })
})

describe('a chart directory', () => {
  it('is refused with a pipe in it, which would never end', async () => {
    const directory = await chartDirectory({})
    execFileSync('mkfifo', [join(directory, 'pipe')])

    await expect(readDirectory(directory)).rejects.toThrow(
      'mychart: pipe: this is neither a file nor a folder',
    )
  })

  it.each([
    ['..foo', 'mychart: ..foo: this file starts with two dots, which Helm refuses.'],
    ['a\\b', 'mychart: a\\b: this file has a backslash in its name.'],
  ])('is refused with a file that Helm could not read back: %s', async (path, message) => {
    const directory = await chartDirectory({ [path]: 'x' })

    await expect(readDirectory(directory)).rejects.toThrow(message)
  })

  it('must be there', async () => {
    await expect(readDirectory('/nowhere/mychart')).rejects.toThrow(
      'There is no chart directory at /nowhere/mychart.',
    )
  })

  it('keeps to the limits', async () => {
    const directory = await chartDirectory({ a: 'x'.repeat(100), b: 'x'.repeat(100) })
    const limits = { unpacked: 10_000, file: 10_000, entries: 10 }

    await expect(readDirectory(directory, { limits })).resolves.toBeDefined()
    await expect(readDirectory(directory, { limits: { ...limits, file: 99 } })).rejects.toThrow(
      expect.objectContaining({
        kind: 'too-large',
        message: 'mychart has a file a of 100 B; the limit for one file is 99 B.',
      }),
    )
    await expect(readDirectory(directory, { limits: { ...limits, unpacked: 199 } })).rejects.toMatchObject({
      kind: 'too-large',
    })
    await expect(readDirectory(directory, { limits: { ...limits, entries: 2 } })).rejects.toThrow(
      'mychart has more than 2 files.',
    )
  })

  it('stops when it is told to', async () => {
    const directory = await chartDirectory({})

    await expect(readDirectory(directory, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    })
  })

  it('warns of a requirements.yaml that is out of date', async () => {
    const chart = await read('v2-requirements-file')

    expect(chart.warnings).toEqual([
      'v2-requirements-file: requirements.yaml is meant for apiVersion v1; move its dependencies to Chart.yaml, where apiVersion v2 has them.',
    ])
  })
})

async function chartDirectory(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = join(await temporaryDirectory(), 'mychart')
  const all = { 'Chart.yaml': 'apiVersion: v2\nname: mychart\nversion: 1.0.0\n', ...files }
  for (const [path, text] of Object.entries(all)) {
    await mkdir(dirname(join(directory, path)), { recursive: true })
    await writeFile(join(directory, path), text)
  }
  return directory
}
