import { execFileSync } from 'node:child_process'
import { cp, mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { digestOf } from '../../src/core/oci/digest.ts'
import { person, type Person } from '../support/commandLine.ts'
import { fixture } from '../support/fixtures.ts'
import { writeChart } from '../support/sampleChart.ts'
import { filesUnder } from '../support/tree.ts'

interface Recording {
  readonly list: { readonly stdout: string }
}

interface AgesRecording {
  readonly ages: readonly { readonly layer: string; readonly ageSecondsAtStart: number }[]
  readonly stdout: string
}

const twoHoursAndAMinute = (2 * 60 + 1) * 60

describe('chart list', () => {
  it.each([
    'base',
    'legacy-annotated',
    'unknown-keys',
    'duplicate-refs',
    'index-missing',
    'index-null-entry',
    'missing-config',
    'ref-odd-names',
  ])('prints the cache %s byte for byte as Helm 3.2.4 does', async (name) => {
    const { chartroom } = await personWithCache('helm-3.2.4', name)

    const { stdout, stderr, exit } = await chartroom(['chart', 'list'])

    expect({ stdout, stderr, exit }).toEqual({
      stdout: (await recordingOf('helm-3.2.4', name)).list.stdout,
      stderr: '',
      exit: 0,
    })
  })

  it('prints the cache that Helm 3.6.3 wrote as Helm does, but for the digest, where that Helm picks one at random', async () => {
    const { chartroom } = await personWithCache('helm-3.6.3', 'base')

    const { stdout } = await chartroom(['chart', 'list'])

    // Helm 3.6.3 may also print another chart's name beside a reference: its lookup ends at whatever entry comes last.
    const { list } = await recordingOf('helm-3.6.3', 'base')
    const column = (text: string, position: number): string[] =>
      text.split('\n').map((line) => line.split('\t')[position] ?? '')
    expect(column(stdout, 0)).toEqual(column(list.stdout, 0))
    expect(column(stdout, 5)).toEqual(column(list.stdout, 5))
  })

  it('prints ages as Helm does', async () => {
    const recording = await readJson<AgesRecording>(fixture('cache', 'helm-3.2.4', 'base-ages.json'))
    const { chartroom, cacheHome } = await personWithCache('helm-3.2.4', 'base')
    for (const { layer, ageSecondsAtStart } of recording.ages) {
      const blob = join(cacheHome, 'registry', 'cache', 'blobs', layer.replace(':', '/'))
      // What is young would have grown older before the list is printed.
      await age(blob, ageSecondsAtStart === 0 ? -60 : ageSecondsAtStart)
    }

    const { stdout } = await chartroom(['chart', 'list'])

    const withoutSeconds = (text: string): string =>
      text.replaceAll(/\t(?:1 second|5\d seconds) +$/gm, '\tseconds')
    expect(withoutSeconds(stdout)).toBe(withoutSeconds(recording.stdout))
  })

  it('shows an entry that cannot be read as a row, warns about it, and goes on', async () => {
    const { chartroom } = await personWithCache('helm-3.2.4', 'corrupt-manifest')

    const { stdout, stderr, exit } = await chartroom(['chart', 'ls'])

    const [header, broken, sound, end] = stdout.split('\n')
    expect(header).toMatch(/^REF +\tNAME +\tVERSION\tDIGEST \tSIZE +\tCREATED *$/)
    expect(broken).toMatch(/^localhost:5000\/myrepo\/mychart:2\.7\.0\t<invalid: [a-z ]+> *\t/)
    expect(sound).not.toContain('invalid')
    expect(end).toBe('')
    expect(stderr).toMatch(/^WARNING: localhost:5000\/myrepo\/mychart:2\.7\.0 cannot be used: .+\.\n$/)
    expect(exit).toBe(0)
  })

  it('cuts a name of any length, in its warning too, and has it whole for programs', async () => {
    const { chartroom, cacheHome } = await personWithCache('helm-3.2.4', 'base')
    const name = `$&${'x'.repeat(1_000_000)}`
    const entry = (digest: string): unknown => ({
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest,
      size: 1,
      annotations: { 'org.opencontainers.image.ref.name': name },
    })
    const index = join(cacheHome, 'registry', 'cache', 'index.json')
    const printed: string[] = []
    for (const digest of [`sha256:${'0'.repeat(64)}`, `sha256:${'?'.repeat(1_000_000)}`]) {
      await writeFile(index, JSON.stringify({ manifests: [entry(digest)] }))
      printed.push((await chartroom(['chart', 'list'])).stderr)
    }
    const json = await chartroom(['chart', 'list', '-o', 'json'])

    expect(printed[0]).toMatch(
      /^WARNING: \$&x{195}\.\.\. cannot be used: The manifest of \$&x{195}\.\.\. is missing: there is no .+\.\n$/,
    )
    expect(printed.map((text) => text.length < 1500)).toEqual([true, true])
    expect(JSON.parse(json.stdout)).toMatchObject([{ reference: name }])
  })

  it('says what is wrong where a pipe stands in place of the index', async () => {
    const { chartroom, cacheHome } = await person()
    const cache = join(cacheHome, 'registry', 'cache')
    await mkdir(cache, { recursive: true })
    execFileSync('mkfifo', [join(cache, 'index.json')])

    const { stderr, exit } = await chartroom(['chart', 'list'])

    expect(stderr).toBe(
      `${join(cache, 'index.json')} is not read: it is a pipe or a device; it should be a file.\nMove it away.\n`,
    )
    expect(exit).toBe(11)
  })

  it('shows whole references on request, and narrower columns too', async () => {
    const { chartroom } = await personWithCache('helm-3.2.4', 'base')

    const whole = await chartroom(['chart', 'list', '--no-trunc'])
    const narrow = await chartroom(['chart', 'list', '--max-col-width', '20'])

    expect(whole.stdout).toContain('localhost:5000/stable/build-metadata:1.0.0-beta.2+exp.sha.5114f85')
    expect(narrow.stdout).toContain('\nlocalhost:5000/my...\t')
  })

  it('is an array for programs, in JSON and in YAML', async () => {
    const { chartroom } = await personWithCache('helm-3.2.4', 'corrupt-manifest')

    const json = await chartroom(['chart', 'list', '--output', 'json'])
    const yaml = await chartroom(['chart', 'list', '--output', 'yaml'])

    const [broken, sound] = JSON.parse(json.stdout) as Record<string, unknown>[]
    expect(Object.keys(broken ?? {}).sort()).toEqual(['manifestDigest', 'problem', 'reference'])
    expect(broken?.['problem']).toEqual({ kind: 'integrity', message: expect.any(String) as string })
    const { digest, manifestDigest, created, ...rest } = sound ?? {}
    expect([digest, manifestDigest].join()).toMatch(/^sha256:[a-f0-9]{64},sha256:[a-f0-9]{64}$/)
    expect(created).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    expect(rest).toMatchInlineSnapshot(`
      {
        "deprecated": false,
        "format": "legacy",
        "name": "v2-minimal",
        "reference": "localhost:5000/myrepo/small:0.1.0",
        "size": 199,
        "version": "0.1.0",
      }
    `)
    expect(yaml.stdout).toMatch(/^- reference: localhost:5000\/myrepo\/mychart:2\.7\.0\n/)
    expect(yaml.stdout).not.toContain('undefined')
  })
})

describe('chart list for programs', () => {
  const fields = [
    ...[
      'reference',
      'name',
      'version',
      'appVersion',
      'description',
      'deprecated',
      'digest',
      'manifestDigest',
    ],
    ...['size', 'created', 'format'],
  ]

  it.each([
    ['legacy', []],
    ['modern', ['--format', 'modern']],
  ])('has every field of a %s chart, in this order, and no other', async (format, flags) => {
    const { chartroom, work } = await person()
    const directory = await writeChart(work)
    const blob = (digest: unknown): string => String(digest).replace('sha256:', '')
    await chartroom(['chart', 'save', directory, 'localhost:5000/myrepo/mychart:2.7.0', ...flags])

    const json = await chartroom(['chart', 'list', '-o', 'json'])
    const yaml = await chartroom(['chart', 'list', '-o', 'yaml'])

    const [chart] = JSON.parse(json.stdout) as [Record<string, unknown>]
    expect(Object.keys(chart)).toEqual(fields)
    expect(chart).toMatchObject({
      reference: 'localhost:5000/myrepo/mychart:2.7.0',
      name: 'mychart',
      version: '0.1.0',
      appVersion: '1.0',
      description: 'A sample',
      deprecated: false,
      format,
    })
    const blobs = join(work, '..', '.cache', 'helm', 'registry', 'cache', 'blobs', 'sha256')
    const layer = join(blobs, blob(chart['digest']))
    expect(digestOf(await readFile(layer))).toBe(chart['digest'])
    expect(digestOf(await readFile(join(blobs, blob(chart['manifestDigest']))))).toBe(chart['manifestDigest'])
    expect(chart['size']).toBe((await stat(layer)).size)
    expect(chart['created']).toBe(new Date((await stat(layer)).mtimeMs).toISOString())
    expect(load(yaml.stdout)).toEqual([chart])
  })

  it('is an empty list where there is no chart', async () => {
    const { chartroom } = await person()

    expect((await chartroom(['chart', 'list', '-o', 'json'])).stdout).toBe('[]\n')
    expect((await chartroom(['chart', 'list', '-o', 'yaml'])).stdout).toBe('[]\n')
  })

  it('has an error as an object on stderr where the index cannot be read', async () => {
    const { chartroom, cacheHome } = await person()
    await mkdir(join(cacheHome, 'registry', 'cache'), { recursive: true })
    await writeFile(join(cacheHome, 'registry', 'cache', 'index.json'), '{')

    const { stdout, stderr, exit } = await chartroom(['chart', 'list', '-o', 'json'])

    expect(stdout).toBe('')
    expect(JSON.parse(stderr)).toMatchObject({
      error: { kind: 'store-corrupt', message: expect.any(String) as string },
    })
    expect(exit).toBe(11)
  })
})

async function personWithCache(writer: string, name: string): Promise<Person> {
  const someone = await person()
  await mkdir(someone.cacheHome, { recursive: true })
  await cp(fixture('cache', writer, name), someone.cacheHome, { recursive: true })
  for (const path of await filesUnder(someone.cacheHome)) await age(path, twoHoursAndAMinute)
  return someone
}

async function age(path: string, seconds: number): Promise<void> {
  const time = Date.now() / 1000 - seconds
  await utimes(path, time, time)
}

async function recordingOf(writer: string, name: string): Promise<Recording> {
  return await readJson<Recording>(fixture('cache', writer, `${name}.json`))
}

async function readJson<Shape>(path: string): Promise<Shape> {
  return JSON.parse(await readFile(path, 'utf8')) as Shape
}
