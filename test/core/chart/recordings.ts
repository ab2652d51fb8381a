import { readdirSync, readFileSync } from 'node:fs'
import { cp, lstat, mkdir, readFile, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fixture } from '../../support/fixtures.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

export interface RecordedEntry {
  readonly path: string
  readonly size: number
  /** Octal, for example `0644`. */
  readonly mode: string
  readonly uid: number
  readonly gid: number
  readonly uname: string
  readonly gname: string
  readonly typeflag: string
  readonly pax?: Readonly<Record<string, string>>
  readonly sha256: string
  /** The content, of files that Helm writes anew. */
  readonly text?: string
}

export interface RecordedFile {
  readonly path: string
  readonly mode: string
  readonly sha256?: string
  /** What is in a subchart archive that Helm packed anew. */
  readonly entries?: readonly RecordedEntry[]
}

/** What a Helm version did with a chart or an archive. */
export type Recorded =
  | { readonly accepted: false; readonly stderr: string }
  | {
      readonly accepted: true
      readonly stderr: string
      readonly refName: string
      readonly config: { readonly json: string }
      /** With placeholders in place of the layer's digest and size. */
      readonly manifest: string
      readonly layer: { readonly entries: readonly RecordedEntry[]; readonly gzipHeaderHex: string }
      /** No files where Helm could not read back what it had saved. */
      readonly export: { readonly files?: readonly RecordedFile[] }
    }

export interface Recording {
  readonly name: string
  readonly recorded: Recorded
  /** What Helm 3.2.4 did, where that was something else. */
  readonly older: Recorded | undefined
}

interface Versions {
  readonly '3.6.3': Recorded
  readonly '3.2.4': Recorded | 'same'
}

/** What Helm 3.6.3 did with each chart of the fixtures. */
export function recordedCharts(): Recording[] {
  return readdirSync(fixture('expected')).map((file) => {
    const versions = readJson(fixture('expected', file)) as Versions & { chart: string }
    return recordingOf(versions.chart, versions)
  })
}

/** What Helm 3.6.3 did with each archive of the fixtures. */
export function recordedArchives(): Recording[] {
  const { archives } = readJson(fixture('archives', 'expected.json')) as {
    archives: Record<string, Versions>
  }
  return Object.entries(archives).map(([name, versions]) => recordingOf(name, versions))
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

/** The recordings were made with a newer Go than any release of Helm 3.0-3.6; M: older ones wrote these two so. */
export function olderGo(json: string): string {
  return json.replace(/\\./g, (found) => ({ '\\b': '\\u0008', '\\f': '\\u000c' })[found] ?? found)
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

function recordingOf(name: string, versions: Versions): Recording {
  const older = versions['3.2.4']
  return { name, recorded: versions['3.6.3'], older: older === 'same' ? undefined : older }
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'))
}
