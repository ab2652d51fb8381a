import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { ChartCache, saveChart } from '../../src/core/index.ts'
import { builtCommandLine, node, person } from '../support/commandLine.ts'
import { fixture } from '../support/fixtures.ts'
import { run, runOrFail } from '../support/run.ts'
import { temporaryDirectory } from '../support/temporary.ts'

const reference = 'localhost:5000/a/chart:1.0.0'
const charts = [
  'guide-mychart',
  'unicode-names',
  'long-paths',
  'subchart-tgz',
  'subcharts-three',
  'binary-exec',
]

/** How machines differ, as a shell sets it up. */
const surroundings: readonly (readonly [
  what: string,
  umask: string,
  env: Readonly<Record<string, string>>,
])[] = [
  ['as usual', '022', {}],
  ['with a strict umask', '077', {}],
  ['with no umask', '000', {}],
  ['in Honolulu', '022', { TZ: 'Pacific/Honolulu' }],
  ['in Kiritimati', '022', { TZ: 'Pacific/Kiritimati' }],
  ['in another language', '022', { LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' }],
  [
    'with other limits of memory',
    '022',
    { NODE_OPTIONS: '--max-old-space-size=200', UV_THREADPOOL_SIZE: '1' },
  ],
]

describe('the archive of a chart', () => {
  it.each(charts)('is the same wherever it is packed: %s', async (name) => {
    const own = await packedHere(name)
    const isSameNode = (await runOrFail(node, ['--version'])).stdout.trim() === process.version

    for (const [what, umask, env] of surroundings) {
      const { digest, tar } = await packedElsewhere(name, umask, env)
      expect(tar, what).toBe(own.tar)
      // The tar is the same everywhere; what it is compressed to, for one build of Node.
      if (isSameNode) expect(digest, what).toBe(own.digest)
    }
  })

  it('takes the time of its files from SOURCE_DATE_EPOCH, whatever the time zone is', async () => {
    const epoch = { SOURCE_DATE_EPOCH: '1600000000' }

    const utc = await packedElsewhere('guide-mychart', '022', epoch)
    const honolulu = await packedElsewhere('guide-mychart', '022', { ...epoch, TZ: 'Pacific/Honolulu' })

    expect(honolulu).toEqual(utc)
    expect(utc.tar).not.toBe((await packedHere('guide-mychart')).tar)
  })
})

interface Packed {
  readonly digest: string
  /** The hash of the archive before it is compressed. */
  readonly tar: string
}

async function packedHere(name: string): Promise<Packed> {
  const root = await temporaryDirectory()
  const { digest } = await saveChart(new ChartCache(root), fixture('charts', name), reference)
  return await packedIn(root, digest)
}

async function packedElsewhere(
  name: string,
  umask: string,
  env: Readonly<Record<string, string>>,
): Promise<Packed> {
  const { cacheHome, env: own, work } = await person(env)
  const script = `umask ${umask}; exec "$@"`
  const { stdout, stderr, exit } = await run(
    '/bin/sh',
    [
      '-c',
      script,
      'sh',
      node,
      builtCommandLine,
      'chart',
      'save',
      fixture('charts', name),
      reference,
      '--output',
      'json',
    ],
    { env: own, cwd: work },
  )
  expect(exit, stderr).toBe(0)
  const { digest } = JSON.parse(stdout) as { digest: string }
  return await packedIn(join(cacheHome, 'registry', 'cache'), digest)
}

async function packedIn(root: string, digest: string): Promise<Packed> {
  const bytes = await readFile(join(root, 'blobs', ...digest.split(':')))
  return { digest, tar: createHash('sha256').update(gunzipSync(bytes)).digest('hex') }
}
