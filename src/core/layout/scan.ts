import { join } from 'node:path'
import { ChartroomError } from '../base/errors.ts'
import { factsOf } from '../base/files.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import type { Digest } from '../oci/digest.ts'
import type { OperationOptions } from '../base/progress.ts'
import { blobFiles, hashBlobs, type HashedBlob } from './blobFiles.ts'
import { emptyIndex, indexMissing, type IndexFile } from './indexFile.ts'
import type { Layout } from './layout.ts'
import { isMore, NeedReader, type Need } from './needs.ts'

/** What there is in a layout and what there should be, without a judgement. */
export interface LayoutScan {
  /** Empty where it cannot be read. */
  readonly index: IndexFile
  /** Why the index cannot be read. */
  readonly indexError?: ChartroomError
  /** Every blob, read to its end. */
  readonly blobs: ReadonlyMap<Digest, HashedBlob>
  /** Paths of what lies among the blobs and is none. */
  readonly strays: readonly string[]
  /** What the entries of the index need, each blob once. */
  readonly needed: ReadonlyMap<Digest, NeededBlob>
  /** Sentences about sound blobs that should be manifests and cannot be read as such. */
  readonly unreadable: ReadonlyMap<Digest, string>
}

export interface NeededBlob {
  readonly descriptor: Descriptor
  readonly role: Need['role']
  /** Names in the index, or the digests of entries without one. */
  readonly neededBy: readonly string[]
}

/** Reads everything that a layout has, once. Nothing is written. */
export async function scanLayout(layout: Layout, options: OperationOptions = {}): Promise<LayoutScan> {
  const { blobs, strays } = await blobFiles(join(layout.root, 'blobs'), options)
  const read = await readIndex(layout, blobs.length > 0, options)
  const hashed = await hashBlobs(blobs, options)
  const needed = new Map<Digest, NeededBlob & { readonly neededBy: string[] }>()
  const unreadable = new Map<Digest, string>()
  const reader = new NeedReader(layout)
  for (const entry of read.index.entries) {
    const of = await reader.ofEntry(entry, options)
    for (const { descriptor, role } of of.needs) {
      const name = entry.name ?? entry.descriptor?.digest ?? ''
      const known = needed.get(descriptor.digest)
      if (known === undefined || isMore({ role }, known)) {
        needed.set(descriptor.digest, { descriptor, role, neededBy: [name] })
      } else if (role !== 'subject' && !known.neededBy.includes(name)) known.neededBy.push(name)
    }
    for (const { digest, message } of of.unreadable) unreadable.set(digest, message)
  }
  return { ...read, blobs: new Map(hashed.map((blob) => [blob.digest, blob])), strays, needed, unreadable }
}

/** Whether a blob is there and is what its name says. */
export function isSound(blob: HashedBlob | undefined): boolean {
  return blob !== undefined && blob.actual === blob.digest
}

async function readIndex(
  layout: Layout,
  hasBlobs: boolean,
  options: OperationOptions,
): Promise<Pick<LayoutScan, 'index' | 'indexError'>> {
  try {
    const index = await layout.readIndex(options)
    const isMissing = hasBlobs && (await factsOf(join(layout.root, 'index.json'))) === undefined
    return isMissing ? { index, indexError: indexMissing(layout.root) } : { index }
  } catch (error) {
    if (!(error instanceof ChartroomError)) throw error
    return { index: emptyIndex, indexError: error }
  }
}
