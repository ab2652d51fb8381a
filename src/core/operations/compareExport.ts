import { join } from 'node:path'
import type { ChartCache } from '../cache/cache.ts'
import type { ChartOptions } from '../chart/limits.ts'
import { chartFiles, newBudget, type ArchiveFile } from '../chart/readArchive.ts'
import { namesIn, ownFactsOf, readChunks, type FileFacts } from '../base/files.ts'
import { Digester, type Digest } from '../oci/digest.ts'
import { whileDoing } from './failure.ts'

/** What replacing a folder by a chart would do, in numbers of files. */
export interface ExportComparison {
  /** In the folder now. */
  readonly files: number
  /** In both, with other content. */
  readonly changed: number
  /** In the folder only: an export that replaces it removes them. */
  readonly added: number
  /** In the chart only. */
  readonly missing: number
}

/**
 * Compares a folder, most likely an older export, with the cached chart that would take its place. Links in the folder
 * are not followed; each counts as a file that differs.
 *
 * @param folder that `exportChart` with `force` would replace; one that does not exist has no files
 * @throws ChartroomError `not-found` where the chart is not in the cache, `integrity`, `archive-unsafe`, …
 */
export async function compareExport(
  cache: ChartCache,
  reference: string,
  folder: string,
  options: ChartOptions = {},
): Promise<ExportComparison> {
  return await whileDoing(`compare ${folder} with ${reference}`, async () => {
    const { layer, reference: name } = await cache.require(reference, options)
    const inFolder = new Map<string, FileFacts>()
    if ((await ownFactsOf(folder))?.kind === 'directory') await collect(folder, '', inFolder, options)
    const content = async (): Promise<AsyncIterable<Uint8Array>> => await cache.fetch(layer, options)
    let changed = 0
    let missing = 0
    let common = 0
    for await (const file of chartFiles(content, name, newBudget(name, options), options)) {
      const facts = inFolder.get(file.path)
      if (facts === undefined) missing++
      else {
        common++
        if (!(await isSame(file, facts, join(folder, file.path), options))) changed++
      }
    }
    return { files: inFolder.size, changed, added: inFolder.size - common, missing }
  })
}

/** @param files is added to: what is no folder, by its path from the root, with `/` */
async function collect(
  root: string,
  above: string,
  files: Map<string, FileFacts>,
  options: ChartOptions,
): Promise<void> {
  for (const name of await namesIn(join(root, above))) {
    options.signal?.throwIfAborted()
    const path = above === '' ? name : `${above}/${name}`
    const facts = await ownFactsOf(join(root, path))
    if (facts?.kind === 'directory') await collect(root, path, files, options)
    else if (facts !== undefined) files.set(path, facts)
  }
}

async function isSame(
  { size, content }: ArchiveFile,
  facts: FileFacts,
  path: string,
  { signal }: ChartOptions,
): Promise<boolean> {
  if (facts.kind !== 'file' || facts.size !== size) return false
  return (await digestOf(content)) === (await digestOf(readChunks(path, signal)))
}

async function digestOf(bytes: AsyncIterable<Uint8Array>): Promise<Digest> {
  const digester = new Digester()
  for await (const chunk of bytes) digester.update(chunk)
  return digester.digest()
}
