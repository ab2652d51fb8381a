import { ChartroomError, type ErrorKind } from './errors.ts'
import { codeOf } from './files.ts'

/**
 * A file system error as a sentence for a person.
 *
 * @param doing for example "save the chart"
 * @returns the error itself where it is none of the file system's
 */
export function fileError(error: unknown, doing: string): unknown {
  const code = codeOf(error)
  const known = code === undefined ? undefined : fileErrors[code]
  if (known === undefined || error instanceof ChartroomError) return error
  const path = (error as NodeJS.ErrnoException).path
  return new ChartroomError(known.kind, {
    message: `Could not ${doing}: ${known.because}${path === undefined ? '' : ` (${path})`}.`,
    cause: error,
    ...(path === undefined ? {} : { path }),
  })
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
  EISDIR: { kind: 'target-exists', because: 'a directory stands where a file should be' },
  EEXIST: { kind: 'target-exists', because: 'something with that name is there already' },
  ENOTEMPTY: { kind: 'target-exists', because: 'the directory is not empty' },
  ENAMETOOLONG: { kind: 'unsupported', because: 'the name is too long for this file system' },
  ELOOP: { kind: 'not-found', because: 'its links lead in a circle' },
  EXDEV: { kind: 'unsupported', because: 'it lies on another file system' },
}
