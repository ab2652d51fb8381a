import { pipeline, Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { Header, Pax } from 'tar'
import type { OperationOptions } from '../progress.ts'
import type { Chart, ChartFile } from './chart.ts'
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
  const gzip = createGzip()
  let failure: unknown
  const source = Readable.from(tarBlocks(chart, new Date(epoch * 1000), signal), {
    objectMode: false,
    highWaterMark: 64 * 1024,
  })
  pipeline(source, gzip, (error) => {
    failure = error
  })
  try {
    let isFirst = true
    for await (const chunk of gzip) {
      yield isFirst ? withoutSystem(chunk as Buffer) : (chunk as Buffer)
      isFirst = false
    }
  } catch (error) {
    throw failure ?? error
  } finally {
    gzip.destroy()
    source.destroy()
  }
}

/** zlib notes the operating system in byte 9 of the gzip header; 255 is "unknown", as Helm has it. */
function withoutSystem(first: Buffer): Buffer {
  const copy = Buffer.from(first)
  copy[9] = 255
  return copy
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
    yield Buffer.alloc((blockSize - (file.size % blockSize)) % blockSize)
  }
  yield Buffer.alloc(2 * blockSize)
}

/** The header of a file, with an extended one in front where the path or the size does not fit. */
function headerOf(path: string, size: number, mtime: Date): Buffer {
  const fields = {
    path,
    size,
    mode: 0o644,
    uid: 0,
    gid: 0,
    uname: '',
    gname: '',
    mtime,
    type: 'File',
  } as const
  const header = new Header(fields)
  const needsPax = header.encode()
  const block = header.block ?? Buffer.alloc(blockSize)
  if (!needsPax) return block
  return Buffer.concat([new Pax({ path, size, mtime, mode: 0o644, uid: 0, gid: 0 }).encode(), block])
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
