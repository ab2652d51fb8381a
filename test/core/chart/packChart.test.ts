import { appendFile, mkdir, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Chart } from '../../../src/core/chart/chart.ts'
import { packChart } from '../../../src/core/chart/packChart.ts'
import { readArchive } from '../../../src/core/chart/readArchive.ts'
import { readDirectory } from '../../../src/core/chart/readDirectory.ts'
import { fixture } from '../../support/fixtures.ts'
import { runOrFail } from '../../support/run.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { readTar } from './readTar.ts'
import { bytesOf, content } from './tarball.ts'

async function packed(directory: string, epoch?: number): Promise<Buffer> {
  const chart = await readDirectory(directory)
  return await bytesOf(packChart(chart, epoch === undefined ? {} : { epoch }))
}

describe('packing a chart', () => {
  it.each(['guide-mychart', 'subcharts-three', 'unicode-names', 'long-paths'])(
    'gives the same bytes every time: %s',
    async (name) => {
      expect(await packed(fixture('charts', name))).toEqual(await packed(fixture('charts', name)))
    },
  )

  it('does not depend on when files were written or in which order', async () => {
    const [one, other] = [await chartDirectory(['a', 'b']), await chartDirectory(['b', 'a'])]
    await utimes(join(other, 'a'), new Date(1e12), new Date(1e12))

    expect(await packed(one)).toEqual(await packed(other))
  })

  it('has a gzip header without a name, a time or the system', async () => {
    const bytes = await packed(fixture('charts', 'guide-mychart'))

    expect(bytes.subarray(0, 10).toString('hex')).toBe('1f8b08000000000000ff')
  })

  it('has entries sorted by their bytes, without owners and with mode 0644', async () => {
    const files = readTar(gunzipSync(await packed(fixture('charts', 'binary-exec'))))
    const paths = files.map(({ path }) => path)

    expect(paths).toEqual([...paths].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
    for (const file of files) {
      expect(file).toMatchObject({
        mode: '0644',
        uid: 0,
        gid: 0,
        uname: '',
        gname: '',
        typeflag: '0',
        mtime: 0,
      })
    }
  })

  it('takes the time of every file from outside', async () => {
    const [first] = readTar(gunzipSync(await packed(fixture('charts', 'guide-mychart'), 1_600_000_000)))

    expect(first?.mtime).toBe(1_600_000_000)
  })

  it.each(['long-paths', 'unicode-names', 'subchart-tgz'])('is read by tar: %s', async (name) => {
    const chart = await readDirectory(fixture('charts', name))
    const archive = join(await temporaryDirectory(), 'chart.tgz')
    await writeFile(archive, packChart(chart))

    const { stdout } = await runOrFail('tar', ['--quoting-style=literal', '-tzf', archive])

    expect(stdout.trimEnd().split('\n')).toEqual(
      chart.files.map(({ path }) => `${chart.metadata.name}/${path}`),
    )
  })

  it('packs Chart.yaml as it is, comments included', async () => {
    const directory = await chartDirectory([])
    await appendFile(join(directory, 'Chart.yaml'), '# a comment\n')

    expect(gunzipSync(await packed(directory)).toString()).toContain('# a comment')
  })

  it.each([
    [
      'grows',
      async (path: string) => {
        await appendFile(path, 'more')
      },
      'more',
    ],
    [
      'shrinks',
      async (path: string) => {
        await truncate(path, 1)
      },
      '1',
    ],
  ])('fails where a file %s meanwhile', async (_what, change, now) => {
    const directory = await chartDirectory(['a'])
    const chart = await readDirectory(directory)
    await change(join(directory, 'a'))

    await expect(bytesOf(packChart(chart))).rejects.toThrow(
      expect.objectContaining({
        kind: 'invalid-chart',
        message: `mychart: a: this file changed while it was being packed: it had 7 bytes and now has ${now}.`,
      }),
    )
  })

  it('stops where it is told to, between two pieces of a file', async () => {
    const stop = new AbortController()
    const chart = chartOf(1024 * 1024 * 1024)
    const packing = packChart(chart, { signal: stop.signal })

    await packing.next()
    stop.abort()

    await expect(bytesOf(packing)).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('needs no more memory for a larger chart', async () => {
    const size = 200 * 1024 * 1024
    const limits = { unpacked: 2 * size, file: 2 * size, entries: 10 }
    const before = process.memoryUsage().rss

    const { entries } = await readArchive(() => packChart(chartOf(size)), 'large', { limits })

    expect(entries.at(-1)).toEqual({ path: 'large.bin', size })
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024)
  }, 30_000)
})

/** A chart with one file of so many zeros, which are made as they are read. */
function chartOf(size: number): Pick<Chart, 'metadata' | 'files'> {
  const chartYaml = Buffer.from('apiVersion: v2\nname: large\nversion: 1.0.0\n')
  const piece = Buffer.alloc(64 * 1024)
  return {
    metadata: { name: 'large', version: '1.0.0', apiVersion: 'v2' },
    files: [
      { path: 'Chart.yaml', size: chartYaml.length, open: content(chartYaml) },
      {
        path: 'large.bin',
        size,
        open: async function* () {
          for (let done = 0; done < size; done += piece.length) yield await Promise.resolve(piece)
        },
      },
    ],
  }
}

async function chartDirectory(names: readonly string[]): Promise<string> {
  const directory = join(await temporaryDirectory(), 'mychart')
  await mkdir(directory)
  await writeFile(join(directory, 'Chart.yaml'), 'apiVersion: v2\nname: mychart\nversion: 1.0.0\n')
  for (const name of names) await writeFile(join(directory, name), 'content')
  return directory
}
