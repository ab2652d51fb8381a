import { once } from 'node:events'
import { createGzip, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readArchive } from '../../src/core/chart/readArchive.ts'
import { chartYaml, content, tarball, type Entry } from '../core/chart/tarball.ts'
import { cpuMeter } from '../support/cpuMeter.ts'

const mebibyte = 1024 * 1024
const chart = tarball({ path: 'arc/Chart.yaml', content: chartYaml }).subarray(0, 1024)

/** What unpacks to far more than it is; each with what the sentence that refuses it says. */
const bombs: readonly (readonly [
  what: string,
  kind: string,
  problem: string,
  tar: () => Iterable<Buffer>,
])[] = [
  [
    'a file of 300 MiB of zeros',
    'too-large',
    'the limit for one file',
    () => [chart, headerOf(300), ...zeros(300)],
  ],
  [
    '60 files of 5 MiB of zeros',
    'too-large',
    'the limit for a whole chart',
    () => [chart, ...Array.from({ length: 60 }, (_, n) => [headerOf(5, n), ...zeros(5)]).flat()],
  ],
  [
    '200 000 empty files',
    'too-large',
    'more than 10000 files',
    () => [chart, ...times(200_000, (n) => [block({ path: `arc/${n}` })])],
  ],
  [
    '200 000 folders',
    'too-large',
    'more than 10000 files',
    () => [chart, ...times(200_000, (n) => [block({ path: `arc/${n}/`, type: 'Directory' })])],
  ],
  [
    '500 000 headers of nothing',
    'integrity',
    'too many headers describe one file',
    () => [chart, ...times(500_000, () => [nothing])],
  ],
  [
    '300 MiB of zeros behind the end',
    'too-large',
    'the limit for a whole chart',
    () => [chart, ...zeros(300)],
  ],
  [
    'a subchart of 300 MiB of zeros',
    'too-large',
    'the limit for one file',
    () => [chart, ...subchart(bombOf(300))],
  ],
  ['200 archives in each other', 'archive-unsafe', 'lies in more than 8 archives', () => [nested(200)]],
]

describe('an archive with', () => {
  it.each(bombs)(
    '%s is refused at once and with little memory',
    { timeout: 60_000 },
    async (what, kind, problem, tar) => {
      const bytes = await zipped(tar())
      const before = process.memoryUsage().rss
      const work = cpuMeter()

      const refusal = readArchive(content(bytes), 'bomb.tgz')

      await expect(refusal).rejects.toThrow(
        expect.objectContaining({ kind, message: expect.stringContaining(problem) as string }),
      )
      const [took, grown] = [work(), process.memoryUsage().rss - before]
      console.log(
        `${what}: ${(bytes.length / 1024).toFixed(0)} KiB refused in ${took.toFixed(0)} ms of work, ${(grown / mebibyte).toFixed(0)} MiB more memory`,
      )
      expect(grown).toBeLessThan(64 * mebibyte)
      expect(took).toBeLessThan(500)
    },
  )
})

const zero = Buffer.alloc(mebibyte)
const nothing = block({ path: 'PaxHeader', type: 'ExtendedHeader' })

function block(entry: Entry): Buffer {
  return tarball(entry).subarray(0, 512)
}

function headerOf(mebibytes: number, number = 0): Buffer {
  const header = block({ path: `arc/zeros${number}` })
  header.write((mebibytes * mebibyte).toString(8).padStart(11, '0'), 124)
  header.fill(' ', 148, 156)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

function* zeros(mebibytes: number): Generator<Buffer> {
  for (let made = 0; made < mebibytes; made++) yield zero
}

/** In large pieces: compressing many small ones takes minutes. */
function* times(count: number, make: (number: number) => Iterable<Buffer>): Generator<Buffer> {
  for (let number = 0; number < count;) {
    const pieces: Buffer[] = []
    for (; number < count && pieces.length < 1024; number++) pieces.push(...make(number))
    yield Buffer.concat(pieces)
  }
}

function bombOf(mebibytes: number): Buffer {
  return gzipSync(Buffer.concat([chart, headerOf(mebibytes), ...zeros(mebibytes)]))
}

function subchart(bytes: Buffer): Buffer[] {
  return [tarball({ path: 'arc/charts/sub.tgz', content: bytes })]
}

function nested(depth: number): Buffer {
  let inner = tarball({ path: 'arc/Chart.yaml', content: chartYaml })
  for (let level = 0; level < depth; level++) {
    inner = Buffer.concat([chart, ...subchart(gzipSync(inner, { level: 1 }))])
  }
  return inner
}

async function zipped(pieces: Iterable<Buffer>): Promise<Buffer> {
  const gzip = createGzip({ level: 1 })
  const out: Buffer[] = []
  gzip.on('data', (piece: Buffer) => out.push(piece))
  for (const piece of pieces) if (!gzip.write(piece)) await once(gzip, 'drain')
  gzip.end(Buffer.alloc(1024))
  await once(gzip, 'end')
  return Buffer.concat(out)
}
