import { basename, dirname, join } from 'node:path'
import type { ChartCache, SoundChart } from '../cache.ts'
import type { ChartOptions } from '../chart/limits.ts'
import type { Content } from '../oci/target.ts'
import { readArchive } from '../chart/readArchive.ts'
import { unpackArchive } from '../chart/unpackArchive.ts'
import { ChartroomError } from '../errors.ts'
import {
  changeMode,
  factsOf,
  makeDirectory,
  makeNewDirectory,
  moveOver,
  namesIn,
  ownFactsOf,
  removeFile,
  removeTree,
  syncDirectory,
  temporaryName,
  writeNew,
} from '../files.ts'
import { counted } from '../progress.ts'
import { whileDoing } from './failure.ts'

export interface ExportOptions extends ChartOptions {
  /** Write the archive `NAME-VERSION.tgz`, byte for byte, in place of a directory. */
  readonly archive?: boolean
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
 * @throws ChartroomError `not-found`, `target-exists`, `integrity`, `archive-unsafe`, …
 */
export async function exportChart(
  cache: ChartCache,
  reference: string,
  destination: string,
  options: ExportOptions = {},
): Promise<ExportedChart> {
  return await whileDoing(`export ${reference}`, async () => {
    const { manifest: _, layers: __, layer, ...chart } = await cache.require(reference, options)
    const content: Content = async () =>
      counted(await cache.fetch(layer, options), (done) => {
        options.onProgress?.({ step: 'exporting', done, total: layer.size })
      })
    // Read once in full before anything is written: a damaged or hostile archive leaves no trace.
    const { metadata } = await readArchive(content, chart.reference, options)
    const name = options.archive === true ? `${metadata.name}-${metadata.version}.tgz` : metadata.name
    const path = join(destination, name)
    await requireDirectory(destination)
    await requireFree(path, options)
    await makeDirectory(destination)
    if (options.archive === true) await exportArchive(content, path, options)
    else await exportDirectory(content, path, chart.reference, options)
    return { ...chart, path }
  })
}

async function requireDirectory(destination: string): Promise<void> {
  const facts = await factsOf(destination)
  if (facts === undefined || facts.kind === 'directory') return
  throw new ChartroomError('target-exists', {
    message: `${destination} is a file, so nothing can be exported into it.`,
    advice: 'Choose a folder.',
    path: destination,
  })
}

async function requireFree(path: string, { force = false, archive = false }: ExportOptions): Promise<void> {
  const facts = await ownFactsOf(path)
  if (facts === undefined || force) return
  if (facts.kind === 'directory' && !archive && (await namesIn(path)).length === 0) return
  throw new ChartroomError('target-exists', {
    message:
      facts.kind === 'directory' ? `The folder ${path} exists and is not empty.` : `The file ${path} exists.`,
    advice: 'Choose another place, or replace it with --force.',
    path,
  })
}

async function exportArchive(content: Content, path: string, { signal }: ExportOptions): Promise<void> {
  const staged = stagingName(path)
  await writeNew(staged, await content(), { signal })
  try {
    await moveOver(staged, path)
  } catch (error) {
    await removeFile(staged)
    throw error
  }
  await syncDirectory(dirname(path))
}

async function exportDirectory(
  content: Content,
  path: string,
  reference: string,
  options: ExportOptions,
): Promise<void> {
  const staged = stagingName(path)
  await makeNewDirectory(staged, 0o700)
  try {
    await unpackArchive(content, staged, reference, options)
    await changeMode(staged, 0o755)
    await swapIn(staged, path)
  } catch (error) {
    await removeTree(staged)
    throw error
  }
  await syncDirectory(dirname(path))
}

/** Puts a finished directory in the place of whatever is there, which is removed only when the new one has its name. */
async function swapIn(staged: string, path: string): Promise<void> {
  if ((await ownFactsOf(path)) === undefined) {
    await moveOver(staged, path)
    return
  }
  const old = stagingName(path)
  await moveOver(path, old)
  try {
    await moveOver(staged, path)
  } catch (error) {
    await moveOver(old, path)
    throw error
  }
  await removeTree(old)
}

/** A hidden name beside the target, so that the rename stays on one file system. */
function stagingName(path: string): string {
  return join(dirname(path), `.${basename(path)}.chartroom-${basename(temporaryName('.'))}`)
}
