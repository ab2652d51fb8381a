import { dirname, join } from 'node:path'
import { ChartroomError } from '../base/errors.ts'
import {
  linkTargetOf,
  makeMissingDirectory,
  namesIn,
  readSmall,
  removeFile,
  replaceFile,
  writeNew,
} from '../base/files.ts'
import { maxManifestSize, isIndex, parseManifest } from '../oci/manifest.ts'
import { mediaTypes } from '../oci/mediaTypes.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import type { OperationOptions } from '../base/progress.ts'
import { temporaryBeside } from '../base/temporaries.ts'
import {
  decodeIndex,
  emptyIndex,
  encodeIndex,
  entryFor,
  entryOf,
  maxIndexSize,
  salvageEntries,
  withEntry,
  type IndexEntry,
  type IndexFile,
} from './indexFile.ts'
import { Journal } from './journal.ts'
import { emptyJournal } from './journalFile.ts'
import type { Layout } from './layout.ts'
import { withLock } from './lock.ts'
import { isSound, type LayoutScan } from './scan.ts'
import { stampOf } from './trash.ts'

/** How many indexes are kept that a repair has replaced. */
const kept = 5

/** Keeps `index.json` as it is, as `.chartroom/index-TIME.json`. To be called by who holds the lock. */
export async function keepIndex(root: string, now: number): Promise<void> {
  const bytes = await readSmall(join(root, 'index.json'), maxIndexSize)
  if (bytes === undefined) return
  const directory = join(root, '.chartroom')
  await makeMissingDirectory(directory)
  const path = join(directory, `index-${stampOf(now)}.json`)
  await removeFile(path)
  await writeNew(path, [bytes])
  const names = (await namesIn(directory)).filter((name) => /^index-.*\.json$/.test(name))
  for (const name of names.slice(0, -kept)) await removeFile(join(directory, name))
}

/** Where the entries of a rebuilt index come from. */
export interface RebuiltIndex {
  readonly salvaged: number
  readonly fromJournal: number
  readonly withoutName: number
  /** Whether there was an old one, which is kept. */
  readonly isKept: boolean
}

/**
 * Writes a new index in place of one that is missing or cannot be read: what can still be read of it, then what the journal knows, then
 * every manifest that neither names, without a name, so that nothing is swept away. The old one is kept.
 *
 * @returns `undefined` where the index can be read meanwhile, and is left alone
 */
export async function rebuildIndex(
  layout: Layout,
  scan: LayoutScan,
  now: number,
  options: OperationOptions = {},
): Promise<RebuiltIndex | undefined> {
  const { root } = layout
  const path = join(root, 'index.json')
  return await withLock(
    root,
    'rebuild the index',
    async (lock) => {
      const old = await readSmall(path, maxIndexSize, options.signal)
      const bytes = old ?? Buffer.alloc(0)
      if (isReadable(bytes, path)) return undefined
      const salvaged = salvageEntries(bytes).map(entryOf)
      const named = new Set(salvaged.map(({ name }) => name))
      const { ours } = (await new Journal(root).read()) ?? emptyJournal
      const journalled = [...ours.values()]
        .map(({ entry }) => entryOf(entry.raw))
        .filter(({ name, descriptor }) => !named.has(name) && isThere(descriptor, scan))
      const index = [...salvaged, ...journalled].reduce(withEntry, emptyIndex)
      const others = await manifestsBeside(index, layout, scan, options)
      await keepIndex(root, now)
      const target = (await linkTargetOf(path)) ?? path
      const content = encodeIndex({ ...index, entries: [...index.entries, ...others] }, target)
      await makeMissingDirectory(dirname(target))
      await lock.check()
      await replaceFile(target, content, await temporaryBeside(target))
      return {
        salvaged: salvaged.length,
        fromJournal: journalled.length,
        withoutName: others.length,
        isKept: old !== undefined,
      }
    },
    options,
  )
}

function isThere(descriptor: Descriptor | undefined, { blobs }: LayoutScan): boolean {
  return descriptor !== undefined && isSound(blobs.get(descriptor.digest))
}

function isReadable(bytes: Buffer, path: string): boolean {
  try {
    decodeIndex(bytes, path)
    return true
  } catch (error) {
    if (error instanceof ChartroomError) return false
    throw error
  }
}

async function manifestsBeside(
  { entries }: IndexFile,
  layout: Layout,
  { blobs }: LayoutScan,
  options: OperationOptions,
): Promise<IndexEntry[]> {
  const named = new Set(entries.map(({ descriptor }) => descriptor?.digest))
  const others: IndexEntry[] = []
  for (const blob of blobs.values()) {
    const descriptor = { mediaType: mediaTypes.manifest, digest: blob.digest, size: blob.size }
    const mayBe = isSound(blob) && blob.size <= maxManifestSize && !named.has(blob.digest)
    if (mayBe && (await isManifest(layout, descriptor, options))) others.push(entryFor(descriptor))
  }
  return others
}

async function isManifest(
  layout: Layout,
  descriptor: Descriptor,
  options: OperationOptions,
): Promise<boolean> {
  try {
    const manifest = await layout.readManifest(entryFor(descriptor), options)
    const parsed = parseManifest(manifest, descriptor.digest)
    return !isIndex(parsed) && parsed.layers.length > 0
  } catch (error) {
    if (error instanceof ChartroomError) return false
    throw error
  }
}
