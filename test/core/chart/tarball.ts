import { gzipSync } from 'node:zlib'
import { Header, Pax } from 'tar'
import type { Content } from '../../../src/core/oci/target.ts'

export interface Entry {
  readonly path: string
  readonly content?: string | Buffer
  readonly type?: Header['type']
  readonly mode?: number
  readonly linkpath?: string
  /** Goes into an extended header in front. */
  readonly pax?: { readonly path?: string; readonly size?: number }
}

export const chartYaml = 'apiVersion: v2\nname: arc\nversion: 0.1.0\n'

/** An archive made entry by entry, so that it can hold what no packer writes. */
export function tarball(...entries: readonly Entry[]): Buffer {
  return Buffer.concat([...entries.map(blocks), Buffer.alloc(1024)])
}

/** The archive of a chart `arc` with a Chart.yaml and what else is given. */
export function chartWith(...entries: readonly Entry[]): Content {
  return content(gzipSync(tarball({ path: 'arc/Chart.yaml', content: chartYaml }, ...entries)))
}

/** Bytes as content, in pieces of a size. */
export function content(bytes: Uint8Array, pieceSize = 16 * 1024): Content {
  return async function* () {
    for (let at = 0; at < bytes.length; at += pieceSize) {
      yield await Promise.resolve(bytes.subarray(at, at + pieceSize))
    }
  }
}

export async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of stream) pieces.push(piece)
  return Buffer.concat(pieces)
}

function blocks({ path, content: text = '', type = 'File', mode = 0o644, linkpath, pax }: Entry): Buffer {
  const body = Buffer.from(text)
  const header = new Header({
    path,
    type,
    mode,
    size: body.length,
    uid: 0,
    gid: 0,
    mtime: new Date(0),
    ...(linkpath === undefined ? {} : { linkpath }),
  })
  header.encode()
  return Buffer.concat([
    pax === undefined ? Buffer.alloc(0) : new Pax(pax).encode(),
    header.block ?? Buffer.alloc(512),
    body,
    Buffer.alloc((512 - (body.length % 512)) % 512),
  ])
}
