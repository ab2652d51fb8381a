import { constants, promises as fs, type Stats } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { bytewiseTexts } from '../bytewise.ts'
import { small } from './smallFiles.ts'
import { codeOf, unlessMissing } from './systemCode.ts'

/** What the system says about a file, a directory or a link. */
export interface FileFacts {
  readonly kind: 'file' | 'directory' | 'link' | 'other'
  readonly size: number
  /** Milliseconds since 1970. */
  readonly modified: number
  readonly changed: number
  readonly inode: number
  readonly device: number
  readonly mode: number
}

/** What is at a path, following links; `undefined` where nothing is. */
export async function factsOf(path: string): Promise<FileFacts | undefined> {
  try {
    return factsIn(await small.stat(path))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** What changes with a file's content, as one text; empty where there is no file. */
export function fingerprintOf(facts: FileFacts | undefined): string {
  if (facts === undefined) return ''
  return `${facts.device} ${facts.inode} ${facts.size} ${facts.modified} ${facts.changed}`
}

/** Whether nothing tells that a file has changed. */
export function isSameFile(before: FileState | undefined, now: FileState | undefined): boolean {
  return (
    before?.inode === now?.inode &&
    before?.device === now?.device &&
    before?.size === now?.size &&
    before?.modified === now?.modified &&
    before?.changed === now?.changed
  )
}

/** What changes with a file's content. */
export type FileState = Pick<FileFacts, 'inode' | 'device' | 'size' | 'modified' | 'changed'>

/**
 * Milliseconds after which a file whose times have not changed has not changed. Some disks count in steps of two seconds,
 * and their clock need not be ours.
 */
const settledAfter = 10_000

/** Whether a file that changes from now on will have other times than it has. */
export function isSettled({ modified, changed }: FileState): boolean {
  return Date.now() - Math.max(modified, changed) > settledAfter
}

/** What is at a path itself, not following a link; `undefined` where nothing is. */
export async function ownFactsOf(path: string): Promise<FileFacts | undefined> {
  return await unlessMissing(async () => factsIn(await fs.lstat(path)))
}

/** The path with every link resolved. */
export async function realPathOf(path: string): Promise<string> {
  return await fs.realpath(path)
}

/** Whether this process may write to a path, as far as its mode and its file system say. */
export async function isWritable(path: string): Promise<boolean> {
  try {
    await fs.access(path, constants.W_OK)
    return true
  } catch (error) {
    if (['EACCES', 'EROFS', 'EPERM'].includes(codeOf(error) ?? '')) return false
    throw error
  }
}

/** Where a link leads, whether or not something is there; `undefined` where the path is no link. */
export async function linkTargetOf(path: string): Promise<string | undefined> {
  if ((await ownFactsOf(path))?.kind !== 'link') return undefined
  return (await unlessMissing(() => fs.realpath(path))) ?? resolve(dirname(path), await fs.readlink(path))
}

/** Names in a directory, sorted bytewise; empty where the directory does not exist. */
export async function namesIn(directory: string): Promise<string[]> {
  const names = (await unlessMissing(() => fs.readdir(directory))) ?? []
  return bytewiseTexts(names)
}

/** The facts in what the system says about a file. */
export function factsIn(stats: Stats): FileFacts {
  return {
    kind: stats.isFile()
      ? 'file'
      : stats.isDirectory()
        ? 'directory'
        : stats.isSymbolicLink()
          ? 'link'
          : 'other',
    size: stats.size,
    modified: stats.mtimeMs,
    changed: stats.ctimeMs,
    inode: stats.ino,
    device: stats.dev,
    mode: stats.mode,
  }
}
