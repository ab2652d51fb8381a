import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { factsOf, namesIn, removeFile } from '../files.ts'
import { digestOf, hexOf } from '../oci/digest.ts'
import { hasEnded, thisProcess, type Owner } from './owner.ts'

const dayInMilliseconds = 24 * 60 * 60 * 1000

/** A name for a temporary file of this process, by which another process can tell whether it is still needed. */
export async function temporaryFile(directory: string): Promise<string> {
  const owner = await thisProcess()
  return join(directory, `${owner.pid}-${placeOf(owner)}-${randomUUID()}`)
}

/** Removes temporary files whose process has ended, and all that are older than a day. */
export async function clearTemporaries(directory: string): Promise<void> {
  const here = await thisProcess()
  for (const name of await namesIn(directory)) {
    const path = join(directory, name)
    if ((await isAbandoned(name, here)) || (await isOld(path))) await removeFile(path)
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
  return hexOf(digestOf(Buffer.from(`${host}/${space}`))).slice(0, 12)
}
