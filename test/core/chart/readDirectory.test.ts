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
import { chartsWithLinks, recordedCharts } from './recordings.ts'
import { bytesOf, content } from './tarball.ts'

const charts = await chartsWithLinks()

async function read(name: string): Promise<Chart> {
  return await readDirectory(join(charts, name), { followLinks: true })
}

const accepted = recordedCharts().filter(
  // Refused for their names, unlike Helm.
  ({ name, recorded }) => recorded.accepted && !['name-slash', 'template-names'].includes(name),
)

describe('an accepted chart directory', () => {
  it.each(accepted)('loads from its packed form with the same config blob: $name', async ({ name }) => {
    const chart = await read(name)

    const archive = await readArchive(content(await bytesOf(packChart(chart))), name)

    expect(encodeConfig(archive.metadata)).toEqual(encodeConfig(chart.metadata))
    expect(archive.entries).toEqual(chart.files.map(({ path, size }) => ({ path, size })))
  })
})

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

  it('is refused with a requirements.yaml that would make it invalid for Helm', async () => {
    const directory = await chartDirectory({ 'requirements.yaml': 'version: 1.2.3.4\ndependencies: []\n' })

    await expect(readDirectory(directory)).rejects.toThrow(
      'mychart: requirements.yaml: Helm takes this file over Chart.yaml, and then version "1.2.3.4" is not a semantic version',
    )
  })

  it('keeps its own name and version whatever a requirements.yaml says', async () => {
    const directory = await chartDirectory({ 'requirements.yaml': 'name: hijack\nversion: 9.9.9\n' })

    const { metadata } = await readDirectory(directory)

    expect(metadata).toMatchObject({ name: 'mychart', version: '1.0.0' })
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
