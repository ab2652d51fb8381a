import { dirname } from 'node:path'
import { ChartroomError, messageOf, type ErrorKind } from './errors.ts'
import { codeOf, ownFactsOf } from './files.ts'

/**
 * A file system error as a sentence for a person.
 *
 * @param doing for example "save the chart"
 * @param path what the error is about; by default what the system names
 * @returns the error itself where it is none of the file system's
 */
export function fileError(error: unknown, doing: string, path = pathIn(error)): unknown {
  const code = codeOf(error)
  const known = code === undefined ? undefined : fileErrors[code]
  if (known === undefined || error instanceof ChartroomError) return error
  return new ChartroomError(known.kind, {
    message: `Could not ${doing}: ${known.because}${path === undefined ? '' : ` (${path})`}.`,
    cause: error,
    ...(path === undefined ? {} : { path }),
  })
}

/**
 * As {@link fileError}, about what a person finds there: the file in place of a folder, or the folder in which nothing may be made.
 * The system names what was to be made.
 */
export async function fileErrorInPlace(error: unknown, doing: string): Promise<unknown> {
  return fileError(error, doing, await placeOf(pathIn(error)))
}

/** Why something cannot be read or written, to be said after what it is. */
export function reasonOf(error: unknown): string {
  return fileErrors[codeOf(error) ?? '']?.because ?? messageOf(error)
}

function pathIn(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).path : undefined
}

/** The path, or the nearest folder or file on the way to it that is there. */
async function placeOf(path: string | undefined): Promise<string | undefined> {
  for (let place = path; place !== undefined && dirname(place) !== place; place = dirname(place)) {
    if (await isThere(place)) return place
  }
  return path
}

async function isThere(path: string): Promise<boolean> {
  try {
    return (await ownFactsOf(path)) !== undefined
  } catch (error) {
    // A folder on the way to it cannot be looked into, or is none.
    if (codeOf(error) === undefined) throw error
    return false
  }
}

const fileErrors: Readonly<Record<string, { readonly kind: ErrorKind; readonly because: string }>> = {
  ENOSPC: { kind: 'disk-full', because: 'there is no space left on the disk' },
  EDQUOT: { kind: 'disk-full', because: 'the disk quota is used up' },
  EROFS: { kind: 'store-readonly', because: 'the file system is read-only' },
  EACCES: { kind: 'store-readonly', because: 'permission was denied' },
  EPERM: { kind: 'store-readonly', because: 'the system does not permit it' },
  EIO: { kind: 'store-corrupt', because: 'the disk could not be read or written' },
  EMFILE: { kind: 'unavailable', because: 'this process has too many files open' },
  ENFILE: { kind: 'unavailable', because: 'this machine has too many files open' },
  ENOTDIR: { kind: 'store-corrupt', because: 'a file stands where a directory should be' },
  EISDIR: { kind: 'store-corrupt', because: 'a directory stands where a file should be' },
  EEXIST: { kind: 'store-corrupt', because: 'something with that name is there already' },
  ENOTEMPTY: { kind: 'store-corrupt', because: 'the directory is not empty' },
  ENAMETOOLONG: { kind: 'unsupported', because: 'the name is too long for this file system' },
  ELOOP: { kind: 'not-found', because: 'its links lead in a circle' },
  EXDEV: { kind: 'unsupported', because: 'it lies on another file system' },
}
