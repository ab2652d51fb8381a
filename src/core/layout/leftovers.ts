import { basename, dirname, join } from 'node:path'
import { factsOf, linkTargetOf, namesIn } from '../base/files.ts'
import { abandonedIn } from '../base/temporaries.ts'
import { besideBlobs } from './blobs.ts'
import { endedHolder, type EndedHolder } from './lock.ts'

/** What processes that have ended left behind in a layout, and what others are doing just now. */
export interface Leftovers {
  /** Paths of temporary files and other traces of Chartroom's own processes. */
  readonly files: readonly string[]
  /** The lock, where its holder has ended. */
  readonly lock?: EndedHolder
  /** Directories of downloads that Helm began and did not touch for a day. */
  readonly downloads: readonly string[]
  /** Whether Helm has been writing in the last ten minutes. */
  readonly isBusy: boolean
}

const dayInMilliseconds = 24 * 60 * 60 * 1000
/** Milliseconds after which a download that did not grow is no sign of a program at work any more. */
const quiet = 10 * 60 * 1000

/** Looks for leftovers. Nothing is changed. */
export async function findLeftovers(root: string, now: number = Date.now()): Promise<Leftovers> {
  const own = join(root, '.chartroom')
  const lock = await endedHolder(root)
  const index = join(root, 'index.json')
  const target = (await linkTargetOf(index)) ?? index
  const beside = await besideBlobs(join(root, 'blobs'))
  const places: readonly (readonly [string, string])[] = [
    [join(own, 'tmp'), ''],
    [join(own, 'leases'), ''],
    [own, 'lock.'],
    ...(beside === own ? [] : [[join(beside, 'tmp'), ''] as const]),
    [dirname(target), `.${basename(target)}.chartroom-`],
  ]
  const files: string[] = []
  for (const [directory, prefix] of places) files.push(...(await abandonedIn(directory, prefix)))
  const downloads = await findDownloads(join(root, 'ingest'))
  return {
    files,
    ...(lock === undefined ? {} : { lock }),
    downloads: downloads
      .filter(({ touched }) => now - touched > dayInMilliseconds)
      .map((download) => download.path),
    isBusy: downloads.some(({ touched }) => now - touched < quiet),
  }
}

/** @see containerd content/local: each download is a directory with its bytes in `data` */
async function findDownloads(
  directory: string,
): Promise<{ readonly path: string; readonly touched: number }[]> {
  const downloads = []
  for (const name of await namesIn(directory)) {
    const path = join(directory, name)
    const facts = (await factsOf(join(path, 'data'))) ?? (await factsOf(path))
    if (facts !== undefined) downloads.push({ path, touched: facts.modified })
  }
  return downloads
}
