import { createHash } from 'node:crypto'
import { isUtf8 } from 'node:buffer'
import type { ChartOptions } from '../chart/limits.ts'
import { bytewiseTexts } from '../base/bytewise.ts'
import { unifiedDiff } from '../base/unifiedDiff.ts'
import type { OpenedChart } from './openedChart.ts'

/** What became of one file from one chart to the other. */
export interface FileDiff {
  /** Relative to the chart. */
  readonly path: string
  readonly change: 'added' | 'removed' | 'changed'
  readonly isBinary: boolean
  /** A unified diff with its two header lines, as `patch -p1` takes it; of a binary file, a line that says that it differs. */
  readonly patch: string
}

/** What differs between two charts. */
export interface ChartDiff {
  /** Sorted bytewise by path; empty where all files are the same. */
  readonly files: readonly FileDiff[]
}

/**
 * Compares the files of two charts, wherever these lie.
 * @throws ChartroomError what reading the charts throws
 */
export async function diffCharts(
  from: OpenedChart,
  to: OpenedChart,
  options: ChartOptions = {},
): Promise<ChartDiff> {
  const files: FileDiff[] = []
  for await (const file of diffFiles(from, to, options)) files.push(file)
  return { files }
}

/**
 * As `diffCharts`, one file after the other, so that no more than a few of them are in memory. The charts are read once to find the
 * files that differ, and again for each few MiB of these.
 */
export async function* diffFiles(
  from: OpenedChart,
  to: OpenedChart,
  options: ChartOptions = {},
): AsyncGenerator<FileDiff> {
  if (from.chart.digest === to.chart.digest) return
  const [old, now] = [await contentsOf(from, options), await contentsOf(to, options)]
  const differing = bytewiseTexts(new Set([...old.keys(), ...now.keys()])).filter(
    (path) => old.get(path)?.hash !== now.get(path)?.hash,
  )
  const sizeOf = (path: string): number => (old.get(path)?.size ?? 0) + (now.get(path)?.size ?? 0)
  for (const paths of portions(differing, sizeOf)) {
    const [before, after] = [await readFiles(from, paths, options), await readFiles(to, paths, options)]
    for (const path of paths) {
      options.signal?.throwIfAborted()
      yield diffFile(path, before.get(path), after.get(path))
    }
  }
}

/** Bytes of files that are read together. */
const portionSize = 32 * 1024 * 1024

function* portions(
  paths: readonly string[],
  sizeOf: (path: string) => number,
): Generator<ReadonlySet<string>> {
  let portion = new Set<string>()
  let size = 0
  for (const path of paths) {
    size += sizeOf(path)
    if (size > portionSize && portion.size > 0) {
      yield portion
      portion = new Set()
      size = sizeOf(path)
    }
    portion.add(path)
  }
  if (portion.size > 0) yield portion
}

interface FileContent {
  readonly size: number
  readonly hash: string
}

async function contentsOf(
  chart: OpenedChart,
  options: ChartOptions,
): Promise<ReadonlyMap<string, FileContent>> {
  const contents = new Map<string, FileContent>()
  for await (const { path, size, content } of chart.walk(options)) {
    const hash = createHash('sha256')
    for await (const chunk of content) hash.update(chunk)
    contents.set(path, { size, hash: hash.digest('base64') })
  }
  return contents
}

async function readFiles(
  chart: OpenedChart,
  paths: ReadonlySet<string>,
  options: ChartOptions,
): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>()
  if (!chart.files.some(({ path }) => paths.has(path))) return files
  for await (const { path, content } of chart.walk(options)) {
    if (!paths.has(path)) continue
    const pieces: Buffer[] = []
    for await (const piece of content) pieces.push(Buffer.from(piece))
    files.set(path, Buffer.concat(pieces))
  }
  return files
}

function diffFile(path: string, before: Buffer | undefined, after: Buffer | undefined): FileDiff {
  const change = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed'
  const [old, now] = [before ?? Buffer.alloc(0), after ?? Buffer.alloc(0)]
  const names = [
    before === undefined ? '/dev/null' : `a/${path}`,
    after === undefined ? '/dev/null' : `b/${path}`,
  ]
  const isBinary = isBinaryFile(old) || isBinaryFile(now)
  if (isBinary) return { path, change, isBinary, patch: `Binary files ${names.join(' and ')} differ\n` }
  if (isLong(old) || isLong(now)) {
    const patch = `Files ${names.join(' and ')} differ; they are too long to be compared line by line\n`
    return { path, change, isBinary, patch }
  }
  // Behind a tab could stand a time; without it, a name with a space in it would end there.
  const [oldName, newName] = names.map((name) => (name.includes(' ') ? `${name}\t` : name))
  const hunks = unifiedDiff(old.toString(), now.toString())
  return { path, change, isBinary, patch: `--- ${oldName}\n+++ ${newName}\n${hunks}` }
}

/** As git tells it, by a zero byte near the beginning; and what is no UTF-8 could not be shown as it is. */
function isBinaryFile(content: Buffer): boolean {
  return content.subarray(0, 8000).includes(0) || !isUtf8(content)
}

const longestText = 5 * 1024 * 1024
const mostLines = 50_000

function isLong(content: Buffer): boolean {
  if (content.length > longestText) return true
  let lines = 0
  for (let at = content.indexOf(10); at >= 0 && lines <= mostLines; at = content.indexOf(10, at + 1))
    lines += 1
  return lines > mostLines
}
