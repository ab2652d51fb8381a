import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { problemOfPath } from '../../../src/core/chart/problemOfPath.ts'
import { encodeConfig } from '../../../src/core/chart/configBlob.ts'
import { readArchive, readArchiveFile } from '../../../src/core/chart/readArchive.ts'
import type { ErrorKind } from '../../../src/core/errors.ts'
import { fixture } from '../../support/fixtures.ts'
import { recordedArchives } from './recordings.ts'
import { chartWith, chartYaml, content, tarball, type Entry } from './tarball.ts'

const archives = recordedArchives().map(({ name, recorded }) => ({
  name,
  recorded,
  letter: decidedOtherwise(name) ?? 'as Helm',
  bytes: readFileSync(fixture('archives', `${name}.tgz`)),
}))

/** What Helm 3.6.3 accepts and Chartroom does not. */
function decidedOtherwise(name: string): string | undefined {
  const reasons: Readonly<Record<string, readonly string[]>> = {
    'M: a path that leads out of the archive, or means another place than it says': [
      'parent',
      'parent-harmless',
      'drive-first',
      'backslash-mixed',
      'two-bases',
    ],
    'M: a link, a pipe or a device': ['symlink', 'hardlink', 'fifo', 'device'],
    'M: two files with one name': ['duplicate-chart-yaml', 'duplicate-values'],
    'M: a damaged archive': ['trailing-garbage', 'cut-trailer', 'bad-crc'],
    'M: more than 32 folders deep': ['gnu-long-name', 'pax-long-name'],
  }
  return Object.keys(reasons).find((reason) => reasons[reason]?.includes(name))
}

describe('a chart archive', () => {
  it.each(archives)('is accepted or refused: $name: $letter', async ({ name, recorded, bytes }) => {
    const kinds: (ErrorKind | undefined)[] = ['archive-unsafe', 'integrity', 'invalid-chart']
    const outcome = await readArchive(content(bytes), name).then(
      () => 'accepted',
      (error: unknown) =>
        kinds.find((kind) => kind === (error as { kind?: ErrorKind }).kind) ?? String(error),
    )

    const isAccepted = recorded.accepted && decidedOtherwise(name) === undefined
    expect(kinds.includes(outcome as ErrorKind) ? 'refused' : outcome).toBe(
      isAccepted ? 'accepted' : 'refused',
    )
  })

  const accepted = archives.filter(
    ({ name, recorded }) => recorded.accepted && decidedOtherwise(name) === undefined,
  )
  it.each(accepted)('gives the config blob that Helm writes: $name', async ({ name, recorded, bytes }) => {
    const { metadata } = await readArchive(content(bytes), name)

    expect(encodeConfig(metadata).toString()).toBe(recorded.config!.json)
  })

  it.each(['3.22.0', '4.3.1'])('of Helm %s is read', async (version) => {
    for (const name of ['mychart-0.1.0', 'full-metadata-4.5.6', 'subchart-tgz-0.1.0', 'html-chars-0.1.0']) {
      const bytes = readFileSync(fixture('modern', `helm-${version}`, `${name}.tgz`))
      const { metadata } = await readArchive(content(bytes), name)
      expect(`${metadata.name}-${metadata.version}`).toBe(name)
    }
  })

  it.each([1, 7, 511, 513])('is read in pieces of %i bytes as well', async (size) => {
    const bytes = gzipSync(
      tarball({ path: 'arc/Chart.yaml', content: chartYaml }, { path: 'arc/a/b', content: 'b' }),
    )

    const { entries } = await readArchive(content(bytes, size), 'arc.tgz')

    expect(entries).toEqual([
      { path: 'Chart.yaml', size: chartYaml.length },
      { path: 'a/b', size: 1 },
    ])
  })
})

describe('a hostile archive', () => {
  const unsafe: [string, Entry[], string][] = [
    ['a path upwards', [{ path: 'arc/a/../../x' }], 'leads out of the chart'],
    ['a path upwards at its end', [{ path: 'arc/a/..' }], 'leads out of the chart'],
    ['a path upwards with backslashes', [{ path: 'arc\\..\\x' }], 'leads out of the chart'],
    ['a base directory upwards', [{ path: '../x' }], 'leads out of the chart'],
    ['an absolute path', [{ path: '/etc/x' }], 'is an absolute path'],
    ['an absolute path inside', [{ path: 'arc//etc/x' }], 'is an absolute path'],
    ['a dot in a path', [{ path: 'arc/./x' }], 'is not a plain path'],
    ['a drive', [{ path: 'C:\\x' }], 'names a drive'],
    ['a drive without a slash', [{ path: 'arc/C:x' }], 'names a drive'],
    ['a share', [{ path: '\\\\srv\\x' }], 'is an absolute path'],
    ['a second base directory', [{ path: 'other/x' }], 'lies outside of arc/, where the archive begins'],
    ['a symbolic link', [{ path: 'arc/l', type: 'SymbolicLink', linkpath: '/etc' }], 'is a symbolic link'],
    ['a hard link', [{ path: 'arc/l', type: 'Link', linkpath: 'arc/Chart.yaml' }], 'is a hard link'],
    [
      'a link and a file through it',
      [{ path: 'arc/l', type: 'SymbolicLink', linkpath: '/tmp' }, { path: 'arc/l/x' }],
      'is a symbolic link',
    ],
    ['a pipe', [{ path: 'arc/p', type: 'FIFO' }], 'is a pipe'],
    ['a device', [{ path: 'arc/d', type: 'BlockDevice' }], 'is a device'],
    ['a file twice', [{ path: 'arc/Chart.yaml', content: chartYaml }], 'is there twice'],
    [
      'a file in two cases',
      [{ path: 'arc/chart.yaml', content: chartYaml }],
      'cannot be told from Chart.yaml where case does not count',
    ],
    [
      'a file in two normal forms',
      [{ path: 'arc/\u00e9' }, { path: 'arc/e\u0301' }],
      'cannot be told from \u00e9 where case does not count',
    ],
    ['a file that is a folder too', [{ path: 'arc/a' }, { path: 'arc/a/b' }], 'lies in what is a file'],
    ['a folder that is a file too', [{ path: 'arc/a/b' }, { path: 'arc/a' }], 'is there twice'],
    ['a control character', [{ path: 'arc/a\u001b[31m' }], 'has control characters in its name'],
    ['an override of direction', [{ path: 'arc/a\u202etxt.exe' }], 'turn the direction of text'],
    ['a path too deep', [{ path: `arc/${'d/'.repeat(32)}x` }], 'is more than 32 folders deep'],
    [
      'a path too long',
      [{ path: 'x', pax: { path: `arc/${'x'.repeat(1025)}` } }],
      'is longer than 1024 bytes',
    ],
    [
      'a path upwards in an extended header',
      [{ path: 'arc/x', pax: { path: 'arc/../../x' } }],
      'leads out of the chart',
    ],
    ['a folder upwards', [{ path: 'arc/../../x/', type: 'Directory' }], 'leads out of the chart'],
  ]
  it.each(unsafe)('with %s is refused as a whole', async (_what, entries, problem) => {
    await expect(readArchive(chartWith(...entries), 'arc.tgz')).rejects.toThrow(
      expect.objectContaining({
        kind: 'archive-unsafe',
        message: expect.stringContaining(problem) as string,
      }),
    )
  })

  it('with a sparse file is refused', async () => {
    const body = '22 GNU.sparse.major=1\n'
    const entries: Entry[] = [
      { path: 'PaxHeader/x', type: 'ExtendedHeader', content: body },
      { path: 'arc/x' },
    ]

    await expect(readArchive(chartWith(...entries), 'arc.tgz')).rejects.toMatchObject({
      kind: 'archive-unsafe',
    })
  })

  it('cannot smuggle a path past a reader that splits lines', async () => {
    const record = (text: string): string => {
      const size = Buffer.byteLength(text) + 4
      return `${size} ${text}\n`
    }
    const body = record('comment=x\n18 path=arc/../evil')
    const entries: Entry[] = [
      { path: 'PaxHeader/x', type: 'ExtendedHeader', content: body },
      { path: 'arc/x' },
    ]

    const archive = await readArchive(chartWith(...entries), 'arc.tgz')

    expect(archive.entries.map(({ path }) => path)).toEqual(['Chart.yaml', 'x'])
  })

  it.each([
    ['name: ../../evil', 'must not contain a slash'],
    ['name: .', 'stands for a directory'],
  ])('is refused for the name of its chart: %s', async (line, problem) => {
    const bytes = gzipSync(tarball({ path: 'arc/Chart.yaml', content: `${line}\nversion: 1.0.0\n` }))

    await expect(readArchive(content(bytes), 'arc.tgz')).rejects.toThrow(
      expect.objectContaining({ kind: 'invalid-chart', message: expect.stringContaining(problem) as string }),
    )
  })

  it('is named with the archive and the path', async () => {
    await expect(readArchive(chartWith({ path: 'arc/../x' }), 'arc.tgz')).rejects.toThrow(
      'arc.tgz is not safe to unpack: "arc/../x" leads out of the chart.',
    )
  })
})

describe('the limits of an archive', () => {
  const limits = { unpacked: 1000, file: 500, entries: 3 }

  it.each([
    ['a file too large', [{ path: 'arc/a', content: 'x'.repeat(501) }], 'has a file arc/a of 501 B'],
    [
      'files too large together',
      [
        { path: 'arc/a', content: 'x'.repeat(500) },
        { path: 'arc/b', content: 'x'.repeat(480) },
      ],
      'holds more than 1000 B',
    ],
    ['too many files', [{ path: 'arc/a' }, { path: 'arc/b' }, { path: 'arc/c' }], 'has more than 3 files'],
    [
      'too many folders',
      [
        { path: 'arc/a/', type: 'Directory' as const },
        { path: 'arc/b/', type: 'Directory' as const },
        { path: 'arc/c' },
      ],
      'has more than 3 files',
    ],
  ])('refuse %s', async (_what, entries, problem) => {
    await expect(readArchive(chartWith(...entries), 'arc.tgz', { limits })).rejects.toThrow(
      expect.objectContaining({ kind: 'too-large', message: expect.stringContaining(problem) as string }),
    )
  })

  it('hold for what follows the end of the archive', async () => {
    const tar = tarball({ path: 'arc/Chart.yaml', content: chartYaml })
    const bytes = gzipSync(Buffer.concat([tar, Buffer.alloc(1024 * 1024)]))

    await expect(readArchive(content(bytes), 'arc.tgz', { limits })).rejects.toMatchObject({
      kind: 'too-large',
    })
  })

  it('count archives inside the archive with it', async () => {
    const inner = gzipSync(
      tarball({ path: 'arc/Chart.yaml', content: chartYaml }, { path: 'arc/big', content: 'x'.repeat(490) }),
    )
    const twice = [
      { path: 'arc/charts/a.tgz', content: inner },
      { path: 'arc/charts/b.tgz', content: inner },
    ]

    await expect(
      readArchive(chartWith(...twice), 'arc.tgz', { limits: { ...limits, entries: 100 } }),
    ).rejects.toMatchObject({ kind: 'too-large' })
  })

  it('stop a bomb at once', async () => {
    const zeros = Buffer.alloc(100 * 1024 * 1024)
    const bomb = gzipSync(tarball({ path: 'arc/zeros', content: zeros }), { level: 1 })
    const before = process.memoryUsage().rss
    const start = performance.now()

    await expect(readArchive(content(bomb), 'bomb.tgz')).rejects.toMatchObject({ kind: 'too-large' })

    expect(performance.now() - start).toBeLessThan(500)
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024)
  }, 30_000)
})

describe('a damaged archive', () => {
  const sound = gzipSync(
    tarball({ path: 'arc/Chart.yaml', content: chartYaml }, { path: 'arc/a', content: 'x'.repeat(2000) }),
  )

  it('is refused wherever it is cut', async () => {
    for (let size = 0; size < sound.length; size++) {
      await expect(
        readArchive(content(sound.subarray(0, size)), 'arc.tgz'),
        `cut to ${size}`,
      ).rejects.toMatchObject({
        kind: expect.stringMatching(/^(?:integrity|invalid-chart)$/) as string,
      })
    }
  })

  it('is refused with anything behind its end, however the pieces fall', async () => {
    for (const more of ['garbage', '\0garbage', '\0']) {
      const longer = Buffer.concat([sound, Buffer.from(more)])
      for (let size = 1; size <= longer.length; size++) {
        await expect(
          readArchive(content(longer, size), 'arc.tgz'),
          `${JSON.stringify(more)} in pieces of ${size}`,
        ).rejects.toMatchObject({ kind: 'integrity' })
      }
    }
  })

  it('never passes for another chart where one byte is flipped', async () => {
    const { entries } = await readArchive(content(sound), 'arc.tgz')
    for (let at = 10; at < sound.length; at++) {
      const flipped = Buffer.from(sound)
      flipped[at]! ^= 1
      const outcome = await readArchive(content(flipped), 'arc.tgz').then(
        (archive) => archive.entries,
        () => entries,
      )
      expect(outcome, `byte ${at}`).toEqual(entries)
    }
  })

  it('is refused with a header that does not match its checksum', async () => {
    const tar = tarball({ path: 'arc/Chart.yaml', content: chartYaml })
    tar[0]! ^= 1

    await expect(readArchive(content(gzipSync(tar)), 'arc.tgz')).rejects.toThrow(
      'arc.tgz is damaged: a header does not match its checksum.',
    )
  })

  it.each([
    ['an empty file', ''],
    ['a text', 'apiVersion: v2\n'],
  ])('is told from %s', async (_what, text) => {
    await expect(readArchive(content(Buffer.from(text)), 'x.tgz')).rejects.toThrow(
      'x.tgz is not gzip-compressed, so it is not a chart archive.',
    )
  })
})

describe('reading an archive', () => {
  it('says where in it something is wrong', async () => {
    const inner = gzipSync(tarball({ path: 'in/Chart.yaml', content: 'name: in\nversion: x\n' }))

    await expect(
      readArchive(chartWith({ path: 'arc/charts/in.tgz', content: inner }), 'arc.tgz'),
    ).rejects.toThrow('arc.tgz: charts/in.tgz: Chart.yaml, line 2: version "x" is not a semantic version')
  })

  it('passes on what its source throws', async () => {
    const failure = new Error('the disk is gone')
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from([0x1f, 0x8b, 0x08]))
      throw failure
    }

    await expect(readArchive(broken, 'arc.tgz')).rejects.toBe(failure)
  })

  it('stops when it is told to', async () => {
    await expect(readArchive(chartWith(), 'arc.tgz', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    })
  })

  it('gives one file by its path in the chart', async () => {
    const archive = chartWith({ path: 'arc/docs/a.md', content: 'hello' })

    expect((await readArchiveFile(archive, 'docs/a.md', 'arc.tgz')).toString()).toBe('hello')
    await expect(readArchiveFile(archive, 'docs/b.md', 'arc.tgz')).rejects.toThrow(
      expect.objectContaining({ kind: 'not-found', message: 'arc.tgz has no file docs/b.md.' }),
    )
  })
})

describe('paths on Windows', () => {
  it.each(['CON', 'aux.txt', 'a/nul', 'a<b', 'aa:b', 'what?', 'end.', 'end '])('may not be %j', (path) => {
    expect(problemOfPath(path, 'win32')).toBeDefined()
    expect(problemOfPath(path, 'linux')).toBeUndefined()
  })
})
