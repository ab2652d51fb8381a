import { dirname, join } from 'node:path'
import type { Content } from '../oci/target.ts'
import type { ChartOptions } from './limits.ts'
import type { Metadata } from './metadata.ts'
import { makeDirectory, syncDirectory, writeNew } from '../base/files.ts'
import { ChartLoader } from './chartLoader.ts'
import { chartFiles, newBudget } from './readArchive.ts'

export interface Unpacked {
  readonly metadata: Metadata
  /** Number of files written. */
  readonly files: number
}

/**
 * Writes the files of a chart archive below a directory, verbatim, without the base directory of the archive and with
 * mode 0644 whatever the archive says. No file is replaced and no link is followed. When this returns, all of it survives a
 * power loss.
 *
 * Archives in charts/ are written as they are and not looked into; `readArchive` does that.
 *
 * @param directory fresh and empty; where this fails, what has been written is left to the caller to remove
 * @param what names the archive in errors
 * @throws ChartroomError as `readArchive`
 */
export async function unpackArchive(
  content: Content,
  directory: string,
  what: string,
  options: ChartOptions = {},
): Promise<Unpacked> {
  const loader = new ChartLoader({ chart: what, path: '' })
  const { signal } = options
  const made = new Set([directory])
  let files = 0
  for await (const file of chartFiles(content, what, newBudget(what, options), options)) {
    const target = join(directory, ...file.path.split('/'))
    const parent = dirname(target)
    if (!made.has(parent)) {
      await makeDirectory(parent)
      for (let path = parent; !made.has(path); path = dirname(path)) made.add(path)
    }
    if (loader.use(file.path) === 'content') {
      const bytes: Buffer[] = []
      await writeNew(target, kept(file.content, bytes), { signal })
      loader.take(file.path, Buffer.concat(bytes))
    } else {
      await writeNew(target, file.content, { signal })
    }
    files++
  }
  for (const path of made) await syncDirectory(path)
  return { metadata: loader.finish([]).metadata, files }
}

/** Passes bytes on and keeps a copy, for the small files that are also read. */
async function* kept(content: AsyncIterable<Buffer>, copies: Buffer[]): AsyncGenerator<Buffer> {
  for await (const piece of content) {
    copies.push(Buffer.from(piece))
    yield piece
  }
}
