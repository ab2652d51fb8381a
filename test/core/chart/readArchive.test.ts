import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { problemOfPath } from '../../../src/core/chart/problemOfPath.ts'
import { readArchive, readArchiveFile } from '../../../src/core/chart/readArchive.ts'
import type { Content } from '../../../src/core/oci/target.ts'
import { fixture } from '../../support/fixtures.ts'
import { chartWith, chartYaml, content, tarball, type Entry } from './tarball.ts'

describe('a chart archive', () => {
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

describe('a schema of values', () => {
  it.each([
    ['a file that never ends', '{"$ref": "file:///dev/zero"}'],
    ['another machine', '{"$ref": "http://127.0.0.1:9/schema.json"}'],
    ['itself', '{"$ref": "#", "allOf": [{"$ref": "#"}]}'],
  ])('is not followed to %s', async (_what, schema) => {
    const archive = chartWith({ path: 'arc/values.schema.json', content: schema })

    await expect(readArchive(archive, 'arc.tgz')).resolves.toMatchObject({ metadata: { name: 'arc' } })
  })

  it('is refused where it is nested more deeply than Go reads', async () => {
    const nested = (depth: number): Content =>
      chartWith({ path: 'arc/values.schema.json', content: `${'['.repeat(depth)}"]]["${']'.repeat(depth)}` })

    await expect(readArchive(nested(10_000), 'arc.tgz')).resolves.toBeDefined()
    await expect(readArchive(nested(10_001), 'arc.tgz')).rejects.toThrow(
      'arc.tgz: values.schema.json: this is nested more than 10000 levels deep.',
    )
    await expect(readArchive(nested(1_000_000), 'arc.tgz')).rejects.toMatchObject({ kind: 'invalid-chart' })
  })
})
