import { join } from 'node:path'
import { ChartroomError, messageOf } from '../base/errors.ts'
import { factsOf, makeMissingDirectory, ownFactsOf, readSmall, replaceFile } from '../base/files.ts'
import { inParallel } from '../base/inParallel.ts'
import { isStringRecord } from '../oci/descriptor.ts'
import type { Digest } from '../oci/digest.ts'
import type { OperationOptions } from '../base/progress.ts'
import { temporaryFile } from '../base/temporaries.ts'
import { blobFiles, type BlobFile } from './blobFiles.ts'
import { indexMissing, maxIndexSize, type IndexEntry, type IndexFile } from './indexFile.ts'
import { Journal } from './journal.ts'
import { clearLeases, isLeased } from './leases.ts'
import { Layout } from './layout.ts'
import { findLeftovers } from './leftovers.ts'
import { withLock } from './lock.ts'
import { NeedReader } from './needs.ts'
import { Trash, type BlobCount } from './trash.ts'

export interface PruneOptions extends OperationOptions {
  /** Only says what would go. */
  readonly dryRun?: boolean
  /** How long a blob has to have been seen unreferenced before it goes, in milliseconds; a day by default. */
  readonly olderThan?: number
  /** Milliseconds since 1970. */
  readonly now?: number
}

export interface PrunedCache {
  /** What went to the trash, or would go. */
  readonly swept: readonly UnreferencedBlob[]
  /** Bytes of what was swept. */
  readonly bytes: number
  /** What nothing needs either, but not for long enough. */
  readonly waiting: readonly UnreferencedBlob[]
  /** What lay in the trash for a week and was, or would be, deleted. */
  readonly emptied: BlobCount
  /** What only an undo or an offer needs: it stays until there is neither. */
  readonly undoable: BlobCount
  readonly dryRun: boolean
  /** Whether blobs had to stay because another program is just storing a chart, which may need any of them. */
  readonly isBusy: boolean
}

export interface UnreferencedBlob {
  readonly digest: Digest
  /** Bytes. */
  readonly size: number
  /** When it was first seen unreferenced, ISO 8601. */
  readonly since: string
}

/** What no entry of the index needs. */
interface Unneeded {
  readonly unreferenced: readonly UnreferencedBlob[]
  readonly undoable: BlobCount
  /** Whether there is an index that could need something. */
  readonly hasIndex: boolean
}

const dayInMilliseconds = 24 * 60 * 60 * 1000

/**
 * Takes blobs that nothing needs out of a layout, into its trash.
 *
 * What entries of the index need is found out first, named entries or not, and again under the lock for what has changed
 * meanwhile. A blob goes when it was first seen without use long enough ago, whatever the age of its file: other programs
 * use a blob that is there and name it only later. What they have named by the end is put back at once, what they name later can be
 * had back from the trash for a week.
 *
 * @throws ChartroomError `store-corrupt` where the index or a manifest cannot be read: nothing has been moved then
 */
export async function pruneLayout(
  root: string,
  { dryRun = false, olderThan = dayInMilliseconds, now = Date.now(), ...options }: PruneOptions = {},
): Promise<PrunedCache> {
  const layout = new Layout(root)
  const blobs = join(layout.root, 'blobs')
  const trash = new Trash(blobs)
  const journal = new Journal(layout.root, () => now)
  const reader = new NeedReader(layout)
  const look = async (): Promise<Unneeded> => {
    const hasIndex = (await factsOf(join(layout.root, 'index.json'))) !== undefined
    const needed = await neededDigests(reader, await layout.readIndex(options), options)
    const undoable = await digestsOf(reader, await journal.needed(), options)
    const files = await ownFiles(
      (await blobFiles(blobs, options)).blobs.filter(({ digest }) => !needed.has(digest)),
    )
    // Whoever is just storing the first chart writes the index when that is there.
    if (!hasIndex && files.length > 0 && !(await isLeased(layout.root)))
      throw unknownNeeds(indexMissing(layout.root).message)
    const seen = await readSeen(layout.root)
    return {
      unreferenced: files
        .filter(({ digest }) => !undoable.has(digest))
        .map(({ digest, size }) => ({ digest, size, since: sinceOf(seen[digest], now) })),
      undoable: countOf(files.filter(({ digest }) => undoable.has(digest))),
      hasIndex,
    }
  }
  const isDue = ({ since }: UnreferencedBlob): boolean => now - Date.parse(since) >= olderThan
  const result = async (
    { unreferenced, undoable }: Unneeded,
    isGone: (blob: UnreferencedBlob) => boolean,
  ): Promise<PrunedCache> => {
    const swept = unreferenced.filter(isGone)
    return {
      swept,
      bytes: countOf(swept).bytes,
      waiting: unreferenced.filter((blob) => !isGone(blob)),
      emptied: await trash.empty(now, { dryRun }),
      undoable,
      dryRun,
      isBusy: unreferenced.some((blob) => isDue(blob) && !isGone(blob)),
    }
  }
  // What takes long is done before the lock is taken; under it only what has changed is read again.
  const before = await look()
  if (dryRun) {
    await remember(layout.root, before.unreferenced, options)
    return await result(before, isDue)
  }
  if ((await factsOf(layout.root)) === undefined) return await result(before, isDue)
  return await withLock(
    layout.root,
    'prune the cache',
    async (lock) => {
      await clearLeases(layout.root)
      const found = await look()
      await writeSeen(layout.root, found.unreferenced)
      const gone = new Set<UnreferencedBlob>()
      const { isBusy } = await findLeftovers(layout.root)
      for (const blob of isBusy || !found.hasIndex ? [] : found.unreferenced.filter(isDue)) {
        await lock.check()
        if (!(await swept(trash, blob.digest, now, layout.root))) break
        gone.add(blob)
      }
      await takeBack({ layout, trash, reader }, gone, options)
      return await result(found, (blob) => gone.has(blob))
    },
    options,
  )
}

/**
 * Moves a blob to the trash, unless a process is just storing a chart: one that has found the blob where it was has its lease
 * before it looks, so it is seen at the latest after the move, which is then taken back.
 */
async function swept(trash: Trash, digest: Digest, now: number, root: string): Promise<boolean> {
  if (await isLeased(root)) return false
  await trash.add(digest, now)
  if (!(await isLeased(root))) return true
  await trash.restore(digest)
  return false
}

/** Puts back what Helm has named while it was on its way to the trash: Helm takes no lock, and had found the blob before. */
async function takeBack(
  { layout, trash, reader }: { layout: Layout; trash: Trash; reader: NeedReader },
  gone: Set<UnreferencedBlob>,
  options: OperationOptions,
): Promise<void> {
  if (gone.size === 0) return
  const { entries } = await layout.readIndex(options)
  const needed = await digestsOf(reader, entries, options)
  const wanted = [...gone].filter(({ digest }) => needed.has(digest))
  if (wanted.length === 0) return
  for (const blob of wanted) {
    await trash.restore(blob.digest)
    gone.delete(blob)
  }
  // A manifest that is back says what it needs.
  await takeBack({ layout, trash, reader: new NeedReader(layout) }, gone, options)
}

/** Without links: what they lead to is somebody else's, and in the trash they would lead elsewhere. */
async function ownFiles(files: readonly BlobFile[]): Promise<BlobFile[]> {
  const own = await inParallel(files, 16, async (file) => {
    return (await ownFactsOf(file.path))?.kind === 'file' ? [file] : []
  })
  return own.flat()
}

/** The digests of everything that the entries of an index need. */
async function neededDigests(
  reader: NeedReader,
  { entries }: IndexFile,
  options: OperationOptions,
): Promise<Set<Digest>> {
  const all = await inParallel(entries, 16, async (entry) => {
    options.signal?.throwIfAborted()
    const { needs, unreadable } = await reader.ofEntry(entry, options)
    const [first] = unreadable
    if (entry.problem !== undefined) throw unknownNeeds(entry.problem)
    if (first !== undefined) throw unknownNeeds(first.message, entry.name)
    return needs
  })
  return new Set(all.flat().map(({ descriptor }) => descriptor.digest))
}

/** The digests of what entries outside of the index need, as far as it can be read. */
async function digestsOf(
  reader: NeedReader,
  entries: readonly IndexEntry[],
  options: OperationOptions,
): Promise<Set<Digest>> {
  const all = await inParallel(entries, 16, async (entry) => await reader.ofEntry(entry, options))
  return new Set(all.flatMap(({ needs }) => needs.map(({ descriptor }) => descriptor.digest)))
}

type Seen = Readonly<Record<string, string>>

/** When each blob was first seen without use. A file that cannot be read only makes blobs stay longer. */
async function readSeen(root: string): Promise<Seen> {
  const bytes = await readSmall(seenPath(root), maxIndexSize)
  try {
    const seen: unknown = JSON.parse(bytes?.toString('utf8') ?? '{}')
    return isStringRecord(seen) ? seen : {}
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}

async function writeSeen(root: string, unreferenced: readonly UnreferencedBlob[]): Promise<void> {
  const aside = join(root, '.chartroom', 'tmp')
  await makeMissingDirectory(aside)
  const seen: Seen = Object.fromEntries(unreferenced.map(({ digest, since }) => [digest, since]))
  await replaceFile(seenPath(root), Buffer.from(JSON.stringify(seen)), await temporaryFile(aside))
}

/** A dry run changes nothing else, and is possible where nothing can be written at all. */
async function remember(
  root: string,
  unreferenced: readonly UnreferencedBlob[],
  { log }: OperationOptions,
): Promise<void> {
  if (unreferenced.length === 0) return
  try {
    await writeSeen(root, unreferenced)
  } catch (error) {
    log?.debug(`what is not in use could not be noted: ${messageOf(error)}`)
  }
}

function seenPath(root: string): string {
  return join(root, '.chartroom', 'unreferenced.json')
}

function countOf(blobs: readonly { readonly size: number }[]): BlobCount {
  return { blobs: blobs.length, bytes: blobs.reduce((sum, { size }) => sum + size, 0) }
}

/** A time of which nobody knows when it is, or one to come, is now. */
function sinceOf(seen: string | undefined, now: number): string {
  const time = Date.parse(seen ?? '')
  return new Date(time < now ? time : now).toISOString()
}

function unknownNeeds(why: string, reference?: string): ChartroomError {
  return new ChartroomError('store-corrupt', {
    message: `Nothing was pruned, because it is not known which content is needed: ${why}`,
    advice: 'Repair the cache, or remove what is named here, and prune again.',
    ...(reference === undefined ? {} : { reference }),
  })
}
