import { createHash } from 'node:crypto'
import type { RecordedEntry } from './recordings.ts'

export interface TarFile extends RecordedEntry {
  readonly content: Buffer
  /** Seconds since 1970. */
  readonly mtime: number
}

/** Every entry of a tar archive, read by the book and by nothing that Chartroom reads archives with. */
export function readTar(tar: Buffer): TarFile[] {
  const files: TarFile[] = []
  let pax: Record<string, string> | undefined
  for (let at = 0; at < tar.length && tar[at] !== 0;) {
    const block = tar.subarray(at, at + 512)
    const size = octal(block, 124, 12)
    const content = tar.subarray(at + 512, at + 512 + size)
    at += 512 + Math.ceil(size / 512) * 512
    const typeflag = text(block, 156, 1)
    if (typeflag === 'x') {
      pax = paxOf(content)
      continue
    }
    const prefix = text(block, 345, 155)
    files.push({
      path: pax?.['path'] ?? (prefix === '' ? '' : `${prefix}/`) + text(block, 0, 100),
      size,
      mode: text(block, 100, 8).trim().replace(/^0+/, '').padStart(4, '0'),
      uid: octal(block, 108, 8),
      gid: octal(block, 116, 8),
      uname: text(block, 265, 32),
      gname: text(block, 297, 32),
      mtime: octal(block, 136, 12),
      typeflag,
      sha256: createHash('sha256').update(content).digest('hex'),
      content,
      ...(pax === undefined ? {} : { pax }),
    })
    pax = undefined
  }
  return files
}

function text(block: Buffer, from: number, length: number): string {
  return block
    .subarray(from, from + length)
    .toString()
    .replace(/\0.*$/s, '')
}

function octal(block: Buffer, from: number, length: number): number {
  return Number.parseInt(text(block, from, length).trim() || '0', 8)
}

function paxOf(content: Buffer): Record<string, string> {
  const records: Record<string, string> = {}
  for (let at = 0; at < content.length;) {
    const length = Number.parseInt(content.subarray(at).toString(), 10)
    const [, key = '', value = ''] =
      /^\d+ ([^=]+)=(.*)\n$/s.exec(content.subarray(at, at + length).toString()) ?? []
    records[key] = value
    at += length
  }
  return records
}
