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
  ENOTDIR: { kind: 'store-corrupt', because: 'a file stands where a directory should be' },
}
