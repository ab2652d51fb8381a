import { readdirSync, readFileSync } from 'node:fs'
import { cp, lstat, mkdir, readFile, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fixture } from '../../support/fixtures.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

export interface RecordedEntry {
  readonly path: string
  readonly size: number
  readonly sha256: string
}

/** What a Helm version did with a chart or an archive. */
export interface Recorded {
  readonly accepted: boolean
  readonly config?: { readonly json: string; readonly sha256: string; readonly size: number }
  readonly manifest?: string
  readonly layer?: { readonly entries: readonly RecordedEntry[] }
}

interface Recording {
  readonly name: string
  readonly recorded: Recorded
}

/** What Helm 3.6.3 did with each chart of the fixtures. */
export function recordedCharts(): Recording[] {
  return readdirSync(fixture('expected')).map((file) => {
    const recording = readJson(fixture('expected', file)) as { chart: string; '3.6.3': Recorded }
    return { name: recording.chart, recorded: recording['3.6.3'] }
  })
}

/** What Helm 3.6.3 did with each archive of the fixtures. */
export function recordedArchives(): Recording[] {
  const { archives } = readJson(fixture('archives', 'expected.json')) as {
    archives: Record<string, { '3.6.3': Recorded }>
  }
  return Object.entries(archives).map(([name, recording]) => ({ name, recorded: recording['3.6.3'] }))
}

/** A copy of all charts in which the links are links, whatever became of them on the way into this working tree. */
export async function chartsWithLinks(): Promise<string> {
  const directory = join(await temporaryDirectory(), 'charts')
  await cp(fixture('charts'), directory, { recursive: true, verbatimSymlinks: true })
  for (const link of links) {
    const path = join(directory, link)
    if ((await lstat(path)).isSymbolicLink()) continue
    const target = await readFile(path, 'utf8')
    await rm(path)
    await symlink(target, path)
  }
  await mkdir(join(directory, 'empty-dir', 'docs'), { recursive: true })
  return directory
}

const links = [
  'symlink-broken/files/dangling.txt',
  'symlink-chart-yaml/Chart.yaml',
  'symlink-chart-yaml/values.yaml',
  'symlink-outside/files/outside.txt',
  'symlinks/adocs',
  'symlinks/files/chain.txt',
  'symlinks/files/link.txt',
  'symlinks/skipped-link',
  'symlinks/skipped.txt',
  'symlinks/templates/linked.yaml',
  'symlinks/zdocs',
]

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'))
}
