import { basename, dirname, join } from 'node:path'
import { messageOf } from '../base/errors.ts'
import {
  codeOf,
  makeNewDirectory,
  moveOver,
  namesIn,
  ownFactsOf,
  removeTree,
  syncDirectory,
} from '../base/files.ts'
import type { OperationOptions } from '../base/progress.ts'
import { abandonedIn, temporaryName } from '../base/temporaries.ts'

/** Hidden, and short, so that a target with a long name can have one beside it. */
const prefix = '.chartroom-'

/** Two places on the file system of a target, in a directory of their own beside it. */
export interface Staging {
  /** Where the new one is written, under the name that it will have. */
  readonly fresh: string
  /** Where the old one goes when the new one takes its place. */
  readonly old: string
}

/**
 * Does some work with a staging directory beside a target, and removes that with everything in it.
 *
 * A process that is killed leaves the directory behind, and what is in `old` then may be all that there is of the
 * target: `clearStagings` puts it back.
 */
export async function withStaging<Result>(
  target: string,
  work: (staging: Staging) => Promise<Result>,
): Promise<Result> {
  const directory = await temporaryName(dirname(target), prefix)
  const [fresh, old] = [join(directory, 'new'), join(directory, 'old')]
  await makeNewDirectory(directory, 0o700)
  try {
    await makeNewDirectory(fresh, 0o700)
    await makeNewDirectory(old, 0o700)
    return await work({ fresh: join(fresh, basename(target)), old: join(old, basename(target)) })
  } finally {
    await removeTree(directory)
  }
}

/** Makes a staging survive a power loss, so that what is moved there does, too. */
export async function syncStaging({ old }: Staging): Promise<void> {
  const directory = dirname(dirname(old))
  await syncDirectory(directory)
  await syncDirectory(dirname(directory))
}

/** Removes what processes that have ended left in a directory, and puts back what they had taken away for a new one. */
export async function clearStagings(directory: string, { log }: OperationOptions = {}): Promise<void> {
  try {
    for (const staging of await abandonedIn(directory, prefix)) {
      for (const name of await namesIn(join(staging, 'old'))) {
        if (await putBack(join(staging, 'old', name), join(directory, name))) {
          log?.info(`put ${name} back, which an export that was ended had moved away`)
        }
      }
      await removeTree(staging)
    }
  } catch (error) {
    log?.debug(`could not clear ${directory}: ${messageOf(error)}`)
  }
}

/** `false` where there is something in its place. */
async function putBack(old: string, target: string): Promise<boolean> {
  if ((await ownFactsOf(target)) !== undefined) return false
  try {
    await moveOver(old, target)
    await syncDirectory(dirname(target))
    return true
  } catch (error) {
    // Another process was faster, with this one or with another.
    if (['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(codeOf(error) ?? '')) return false
    throw error
  }
}
