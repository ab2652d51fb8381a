import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { encodeConfig } from '../../../src/core/chart/configBlob.ts'
import { decodeMetadata } from '../../../src/core/chart/decodeMetadata.ts'
import { parseYaml } from '../../../src/core/chart/parseYaml.ts'
import { validateMetadata } from '../../../src/core/chart/validateMetadata.ts'
import type { Difference } from '../chart/decisions.ts'
import { olderGo, type Recorded, type RecordedEntry, type RecordedFile } from '../chart/recordings.ts'
import { sha256Of, type Saved } from './saveAndExport.ts'

type Note = (what: string, detail?: string) => void

const byteOrderMark = Buffer.from('\ufeff')

/**
 * What Chartroom did unlike Helm with a chart or an archive.
 *
 * @param path of the chart directory or of the archive
 */
export async function differencesFrom(
  name: string,
  ours: Saved | { readonly refused: string },
  recorded: Recorded,
  path: string,
): Promise<Difference[]> {
  const found: Difference[] = []
  const note: Note = (what, detail = '') => {
    found.push({ name, what, detail })
  }
  if ('refused' in ours) {
    if (recorded.accepted) note('refused', ours.refused)
  } else if (!recorded.accepted) {
    note('accepted')
  } else {
    if (ours.reference !== recorded.refName) note('reference', ours.reference)
    if (ours.config !== recorded.config.json) {
      note(ours.config === olderGo(recorded.config.json) ? 'escapes' : 'config', ours.config)
    }
    if (ours.manifest !== manifestWith(ours, recorded.manifest)) note('manifest', ours.manifest)
    compareExport(ours, recorded.export.files ?? [], recorded.layer.entries, note)
    compareTold(ours, recorded.stderr, path, note)
    if (path.endsWith('.tgz')) {
      if (!ours.layer.equals(await readFile(path))) note('changed', path)
    } else {
      if (ours.layer.subarray(0, 10).toString('hex') !== recorded.layer.gzipHeaderHex) note('gzip header')
      compareEntries(ours, recorded.layer.entries, note)
      await compareWithDisk(ours, path, note)
    }
  }
  return found
}

/** Helm's manifest with the digests and sizes that are Chartroom's own; those of the config only where its escapes are. */
function manifestWith({ config, configDigest, layerDigest, layer }: Saved, recorded: string): string {
  return recorded
    .replace(/"digest":"[^"]*","size":\d+/, `"digest":"${configDigest}","size":${Buffer.byteLength(config)}`)
    .replace('sha256:$LAYER_DIGEST', layerDigest)
    .replace('$LAYER_SIZE', `${layer.length}`)
}

function compareEntries({ entries }: Saved, recorded: readonly RecordedEntry[], note: Note): void {
  const own = new Map(entries.map((entry) => [entry.path, entry]))
  const theirs = new Map(recorded.map((entry) => [entry.path, entry]))
  const inBoth = (paths: Iterable<string>): string =>
    [...paths].filter((path) => own.has(path) && theirs.has(path)).join('\n')
  if (inBoth(own.keys()) !== inBoth(theirs.keys())) note('order')
  for (const path of theirs.keys()) if (!own.has(path)) note('not packed', inChart(path))
  for (const entry of entries) {
    const expected = theirs.get(entry.path)
    if (expected === undefined) {
      note('also packed', inChart(entry.path))
      continue
    }
    for (const field of ['mode', 'uid', 'gid', 'uname', 'gname', 'typeflag', 'pax'] as const) {
      if (JSON.stringify(entry[field]) !== JSON.stringify(expected[field]))
        note(`header: ${field}`, entry.path)
    }
    const what = contentDifference(entry, expected)
    if (what !== undefined) note(what, inChart(entry.path))
  }
}

/** The name of a difference in content, `undefined` where there is none. */
function contentDifference(
  { path, content, sha256 }: Pick<Saved['entries'][number], 'path' | 'content' | 'sha256'>,
  expected: { readonly sha256?: string; readonly text?: string },
): string | undefined {
  if (sha256 === expected.sha256) return undefined
  if (/(?:^|\/)Chart\.yaml$/.test(path)) {
    const isSame =
      expected.text === undefined || metadataOf(content) === metadataOf(Buffer.from(expected.text))
    return isSame ? 'Chart.yaml' : 'content'
  }
  // Helm strips one when it loads the directory, and another one when it loads what it packed.
  const unmarked = [1, 2].map((marks) => content.subarray(marks * byteOrderMark.length))
  const isMarked = content.subarray(0, byteOrderMark.length).equals(byteOrderMark)
  return isMarked && unmarked.some((rest) => sha256Of(rest) === expected.sha256)
    ? 'byte order mark'
    : 'content'
}

/** What a Chart.yaml says, but for the dependencies, which Helm moves from and to requirements.yaml. */
function metadataOf(chartYaml: Buffer): string {
  const place = { chart: '', path: '' }
  const { dependencies: _, ...raw } = decodeMetadata(parseYaml(chartYaml, place, { maxAliases: 100 }))
  const checked = validateMetadata(raw)
  return 'metadata' in checked ? encodeConfig(checked.metadata).toString() : checked.problem
}

/** Whatever Helm does with a file, Chartroom packs and exports the bytes that are on the disk. */
async function compareWithDisk({ entries, exported }: Saved, chart: string, note: Note): Promise<void> {
  for (const { path, content } of [...entries, ...exported]) {
    if (!content.equals(await readFile(join(chart, inChart(path))))) note('changed', path)
  }
  const packed = entries.map(({ path }) => path).sort()
  const written = exported.map(({ path }) => path).sort()
  if (packed.join('\n') !== written.join('\n')) note('exported otherwise than packed')
}

function compareExport(
  { exported }: Saved,
  recorded: readonly RecordedFile[],
  packed: readonly RecordedEntry[],
  note: Note,
): void {
  const own = new Map(exported.map((file) => [file.path, file]))
  for (const { path, mode, sha256 = '' } of recorded) {
    const file = own.get(path)
    own.delete(path)
    if (file === undefined) {
      note('not exported', inChart(path))
      continue
    }
    if (file.mode !== mode) note('exported: mode', path)
    const text = packed.find((entry) => entry.path === path && entry.sha256 === sha256)?.text
    const expected = { sha256, ...(text === undefined ? {} : { text }) }
    const what = contentDifference({ path, content: file.content, sha256: sha256Of(file.content) }, expected)
    if (what !== undefined) note(`exported: ${what}`, inChart(path))
  }
  for (const path of own.keys()) note('also exported', inChart(path))
}

/** Links and outdated files, of which Helm tells on stderr. */
function compareTold({ told, warnings }: Saved, stderr: string, chart: string, note: Note): void {
  const own = new Set(told.map((line) => /^[^:]+: (.*); /.exec(line)?.[1]))
  const links = stderr.matchAll(/found symbolic link in path: \$CHART\/(.*) resolves to (.*)\n/g)
  for (const [, path = '', target = ''] of links) {
    const real = target.replace('$CHARTS', dirname(chart)).replace('$CHART', chart)
    if (!own.delete(`${path} is a link to ${real}`)) note('link not told', path)
  }
  for (const line of own) note('also told', line ?? '')
  if (stderr.includes('Warning: Dependencies are handled') !== warnings.length > 0)
    note('warning', warnings.join(' '))
}

/** A path in an archive or an export without its first folder. */
function inChart(path: string): string {
  return path.slice(path.indexOf('/') + 1)
}
