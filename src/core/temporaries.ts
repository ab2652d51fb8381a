import { createHash, randomUUID } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import { factsOf, namesIn, removeFile } from './files.ts'
import { hasEnded, thisProcess, type Owner } from './owner.ts'

const dayInMilliseconds = 24 * 60 * 60 * 1000

/** A name for a temporary file of this process, by which another process can tell whether it is still needed. */
export async function temporaryFile(directory: string): Promise<string> {
  return join(directory, await ownedName(''))
}

/** The same, for a file that has to lie beside the one it will replace, in a directory that is not ours alone. */
export async function temporaryBeside(path: string): Promise<string> {
  return join(dirname(path), await ownedName(prefixBeside(path)))
}

/** Removes temporary files whose process has ended, and all that are older than a day. */
export async function clearTemporaries(directory: string): Promise<void> {
  await clearNamed(directory, '')
}

/** The same for what `temporaryBeside` gave names to; other files are left alone. */
export async function clearTemporariesBeside(path: string): Promise<void> {
  await clearNamed(dirname(path), prefixBeside(path))
}

async function ownedName(prefix: string): Promise<string> {
  const owner = await thisProcess()
  return `${prefix}${owner.pid}-${placeOf(owner)}-${randomUUID()}`
}

function prefixBeside(path: string): string {
  return `.${basename(path)}.chartroom-`
}

async function clearNamed(directory: string, prefix: string): Promise<void> {
  const here = await thisProcess()
  for (const name of await namesIn(directory)) {
    if (!name.startsWith(prefix)) continue
    const path = join(directory, name)
    if ((await isAbandoned(name.slice(prefix.length), here)) || (await isOld(path))) await removeFile(path)
  }
}

async function isAbandoned(name: string, here: Owner): Promise<boolean> {
  const [, pid, place] = /^(\d+)-([0-9a-f]{12})-/.exec(name) ?? []
  if (pid === undefined || place !== placeOf(here)) return false
  return (await hasEnded({ ...here, pid: Number(pid), started: '' })) === true
}

async function isOld(path: string): Promise<boolean> {
  const facts = await factsOf(path)
  return facts?.kind === 'file' && Date.now() - facts.modified > dayInMilliseconds
}

/** Machine and container in a few letters that may stand in a file name. */
function placeOf({ host, space }: Owner): string {
  return createHash('sha256').update(`${host}/${space}`).digest('hex').slice(0, 12)
}
