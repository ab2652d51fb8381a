import { join } from 'node:path'
import { ChartroomError } from '../base/errors.ts'
import { factsOf } from '../base/files.ts'
import { besideBlobs } from './blobs.ts'
import type { Finding } from './finding.ts'

/**
 * Why there can be no layout at a place: a file stands there, or the blobs lie behind a link that leads nowhere. Whatever is
 * missing then is not lost.
 */
export async function problemOfPlace(root: string): Promise<Finding | undefined> {
  const place = await factsOf(root)
  if (place !== undefined && place.kind !== 'directory') {
    return {
      kind: 'place',
      message: `${root} is not a directory, so no chart can be kept there.`,
      advice: 'Move it away, or choose another place.',
      path: root,
      isFault: true,
    }
  }
  try {
    await besideBlobs(join(root, 'blobs'))
    return undefined
  } catch (error) {
    if (!(error instanceof ChartroomError)) throw error
    const { message, advice = '', evidence } = error
    return { kind: 'place', message, advice, path: evidence.path ?? root, isFault: true }
  }
}
