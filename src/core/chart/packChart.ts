import { Header } from 'tar/header'
import { Pax } from 'tar/pax'
import type { OperationOptions } from '../base/progress.ts'
import type { Chart, ChartFile } from './chart.ts'
import { gzipBlocks } from './gzipBlocks.ts'
import { invalidChart } from './invalidChart.ts'

export interface PackOptions extends OperationOptions {
  /** Seconds since 1970 that stand in the archive as the time of every file; 0 by default. */
  readonly epoch?: number
}

const blockSize = 512

/** What of a chart goes into its archive. */
type Packable = Pick<Chart, 'metadata' | 'files'>

/**
 * Packs a chart as a `.tgz`, the same bytes each time for the same files: sorted, without times, owners and modes of
 * their own. The tar inside is the same everywhere; the compressed bytes depend on the zlib of Node.
 *
 * Files are opened one after the other and streamed, so memory does not grow with the chart.
 *
 * @throws ChartroomError `invalid-chart` where a file is not as large as it was when the chart was read
 */
export async function* packChart(chart: Packable, options: PackOptions = {}): AsyncGenerator<Uint8Array> {
  const { epoch = 0, signal } = options
  yield* gzipBlocks(tarBlocks(chart, new Date(epoch * 1000), signal))
}

async function* tarBlocks(
  chart: Packable,
  mtime: Date,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  for (const file of chart.files) {
    signal?.throwIfAborted()
    const path = `${chart.metadata.name}/${file.path}`
    yield headerOf(path, file.size, mtime)
    yield* ofKnownSize(file, chart, signal)
    yield padding(file.size)
  }
  yield Buffer.alloc(2 * blockSize)
}

/** The header of a file, with an extended one in front for a path that does not fit, as Go writes it: the path and nothing else. */
function headerOf(path: string, size: number, mtime: Date): Buffer {
  const [block, fits] = headerBlock({ path, size, mtime, type: 'File' })
  if (fits) return block
  const records = Buffer.from(new Pax({ path }).encodeBody())
  const [extended] = headerBlock({ path: 'PaxHeader', size: records.length, mtime, type: 'ExtendedHeader' })
  return Buffer.concat([extended, records, padding(records.length), block])
}

interface HeaderFields {
  readonly path: string
  readonly size: number
  readonly mtime: Date
  readonly type: 'File' | 'ExtendedHeader'
}

/** @returns the block, and whether the path fits into it */
function headerBlock(fields: HeaderFields): [Buffer, boolean] {
  const header = new Header({ ...fields, mode: 0o644, uid: 0, gid: 0, uname: '', gname: '' })
  const needsPax = header.encode()
  return [header.block ?? Buffer.alloc(blockSize), !needsPax]
}

function padding(size: number): Buffer {
  return Buffer.alloc((blockSize - (size % blockSize)) % blockSize)
}

/** A header says how large a file is before its content comes, so the content must keep to it. */
async function* ofKnownSize(
  file: ChartFile,
  { metadata }: Packable,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  let size = 0
  for await (const chunk of await file.open()) {
    signal?.throwIfAborted()
    size += chunk.length
    if (size > file.size) break
    yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  }
  if (size === file.size) return
  throw invalidChart(
    { chart: metadata.name, path: file.path },
    `this file changed while it was being packed: it had ${file.size} bytes and now has ${size > file.size ? 'more' : size}`,
    { advice: 'Try again when nothing writes to the chart.' },
  )
}
