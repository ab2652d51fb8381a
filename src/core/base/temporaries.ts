import { createHash, randomUUID } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import { namesIn, ownFactsOf, removeTree } from './files.ts'
import { hasEnded, thisProcess, type Owner } from './owner.ts'

const dayInMilliseconds = 24 * 60 * 60 * 1000

/** A name for a temporary file of this process, by which another process can tell whether it is still needed. */
export async function temporaryFile(directory: string): Promise<string> {
  return await temporaryName(directory, '')
}

/** The same, for a file that has to lie beside the one it will replace, in a directory that is not ours alone. */
export async function temporaryBeside(path: string): Promise<string> {
  return await temporaryName(dirname(path), prefixBeside(path))
}

/** The same for a file or a directory, among others that have the prefix. */
export async function temporaryName(directory: string, prefix: string): Promise<string> {
  const owner = await thisProcess()
  return join(directory, `${prefix}${owner.pid}-${placeOf(owner)}-${randomUUID()}`)
}

/** Removes temporary files whose process has ended, and all that is older than a day. */
export async function clearTemporaries(directory: string): Promise<void> {
  for (const old of await abandoned(directory, '', /^/)) await removeTree(old)
}

/** The same for what `temporaryBeside` gave names to; other files are left alone. */
export async function clearTemporariesBeside(path: string): Promise<void> {
  for (const old of await abandonedIn(dirname(path), prefixBeside(path))) await removeTree(old)
}

/**
 * What `temporaryName` gave a name to and nobody needs any more, because its process has ended or because it is older than
 * a day: paths. Whatever else begins with the prefix is somebody else's.
 */
export async function abandonedIn(directory: string, prefix: string): Promise<string[]> {
  return await abandoned(directory, prefix, ownName)
}

function prefixBeside(path: string): string {
  return `.${basename(path)}.chartroom-`
}

/** @param pattern of what follows the prefix */
async function abandoned(directory: string, prefix: string, pattern: RegExp): Promise<string[]> {
  const paths: string[] = []
  for (const name of await namesIn(directory)) {
    const rest = name.slice(prefix.length)
    const path = join(directory, name)
    if (!name.startsWith(prefix) || !pattern.test(rest)) continue
    if ((await hasLeft(rest)) || (await isOld(path))) paths.push(path)
  }
  return paths
}

const ownName = /^(\d+)-([0-9a-f]{12})-[0-9a-f-]{36}$/

async function hasLeft(name: string): Promise<boolean> {
  const here = await thisProcess()
  const [, pid, place] = ownName.exec(name) ?? []
  if (pid === undefined || place !== placeOf(here)) return false
  return (await hasEnded({ ...here, pid: Number(pid), started: '' })) === true
}

async function isOld(path: string): Promise<boolean> {
  const facts = await ownFactsOf(path)
  return facts !== undefined && Date.now() - facts.modified > dayInMilliseconds
}

/** Machine and container in a few letters that may stand in a file name. */
function placeOf({ host, space }: Owner): string {
  return createHash('sha256').update(`${host}/${space}`).digest('hex').slice(0, 12)
}
