import { describe, expect, it } from 'vitest'
import {
  diffCharts,
  openChart,
  openRemoteChart,
  saveChart,
  type OpenedChart,
} from '../../../src/core/index.ts'
import { writeChart, type ChartFiles } from '../../support/sampleChart.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { workplace } from '../../support/workplace.ts'
import { registriesAt } from '../registry/scriptedServer.ts'
import { serveChart } from './servedChart.ts'

describe('the difference between two charts', () => {
  it('is told file by file, sorted bytewise by path', async () => {
    const from = await opened({ 'gone.txt': 'x\n', 'same.txt': 'y\n', 'Zed.txt': '1\n2\n' })
    const to = await opened({ 'new.txt': 'x\n', 'same.txt': 'y\n', 'Zed.txt': '1\nzwei\n' })

    const { files } = await diffCharts(from, to)

    expect(files).toEqual([
      {
        path: 'Zed.txt',
        change: 'changed',
        isBinary: false,
        patch: '--- a/Zed.txt\n+++ b/Zed.txt\n@@ -1,2 +1,2 @@\n 1\n-2\n+zwei\n',
      },
      {
        path: 'gone.txt',
        change: 'removed',
        isBinary: false,
        patch: '--- a/gone.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n',
      },
      {
        path: 'new.txt',
        change: 'added',
        isBinary: false,
        patch: '--- /dev/null\n+++ b/new.txt\n@@ -0,0 +1 @@\n+x\n',
      },
    ])
  })

  it('is nothing where the charts are the same, and then no file is read', async () => {
    const [one, other] = [await opened({}), await opened({})]
    other.walk = () => {
      throw new Error('It was read.')
    }

    expect(await diffCharts(one, other)).toEqual({ files: [] })
  })

  it.each([
    ['a zero byte', Buffer.from('a\0b')],
    ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0x41])],
  ])('is only stated of a file with %s', async (_what, content) => {
    const { files } = await diffCharts(
      await opened({ 'my icon.png': 'text\n' }),
      await opened({ 'my icon.png': content }),
    )

    expect(files).toEqual([
      {
        path: 'my icon.png',
        change: 'changed',
        isBinary: true,
        patch: 'Binary files a/my icon.png and b/my icon.png differ\n',
      },
    ])
  })

  it('ends a name with a space in it with a tab, so that patch finds it', async () => {
    const { files } = await diffCharts(await opened({ 'a b.txt': 'x' }), await opened({ 'a b.txt': 'y' }))

    expect(files[0]?.patch).toMatch(/^--- a\/a b\.txt\t\n\+\+\+ b\/a b\.txt\t\n@@/)
  })

  it('shows no lines of a file that has too many of them', async () => {
    const many = '\n'.repeat(60_000)

    const { files } = await diffCharts(
      await opened({ 'many.txt': many }),
      await opened({ 'many.txt': `${many}x` }),
    )

    expect(files[0]?.patch).toBe(
      'Files a/many.txt and b/many.txt differ; they are too long to be compared line by line\n',
    )
  })

  it('is told of charts that lie in the cache and at a registry', async () => {
    const server = await serveChart({ files: [{ path: 'chart/values.yaml', content: 'replicas: 2\n' }] })
    const remote = await openRemoteChart(registriesAt(server.host), server.reference)
    const cached = await opened({ 'values.yaml': 'replicas: 1\n' })

    const { files } = await diffCharts(remote, cached)

    expect(files.map(({ path, change }) => `${path} ${change}`)).toEqual([
      'Chart.yaml changed',
      'templates/configmap.yaml added',
      'values.yaml changed',
    ])
  })

  it('reads the charts once, and again for each 32 MiB that differ', async () => {
    const large = (letter: string): ChartFiles =>
      Object.fromEntries(
        ['a', 'b', 'c', 'd'].map((name) => [`${name}.txt`, `${letter.repeat(4.9 * 1024 * 1024)}\n`]),
      )
    const [from, to] = [counted(await opened(large('x'))), counted(await opened(large('y')))]

    const { files } = await diffCharts(from.chart, to.chart)

    expect(files.map(({ path }) => path)).toEqual(['a.txt', 'b.txt', 'c.txt', 'd.txt'])
    expect([from.walks(), to.walks()]).toEqual([3, 3])
  })

  it('stops when it is cancelled', async () => {
    const signal = AbortSignal.abort()

    const diffing = diffCharts(await opened({}), await opened({ 'x.txt': 'x' }), { signal })

    await expect(diffing).rejects.toMatchObject({ name: 'AbortError' })
  })
})

/** A chart with these files besides the usual ones, opened from a cache. */
async function opened(
  files: ChartFiles,
): Promise<{ -readonly [Key in keyof OpenedChart]: OpenedChart[Key] }> {
  const { cache } = await workplace()
  await saveChart(cache, await writeChart(await temporaryDirectory(), 'mychart', '0.1.0', files), 'mychart:1')
  return { ...(await openChart(cache, 'mychart:1')) }
}

function counted(chart: OpenedChart): { readonly chart: OpenedChart; walks(): number } {
  let walks = 0
  return {
    chart: {
      ...chart,
      walk: (options) => {
        walks += 1
        return chart.walk(options)
      },
    },
    walks: () => walks,
  }
}
