import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { person, type Person } from '../support/commandLine.ts'
import { fixture } from '../support/fixtures.ts'
import { writeChart } from '../support/sampleChart.ts'

const mychart = 'localhost:5000/myrepo/mychart:2.7.0'

describe('chart verify', () => {
  it('says that nothing is wrong with a sound cache, and ends with 0', async () => {
    const someone = await withCache('base')

    const { stdout, stderr, exit } = await someone.chartroom(['chart', 'verify'])

    expect([plain(stdout, someone), stderr, exit]).toEqual([
      ['ROOT has 9 references and 21 blobs (7.4 KiB).', 'Nothing is wrong.'],
      '',
      0,
    ])
  })

  it('says what is wrong, and how to mend it, and ends with 11', async () => {
    const someone = await withCache('missing-manifest')

    const { stdout, stderr, exit } = await someone.chartroom(['chart', 'verify'])

    expect([plain(stdout, someone), stderr, exit]).toEqual([
      [
        `fault: The manifest of ${mychart} is missing (sha256:…).`,
        'note: 2 blobs (604 B) are not needed by anything in the index.',
        'ROOT has 2 references and 5 blobs (1.2 KiB).',
        '1 fault. Run: chartroom chart verify --repair',
        'To see what can go, run: chartroom chart prune --dry-run',
      ],
      '',
      11,
    ])
  })

  it('gives programs the same', async () => {
    const someone = await withCache('missing-layer')

    const { stdout, exit } = await someone.chartroom(['chart', 'verify', '--output', 'json'])

    expect(exit).toBe(11)
    expect(JSON.parse(stdout)).toEqual({
      root: rootOf(someone),
      references: 2,
      blobs: 5,
      bytes: 1014,
      findings: [
        {
          kind: 'missing-blob',
          message: expect.stringMatching(`^The layer of ${mychart} is missing`) as string,
          advice: 'Pull or save it again, or repair the cache.',
          reference: mychart,
          digest: expect.stringMatching(/^sha256:/) as string,
          isFault: true,
        },
      ],
      offers: [],
    })
  })

  it('repairs where it is told to, says what it did and what is left', async () => {
    const someone = await withCache('corrupt-manifest')

    const first = await someone.chartroom(['chart', 'verify', '--repair'])
    const second = await someone.chartroom(['chart', 'verify', '--repair'])

    expect([plain(first.stdout, someone), first.stderr, first.exit]).toEqual([
      [
        'Moved the damaged blob sha256:… to the trash.',
        `Took ${mychart} out of the index: its manifest sha256:… is missing. It could not be fetched: localhost:5000 could not be reached (connection refused).`,
        'Nothing is wrong any more.',
      ],
      '',
      0,
    ])
    expect([second.stdout, second.exit]).toEqual(['There was nothing to repair.\n', 0])
  })

  it('ends with 11 where something could not be repaired', async () => {
    const someone = await withCache('layout-version')

    const { stdout, exit } = await someone.chartroom(['chart', 'verify', '--repair'])

    expect([plain(stdout, someone), exit]).toEqual([
      [
        'fault: ROOT is an image layout of version 2.0.0; Chartroom and Helm know version 1.0.0.',
        '1 fault could not be repaired.',
      ],
      11,
    ])
  })

  it('offers back what another program dropped, and restores or forgets it', async () => {
    const someone = await person()
    await writeChart(someone.work)
    for (const tag of ['1', '2', '3']) {
      expect((await someone.chartroom(['chart', 'save', 'mychart', `localhost:5000/a/b:${tag}`])).exit).toBe(
        0,
      )
    }
    await dropFirst(someone, 2)

    const told = await someone.chartroom(['chart', 'verify'])
    const one = await someone.chartroom(['chart', 'verify', '--restore', 'localhost:5000/a/b:1'])
    const others = await someone.chartroom(['chart', 'verify', '--forget'])
    const none = await someone.chartroom(['chart', 'verify', '--restore'])
    const list = await someone.chartroom(['chart', 'list', '--output', 'json'])

    expect(plain(told.stdout, someone)).toEqual([
      'offer: localhost:5000/a/b:1 disappeared when another program rewrote the index.',
      'offer: localhost:5000/a/b:2 disappeared when another program rewrote the index.',
      expect.stringMatching('^ROOT has 1 reference and 3 blobs'),
      'Nothing is wrong.',
      'To put back what disappeared, run: chartroom chart verify --restore, or else: --forget',
    ])
    expect([told.exit, one.stdout, others.stdout, none.stdout]).toEqual([
      0,
      'localhost:5000/a/b:1: restored\n',
      'localhost:5000/a/b:2: forgotten\n',
      'No chart has disappeared.\n',
    ])
    const charts = JSON.parse(list.stdout) as { reference: string }[]
    expect(charts.map(({ reference }) => reference)).toEqual(['localhost:5000/a/b:1', 'localhost:5000/a/b:3'])
  })

  it.each([
    [['--restore', '--forget'], '--restore and --forget exclude each other.'],
    [['--repair', '--forget'], '--repair and --forget exclude each other.'],
    [['--repair', 'a/b:1'], '--repair mends the whole cache and takes no REF.'],
    [['--keyring', 'keys.gpg'], '--keyring needs REF: signatures are checked one at a time.'],
  ])('does not take %j', async (args, message) => {
    const someone = await person()

    const { stderr, exit } = await someone.chartroom(['chart', 'verify', ...args])

    expect([stderr.split('\n')[0], exit]).toEqual([message, 2])
  })
})

describe('chart prune', () => {
  it('takes nothing where the index is missing, and says what to do', async () => {
    const someone = await withCache('index-missing')

    const { stdout, stderr, exit } = await someone.chartroom(['chart', 'prune', '--older-than', '0'])

    expect([stdout, plain(stderr, someone), exit]).toEqual([
      '',
      [
        'Nothing was pruned, because it is not known which content is needed: ROOT/index.json is missing, so nobody knows which blobs beside it are needed.',
        'Repair the cache, or remove what is named here, and prune again.',
      ],
      11,
    ])
  })

  it('says what would go, and then moves it to the trash', async () => {
    const someone = await withCache('index-no-manifests')

    const dry = await someone.chartroom(['chart', 'prune', '--dry-run', '--older-than', '0'])
    const waiting = await someone.chartroom(['chart', 'prune'])
    const done = await someone.chartroom(['chart', 'prune', '--older-than', '0', '--output', 'json'])
    const nothing = await someone.chartroom(['chart', 'prune'])

    expect(plain(dry.stdout, someone)).toEqual([
      expect.stringMatching(/^DIGEST +\tSIZE +\tUNUSED FOR/),
      ...Array.from(
        { length: 6 },
        () => expect.stringMatching(/^… *\t\d+ B *\tLess than a second/) as string,
      ),
      '6 blobs (1.5 KiB) would go to the trash, where it stays for 7 days.',
    ])
    expect(waiting.stdout).toBe('Nothing to prune.\n6 blobs (1.5 KiB) not needed, but kept for now.\n')
    expect(JSON.parse(done.stdout)).toMatchObject({
      bytes: 1501,
      waiting: [],
      emptied: { blobs: 0, bytes: 0 },
      undoable: { blobs: 0, bytes: 0 },
      dryRun: false,
      isBusy: false,
    })
    expect([dry.exit, waiting.exit, done.exit, nothing.stdout]).toEqual([0, 0, 0, 'Nothing to prune.\n'])
  })

  it('says what a removal that can be undone still needs', async () => {
    const someone = await withCache('base')
    await someone.chartroom(['chart', 'remove', mychart])

    const { stdout } = await someone.chartroom(['chart', 'prune', '--older-than', '0'])

    expect(stdout).toMatch(
      /^Nothing to prune\.\n3 blobs \(.*\) of charts that can still be put back stay for now\.\n$/,
    )
  })

  it('refuses where it cannot be known what is needed, and says how to go on', async () => {
    const someone = await withCache('corrupt-manifest')

    const { stderr, exit } = await someone.chartroom(['chart', 'prune'])

    expect([plain(stderr, someone), exit]).toEqual([
      [
        expect.stringMatching(
          `^Nothing was pruned, because it is not known which content is needed: The manifest of ${mychart}`,
        ) as string,
        'Run: chartroom chart verify --repair',
      ],
      11,
    ])
  })

  it.each(['7x', '', '-1', '1.5h', '90'])('does not take %j for a time', async (text) => {
    const someone = await person()

    const { stderr, exit } = await someone.chartroom(['chart', 'prune', `--older-than=${text}`])

    expect([stderr.split('\n')[0], exit]).toEqual([
      `--older-than is a time such as 90m, 24h, 7d or 0, not "${text}".`,
      2,
    ])
  })
})

/** Somebody with a copy of a cache that Helm wrote. */
async function withCache(variant: string): Promise<Person> {
  const someone = await person()
  await mkdir(rootOf(someone), { recursive: true })
  await cp(fixture('cache', 'helm-3.6.3', variant, 'registry', 'cache'), rootOf(someone), { recursive: true })
  return someone
}

function rootOf({ cacheHome }: Person): string {
  return join(cacheHome, 'registry', 'cache')
}

/** Lines, without the place, digests, and the spaces that fill a last column. */
function plain(text: string, someone: Person): string[] {
  return text
    .replaceAll(rootOf(someone), 'ROOT')
    .replaceAll(/[0-9a-f]{64}/g, '…')
    .split('\n')
    .filter((line) => line !== '')
}

/** Rewrites the index without its first entries, as a program does that knows of no journal. */
async function dropFirst(someone: Person, count: number): Promise<void> {
  const path = join(rootOf(someone), 'index.json')
  const index = JSON.parse(await readFile(path, 'utf8')) as { manifests: unknown[] }
  await writeFile(path, JSON.stringify({ ...index, manifests: index.manifests.slice(count) }))
}
