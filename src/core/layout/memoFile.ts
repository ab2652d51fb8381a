import { hash } from 'node:crypto'
import { dirname, join } from 'node:path'
import { makeMissingDirectory, readSmall, replaceLoosely } from '../base/files.ts'
import { temporaryFile } from '../base/temporaries.ts'

/** Bytes; a larger memo is neither written nor read. */
const maxMemoSize = 64 * 1024 * 1024

/** What the first line begins with. Another version of Chartroom that means something else by the rest counts on. */
const magic = 'chartroom memo 1'

/**
 * The file `.chartroom/memo` of a layout: what somebody who reads the layout wants to know the next time. Whoever writes last wins, without
 * a lock, because nothing is lost with it but time.
 *
 * @returns the document; `undefined` where there is none, or one that was cut off, damaged, or written by something else
 * @throws the file system's own errors
 */
export async function readMemo(root: string, signal?: AbortSignal): Promise<unknown> {
  const bytes = await readSmall(memoOf(root), maxMemoSize, signal)
  if (bytes === undefined) return undefined
  const end = bytes.indexOf('\n')
  const body = bytes.subarray(end + 1)
  return bytes.toString('latin1', 0, end) === headOf(body) ? JSON.parse(body.toString()) : undefined
}

/**
 * Replaces the memo, so that everybody sees either the old or the new one.
 * @throws ChartroomError `disk-full`; the file system's own errors, for example where the layout is read-only
 */
export async function writeMemo(root: string, document: unknown, signal?: AbortSignal): Promise<void> {
  const body = Buffer.from(JSON.stringify(document))
  const head = Buffer.from(`${headOf(body)}\n`)
  if (head.length + body.length > maxMemoSize) return
  const path = memoOf(root)
  const aside = join(dirname(path), 'tmp')
  await makeMissingDirectory(aside)
  // What a power loss leaves of it does not hash to what it says, and nothing but time is lost.
  await replaceLoosely(path, [head, body], await temporaryFile(aside), signal)
}

function headOf(body: Buffer): string {
  return `${magic} ${hash('sha256', body)}`
}

function memoOf(root: string): string {
  return join(root, '.chartroom', 'memo')
}
