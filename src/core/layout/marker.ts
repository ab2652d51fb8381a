import { join } from 'node:path'
import { ChartroomError } from '../base/errors.ts'
import { readSmall, replaceFile } from '../base/files.ts'
import { temporaryFile } from '../base/temporaries.ts'

/**
 * The file that says that a directory is a layout, and of which version.
 * @see https://github.com/opencontainers/image-spec/blob/main/image-layout.md#oci-layout-file
 */
export interface Marker {
  readonly path: string
  readonly isThere: boolean
  /** `undefined` where the file is missing, empty or names none. */
  readonly version: string | undefined
}

export async function readMarker(root: string): Promise<Marker> {
  const path = join(root, 'oci-layout')
  const bytes = await readSmall(path, 64 * 1024)
  const [, version] = /"imageLayoutVersion"\s*:\s*"([^"]+)"/.exec(bytes?.toString('utf8') ?? '') ?? []
  return { path, isThere: bytes !== undefined, version }
}

/**
 * Makes sure that a layout has the file, and that its version is one that Chartroom writes.
 *
 * @param aside an existing directory for temporary files
 * @throws ChartroomError `unsupported`
 */
export async function requireMarker(root: string, aside: string): Promise<void> {
  const { path, version } = await readMarker(root)
  if (version?.startsWith('1.') === true) return
  if (version === undefined) {
    await replaceFile(path, Buffer.from('{"imageLayoutVersion":"1.0.0"}'), await temporaryFile(aside))
    return
  }
  throw new ChartroomError('unsupported', {
    message: `${root} is an image layout of version ${version}. Chartroom writes version 1.0.0, so nothing was changed.`,
    path,
  })
}
