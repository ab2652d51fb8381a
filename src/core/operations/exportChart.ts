import { dirname, join, resolve } from 'node:path'
import type { ChartCache, SoundChart } from '../cache/cache.ts'
import type { ChartOptions } from '../chart/limits.ts'
import type { Content } from '../oci/target.ts'
import { problemOfPath } from '../chart/problemOfPath.ts'
import { readArchive } from '../chart/readArchive.ts'
import { unpackArchive } from '../chart/unpackArchive.ts'
import { ChartroomError } from '../base/errors.ts'
import {
  codeOf,
  factsOf,
  linkNew,
  makeMissingDirectory,
  makeNewDirectory,
  moveOver,
  namesIn,
  ownFactsOf,
  removeEmptyDirectory,
  syncDirectory,
  writeNew,
} from '../base/files.ts'
import { counted } from '../base/progress.ts'
import { whileDoing } from './failure.ts'
import { clearStagings, syncStaging, withStaging, type Staging } from './staging.ts'

export interface ExportOptions extends ChartOptions {
  /** Write the archive `NAME-VERSION.tgz`, byte for byte, in place of a directory. */
  readonly archive?: boolean
  /** What to write it as, in place of the chart's own name: the folder's name, or the archive's with its ending. */
  readonly name?: string
  /** Replace what is there. */
  readonly force?: boolean
}

export interface ExportedChart extends SoundChart {
  /** What was written: `DESTINATION/NAME`, or the archive. */
  readonly path: string
}

/**
 * Writes a cached chart to `DESTINATION/NAME`, its files as they are in the archive.
 *
 * Everything is written beside the target and renamed when it is whole, so a failed or cancelled export leaves nothing
 * under the final name, and `force` swaps old for new.
 *
 * @throws ChartroomError `not-found`, `target-exists`, `integrity`, `archive-unsafe`, `refused` (the name is no name of a file), …
 */
export async function exportChart(
  cache: ChartCache,
  reference: string,
  destination: string,
  options: ExportOptions = {},
): Promise<ExportedChart> {
  return await whileDoing(`export ${reference}`, async () => {
    requireFileName(options.name)
    const { manifest: _, layers: __, layer, ...chart } = await cache.require(reference, options)
    const content: Content = async () =>
      counted(await cache.fetch(layer, options), (done) => {
        options.onProgress?.({ step: 'exporting', done, total: layer.size })
      })
    // Read once in full before anything is written: a damaged or hostile archive leaves no trace.
    const { metadata } = await readArchive(content, chart.reference, options)
    const own = options.archive === true ? `${metadata.name}-${metadata.version}.tgz` : metadata.name
    const path = join(destination, options.name ?? own)
    await requireDirectory(destination)
    await clearStagings(destination, options)
    await requireFree(path, options)
    await inNewDirectory(destination, async () => {
      if (options.archive === true) await exportArchive(content, path, options)
      else await exportDirectory(content, path, chart.reference, options)
    })
    return { ...chart, path }
  })
}

function requireFileName(name: string | undefined): void {
  if (name === undefined) return
  if (!name.includes('/') && problemOfPath(name) === undefined) return
  throw new ChartroomError('refused', {
    message: `Nothing can be exported as "${name}", which is no name of a file or a folder.`,
    advice: 'Give a plain name without a path.',
  })
}

async function requireDirectory(destination: string): Promise<void> {
  const facts = await factsOf(destination)
  if (facts?.kind === 'directory') return
  const isLink = facts === undefined && (await ownFactsOf(destination)) !== undefined
  if (facts === undefined && !isLink) return
  throw new ChartroomError('target-exists', {
    message: `${destination} is ${isLink ? 'a link that leads nowhere' : 'a file'}, so nothing can be exported into it.`,
    advice: 'Choose a folder.',
    path: destination,
  })
}

async function requireFree(path: string, { force = false, archive = false }: ExportOptions): Promise<void> {
  const facts = await ownFactsOf(path)
  const isDirectory = facts?.kind === 'directory'
  if (facts === undefined || (force && isDirectory !== archive)) return
  if (isDirectory && !archive && (await namesIn(path)).length === 0) return
  throw targetExists(
    isDirectory
      ? `The folder ${path} exists${archive ? '' : ' and is not empty'}.`
      : `The file ${path} exists${force ? ', and a folder does not replace it' : ''}.`,
    path,
  )
}

function targetExists(message: string, path: string): ChartroomError {
  return new ChartroomError('target-exists', {
    message,
    advice: 'Choose another place, or replace it.',
    path,
  })
}

/** Makes the destination, and takes back what it made of it where the work fails. */
async function inNewDirectory(destination: string, work: () => Promise<void>): Promise<void> {
  const made = await makeMissingDirectory(destination)
  try {
    await work()
  } catch (error) {
    if (made !== undefined) await removeEmptyUpTo(resolve(destination), resolve(made))
    throw error
  }
}

async function removeEmptyUpTo(directory: string, highest: string): Promise<void> {
  for (let path = directory; path.startsWith(highest); path = dirname(path)) {
    try {
      await removeEmptyDirectory(path)
    } catch (error) {
      // Somebody put something there meanwhile; it is theirs now.
      if (isTaken(error)) return
      throw error
    }
  }
}

async function exportArchive(content: Content, path: string, options: ExportOptions): Promise<void> {
  await withStaging(path, async ({ fresh }) => {
    await writeNew(fresh, await content(), { signal: options.signal })
    if (options.force === true) await moveOver(fresh, path)
    else if (!(await linkNew(fresh, path))) throw targetExists(`The file ${path} exists.`, path)
    await syncDirectory(dirname(path))
  })
}

async function exportDirectory(
  content: Content,
  path: string,
  reference: string,
  options: ExportOptions,
): Promise<void> {
  await withStaging(path, async (staging) => {
    await makeNewDirectory(staging.fresh, 0o755)
    await unpackArchive(content, staging.fresh, reference, options)
    if (options.force === true) await swapIn(staging, path)
    else await moveIn(staging.fresh, path)
    await syncDirectory(dirname(path))
  })
}

/** Gives a finished directory its name, unless something has come to be there meanwhile. */
async function moveIn(staged: string, path: string): Promise<void> {
  try {
    if ((await ownFactsOf(path))?.kind === 'directory') await removeEmptyDirectory(path)
    await moveOver(staged, path)
  } catch (error) {
    throw isTaken(error)
      ? targetExists(`${path} came to be there while the chart was exported.`, path)
      : error
  }
}

function isTaken(error: unknown): boolean {
  return ['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EISDIR'].includes(codeOf(error) ?? '')
}

/** Puts a finished directory in the place of whatever is there, which is removed only when the new one has its name. */
async function swapIn(staging: Staging, path: string): Promise<void> {
  if ((await ownFactsOf(path)) === undefined) {
    await moveOver(staging.fresh, path)
    return
  }
  await syncStaging(staging)
  await moveOver(path, staging.old)
  try {
    await moveOver(staging.fresh, path)
  } catch (error) {
    await moveOver(staging.old, path)
    throw error
  }
}
