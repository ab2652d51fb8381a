import { factsOf, removeTree } from '../base/files.ts'
import { formatCount } from '../base/humanize.ts'
import { isDigest, type Digest } from '../oci/digest.ts'
import type { OperationOptions } from '../base/progress.ts'
import {
  digestIn,
  containerdNameAnnotation,
  entryOf,
  namedEntries,
  refNameAnnotation,
  type IndexEntry,
  type IndexFile,
} from './indexFile.ts'
import type { Layout } from './layout.ts'
import { findLeftovers } from './leftovers.ts'
import { withLock } from './lock.ts'
import { keepIndex } from './rebuildIndex.ts'
import type { LayoutScan } from './scan.ts'
import type { Trash } from './trash.ts'

/** What a repair of the entries of an index has to know. */
export interface EntryRepairs {
  /** Why manifests that are not there could not be had from anywhere, as sentences. */
  readonly reasons: ReadonlyMap<Digest, string>
  /** Names of sound charts that Helm 3.0-3.6 must not see. */
  readonly hidden: ReadonlySet<string>
  /** Milliseconds since 1970. */
  readonly now: number
}

/**
 * Mends the entries of an index: drops those whose manifest is not there, corrects sizes, leaves a name to the entry that counts,
 * and hides from Helm 3.0-3.6 what it cannot read. The old index is kept where anything changes.
 *
 * @returns a sentence about each thing done
 */
export async function repairEntries(
  layout: Layout,
  repairs: EntryRepairs,
  options: OperationOptions = {},
): Promise<string[]> {
  let done: string[] = []
  await layout.change(async (index) => {
    done = []
    const mended: IndexEntry[] = []
    for (const entry of index.entries) mended.push(...(await mend(entry, layout, repairs, done)))
    // Only now, because an entry that was dropped counts no more.
    const counting = new Set(namedEntries({ entries: mended }).values())
    const entries = mended.map((entry) => named(entry, counting.has(entry), repairs, done))
    if (done.length === 0) return index
    await keepIndex(layout.root, repairs.now)
    return { ...index, entries } satisfies IndexFile
  }, options)
  return done
}

/** The entry as it should be; none where there is no manifest for it. */
async function mend(
  entry: IndexEntry,
  layout: Layout,
  { reasons }: EntryRepairs,
  done: string[],
): Promise<IndexEntry[]> {
  const { raw, descriptor, name, problem } = entry
  if (hasOtherDigest(raw)) return [entry]
  const named = digestIn(raw)
  const digest = descriptor?.digest ?? (isDigest(named) ? named : undefined)
  const facts = digest === undefined ? undefined : await layout.factsOf({ digest })
  if (facts === undefined) {
    const why =
      digest === undefined ? problem : `its manifest ${digest} is missing. ${reasons.get(digest) ?? ''}`
    done.push(`Took ${name ?? 'an entry without a name'} out of the index: ${(why ?? '').trim()}`)
    return []
  }
  if (descriptor === undefined || descriptor.size === facts.size) return [entry]
  done.push(`Corrected the size of the manifest of ${name ?? descriptor.digest}: ${facts.size} bytes.`)
  return [entryOf({ ...(raw as object), size: facts.size })]
}

/** The entry with its name where Helm 3.0-3.6 may see it, and without where another entry has the same. */
function named(entry: IndexEntry, counts: boolean, { hidden }: EntryRepairs, done: string[]): IndexEntry {
  const { name, annotation } = entry
  if (name === undefined) return entry
  const { [refNameAnnotation]: _, [containerdNameAnnotation]: __, ...others } = annotationsOf(entry)
  if (!counts) {
    done.push(`Left the name ${name} to the entry that counts; the other one stays without a name.`)
    return entryOf({ ...(entry.raw as object), annotations: others })
  }
  if (annotation !== refNameAnnotation || !hidden.has(name)) return entry
  done.push(`Moved the name ${name} to where Helm 3.0-3.6 passes it over.`)
  return entryOf({ ...(entry.raw as object), annotations: { ...others, [containerdNameAnnotation]: name } })
}

function annotationsOf({ raw }: IndexEntry): Record<string, unknown> {
  return (raw as { annotations?: Record<string, unknown> }).annotations ?? {}
}

/** Whether an entry names its manifest by an algorithm that others know, so that nobody here can tell what is there. */
function hasOtherDigest(raw: unknown): boolean {
  const digest = digestIn(raw)
  return typeof digest === 'string' && /^(?!sha256:|sha512:)[a-z0-9+._-]+:[a-zA-Z0-9=_-]+$/.test(digest)
}

/**
 * Moves blobs that are not what their name says to the trash, so that nobody trusts them.
 * @param trash that of the layout
 * @returns a sentence about each
 */
export async function discardDamaged(
  layout: Layout,
  { blobs }: LayoutScan,
  trash: Trash,
  now: number,
  options: OperationOptions = {},
): Promise<string[]> {
  const damaged = [...blobs.values()].filter(
    ({ digest, actual }) => actual !== undefined && actual !== digest,
  )
  if (damaged.length === 0) return []
  return await withLock(
    layout.root,
    'discard damaged blobs',
    async () => {
      const done: string[] = []
      for (const { digest, path } of damaged) {
        // It may have been replaced since it was looked at.
        const facts = await factsOf(path)
        if (facts === undefined) continue
        const { size } = facts
        if (await layout.exists({ mediaType: '', digest, size }, options)) continue
        await trash.add(digest, now)
        done.push(`Moved the damaged blob ${digest} to the trash.`)
      }
      return done
    },
    options,
  )
}

/**
 * Removes what processes left behind that have ended.
 * @returns a sentence about each kind
 */
export async function clearLeftovers(root: string, options: OperationOptions = {}): Promise<string[]> {
  const { files, lock, downloads } = await findLeftovers(root)
  const paths = [...files, ...downloads]
  if (paths.length === 0 && lock === undefined) return []
  return await withLock(
    root,
    'clear what was left behind',
    async () => {
      for (const path of paths) await removeTree(path)
      return [
        ...(lock === undefined ? [] : [`Broke the lock that process ${lock.pid} left behind.`]),
        ...(paths.length === 0
          ? []
          : [
              `Removed ${formatCount(paths.length, 'file or folder that was', 'files and folders that were')} left behind.`,
            ]),
      ]
    },
    options,
  )
}
