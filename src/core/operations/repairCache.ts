import { join } from 'node:path'
import type { ChartCache } from '../cache/cache.ts'
import type { OperationOptions } from '../base/progress.ts'
import type { Registries } from '../registry/registries.ts'
import { factsOf, makeMissingDirectory } from '../base/files.ts'
import { formatCount } from '../base/humanize.ts'
import { Journal } from '../layout/journal.ts'
import { Layout } from '../layout/layout.ts'
import { withLock } from '../layout/lock.ts'
import { readMarker, requireMarker } from '../layout/marker.ts'
import { problemOfPlace } from '../layout/place.ts'
import { rebuildIndex, type RebuiltIndex } from '../layout/rebuildIndex.ts'
import { clearLeftovers, discardDamaged, repairEntries } from '../layout/repair.ts'
import { scanLayout } from '../layout/scan.ts'
import { Trash } from '../layout/trash.ts'
import { isDigest } from '../oci/digest.ts'
import { bringBack, type BroughtBack } from './bringBack.ts'
import { whileDoing } from './failure.ts'
import { breakingHelm, verifyCache, type Finding } from './verifyCache.ts'

export interface RepairOptions extends OperationOptions {
  /** Where missing and damaged content is fetched from again; by default from nowhere. */
  readonly registries?: Registries
  /** Milliseconds since 1970. */
  readonly now?: number
}

/** What became of a cache that was repaired. */
export interface RepairedCache {
  /** What was done, as sentences. */
  readonly done: readonly string[]
  /** The faults that are still there. */
  readonly left: readonly Finding[]
}

/**
 * Mends a cache as far as that is possible, each change under its lock: brings back what is missing or damaged, from the trash or from
 * registries, rebuilds an index that cannot be read, moves damaged blobs to the trash, and takes entries out of the index whose
 * manifest cannot be had from anywhere. Nothing is lost: the old index stays as `.chartroom/index-TIME.json`, five of them at
 * most, and blobs stay in the trash for a week.
 *
 * @returns what was done and what is still wrong
 * @throws ChartroomError `store-readonly`, `store-locked`, `disk-full`
 */
export async function repairCache(
  cache: ChartCache,
  { registries, now = Date.now(), ...options }: RepairOptions = {},
): Promise<RepairedCache> {
  return await whileDoing('repair the cache', async () => {
    const { root } = cache
    const layout = new Layout(root, { journal: new Journal(root) })
    const trash = new Trash(join(root, 'blobs'))
    if (!(await isRepairable(root))) {
      const { findings } = await verifyCache(cache, options)
      return { done: [], left: findings.filter(({ isFault }) => isFault) }
    }
    // First, because whoever changes the index clears up, too, and says nothing about it.
    const done = [...(await clearLeftovers(root, options)), ...(await repairFrame(layout, options))]
    const scan = await scanLayout(layout, options)
    if (scan.indexError !== undefined)
      done.push(...rebuiltSentences(await rebuildIndex(layout, scan, now, options)))
    const index = await layout.readIndex(options)
    const back = await bringBack(index.entries, { layout, trash, registries }, options)
    done.push(...back.done)
    done.push(...(await discardDamaged(layout, scan, trash, now, options)))
    const hidden = new Set(breakingHelm(await cache.list(options), index).map(({ reference }) => reference))
    done.push(...(await repairEntries(layout, { reasons: back.reasons, hidden, now }, options)))
    const { findings } = await verifyCache(cache, options)
    return {
      done,
      left: findings.filter(({ isFault }) => isFault).map((finding) => explained(finding, back.reasons)),
    }
  })
}

/** Whether there is a layout, and one of a version that Chartroom writes. */
async function isRepairable(root: string): Promise<boolean> {
  if ((await factsOf(root)) === undefined || (await problemOfPlace(root)) !== undefined) return false
  const { version = '1.' } = await readMarker(root)
  return version.startsWith('1.')
}

/** Writes the file that says that the directory is a layout, where it is missing or says nothing. */
async function repairFrame({ root }: Layout, options: OperationOptions): Promise<string[]> {
  const { path, version } = await readMarker(root)
  if (version !== undefined) return []
  return await withLock(
    root,
    'repair the layout',
    async () => {
      const aside = join(root, '.chartroom', 'tmp')
      await makeMissingDirectory(aside)
      await requireMarker(root, aside)
      return [`Wrote ${path} anew.`]
    },
    options,
  )
}

function rebuiltSentences(rebuilt: RebuiltIndex | undefined): string[] {
  if (rebuilt === undefined) return []
  const { salvaged, fromJournal, withoutName, isKept } = rebuilt
  return [
    isKept ? 'Wrote the index anew; the damaged one is kept beside it.' : 'Wrote the index anew.',
    ...(salvaged > 0
      ? [`${formatCount(salvaged, 'entry', 'entries')} could still be read in the damaged index.`]
      : []),
    ...(fromJournal > 0
      ? [`${formatCount(fromJournal, 'entry', 'entries')} came from the journal of Chartroom.`]
      : []),
    ...(withoutName > 0
      ? [
          `Of ${formatCount(withoutName, 'chart')} nobody knows the name: nothing of it is lost when it is saved or pulled again.`,
        ]
      : []),
  ]
}

/** A finding with why it is still there. */
function explained(finding: Finding, reasons: BroughtBack['reasons']): Finding {
  const reason = isDigest(finding.digest) ? reasons.get(finding.digest) : undefined
  return reason === undefined ? finding : { ...finding, message: `${finding.message} ${reason}` }
}
