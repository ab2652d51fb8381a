import { dirname, join } from 'node:path'
import { factsOf, makeMissingDirectory, moveOver, namesIn, removeTree, syncDirectory } from '../base/files.ts'
import { algorithmOf, hexOf, type Digest } from '../oci/digest.ts'
import { blobFiles, hashBlobs } from './blobFiles.ts'
import { besideBlobs, Blobs } from './blobs.ts'

/** Milliseconds for which what was thrown away can still be had. */
const keptFor = 7 * 24 * 60 * 60 * 1000

/**
 * Where blobs go that are taken out of a layout: a rename away, and back again, for a week.
 * Each time something is thrown away it goes into a directory of its own, whose name says when.
 */
export class Trash {
  readonly #directory: string
  readonly #blobs: Blobs

  /** @param directory that of the blobs, which holds `sha256/…` */
  constructor(directory: string) {
    this.#directory = directory
    this.#blobs = new Blobs(directory)
  }

  /** Moves a blob here. Its times stay as they are; where a power loss undoes it, it is where it was. */
  async add(digest: Digest, now: number): Promise<void> {
    const path = join(await this.#path(), stampOf(now), algorithmOf(digest), hexOf(digest))
    await makeMissingDirectory(dirname(path))
    await moveOver(this.#blobs.pathOf(digest), path)
  }

  /**
   * Puts a blob back in its place, where there is one that is sound, over whatever is there.
   * @returns whether there was
   */
  async restore(digest: Digest): Promise<boolean> {
    for (const { path: directory } of await this.#bags()) {
      const path = join(directory, algorithmOf(digest), hexOf(digest))
      const facts = await factsOf(path)
      if (facts?.kind !== 'file') continue
      const [hashed] = await hashBlobs([{ digest, path, size: facts.size }])
      if (hashed?.actual !== digest) continue
      const place = this.#blobs.pathOf(digest)
      await makeMissingDirectory(dirname(place))
      await moveOver(path, place)
      await syncDirectory(dirname(place))
      return true
    }
    return false
  }

  /** Deletes what has been here for a week; says what that was. */
  async empty(now: number, { dryRun }: { readonly dryRun: boolean }): Promise<BlobCount> {
    let [blobs, bytes] = [0, 0]
    for (const { path, time } of await this.#bags()) {
      if (now - time < keptFor) continue
      const files = await blobFiles(path)
      blobs += files.blobs.length
      bytes += files.blobs.reduce((sum, { size }) => sum + size, 0)
      if (!dryRun) await removeTree(path)
    }
    return { blobs, bytes }
  }

  /** The directories of what was thrown away together, the newest first. */
  async #bags(): Promise<{ readonly path: string; readonly time: number }[]> {
    const trash = await this.#path()
    const names = (await namesIn(trash)).filter((name) => !Number.isNaN(timeOf(name)))
    return names.reverse().map((name) => ({ path: join(trash, name), time: timeOf(name) }))
  }

  async #path(): Promise<string> {
    return join(await besideBlobs(this.#directory), 'trash')
  }
}

export interface BlobCount {
  readonly blobs: number
  readonly bytes: number
}

/** A time as part of a file name that sorts by time: ISO 8601 without colons, which Windows does not have in names. */
export function stampOf(time: number): string {
  return new Date(time).toISOString().replaceAll(':', '-')
}

/** The time that `stampOf` made a name of; not a number where it did not. */
function timeOf(name: string): number {
  return Date.parse(name.replace(/T(\d\d)-(\d\d)-/, 'T$1:$2:'))
}
