import type { Content } from '../oci/target.ts'
import type { Metadata } from './metadata.ts'
import { ChartroomError } from '../base/errors.ts'
import { Budget } from './budget.ts'
import { PathRegister } from './pathRegister.ts'
import { problemOfPath } from './problemOfPath.ts'
import { invalidChart } from './invalidChart.ts'
import { defaultLimits, type ChartOptions } from './limits.ts'
import { ChartLoader } from './chartLoader.ts'
import { tarEntries, unsafe, type TarEntry } from './tarEntries.ts'
import { unzipped } from './unzipped.ts'

/** A chart archive that has been read to its end and found sound. */
export interface ChartArchive {
  readonly metadata: Metadata
  /** The names of the charts right in its `charts/`, folders and archives. */
  readonly subcharts: readonly string[]
  /** Its files in the order of the archive; paths are relative to the chart, sizes in bytes. */
  readonly entries: readonly { readonly path: string; readonly size: number }[]
  readonly warnings: readonly string[]
}

/**
 * Reads a chart archive from beginning to end and checks everything: that it is sound, that it is safe to unpack, that
 * it keeps the limits and that Helm loads the chart in it. Nothing is kept but metadata.
 *
 * @param what names the archive in errors: a path or a reference
 * @throws ChartroomError `invalid-chart`, `archive-unsafe`, `integrity`, `too-large`
 * @see Helm 3.6.3 pkg/chart/loader/archive.go for what Helm accepts; of that, links, two files of one name and
 *   damaged archives are refused here
 */
export async function readArchive(
  content: Content,
  what: string,
  options: ChartOptions = {},
): Promise<ChartArchive> {
  return await readNestedArchive(content, what, newBudget(what, options), options)
}

/** Archives within archives; each that is open takes memory, and nothing honest has more. */
const maxNesting = 8

/**
 * Reads an archive that lies in a chart, on the budget of that chart.
 *
 * @param depth in how many archives it lies
 */
export async function readNestedArchive(
  content: Content,
  what: string,
  budget: Budget,
  options: ChartOptions,
  depth = 0,
): Promise<ChartArchive> {
  const loader = new ChartLoader({ chart: what, path: '' })
  const entries: { path: string; size: number }[] = []
  for await (const { path, size, content: bytes } of chartFiles(content, what, budget, options)) {
    entries.push({ path, size })
    const use = loader.use(path)
    if (use === 'content') loader.take(path, await readAll(bytes))
    if (use === 'archive') {
      if (depth === maxNesting) throw unsafe(what, path, `lies in more than ${maxNesting} archives`)
      const nested = `${what}: ${path}`
      loader.takeArchive(
        path,
        (await readNestedArchive(() => bytes, nested, budget, options, depth + 1)).metadata,
      )
    }
  }
  if (entries.length === 0) throw invalidChart({ chart: what, path: '' }, 'the archive holds no files')
  const warnings: string[] = []
  return { ...loader.finish(warnings), entries, warnings }
}

/**
 * Reads one file of a chart archive. The archive is read to its end, because content that is verified as it goes by can be
 * trusted only then.
 *
 * @param path relative to the chart
 * @throws ChartroomError `not-found` where there is no such file; otherwise as `readArchive`
 */
export async function readArchiveFile(
  content: Content,
  path: string,
  what: string,
  options: ChartOptions = {},
): Promise<Buffer> {
  let found: Buffer | undefined
  for await (const file of chartFiles(content, what, newBudget(what, options), options)) {
    if (file.path === path) found = await readAll(file.content)
  }
  if (found !== undefined) return found
  throw new ChartroomError('not-found', { message: `${what} has no file ${path}.`, path })
}

export interface ArchiveFile {
  /** Relative to the chart, with `/`; safe to join to a directory. */
  readonly path: string
  readonly size: number
  readonly content: AsyncIterable<Buffer>
}

/**
 * The files of a chart archive in its order, their paths checked and without the base directory, which must be the same
 * for all.
 */
export async function* chartFiles(
  content: Content,
  what: string,
  budget: Budget,
  options: ChartOptions,
): AsyncGenerator<ArchiveFile> {
  const register = new PathRegister()
  let base: string | undefined
  for await (const entry of tarEntries(unzipped(await content(), what, options.signal), what, budget)) {
    if (entry.kind === 'directory') checkDirectory(entry, what, register)
    else {
      const [first, path] = splitBase(entry.path, what)
      if (base !== undefined && first !== base) {
        throw unsafe(what, entry.path, `lies outside of ${base}/, where the archive begins`)
      }
      base = first
      const problem = problemOfPath(path) ?? register.add(path)
      if (problem !== undefined) throw unsafe(what, entry.path, problem)
      yield { path, size: entry.size, content: entry.content }
    }
  }
}

export function newBudget(what: string, { limits = defaultLimits }: ChartOptions): Budget {
  return new Budget(limits, what)
}

const dotInFront = 'begins with ./, and Helm cannot read such an archive'

/** Helm takes a backslash in a name for the separator of that name. */
function splitBase(name: string, what: string): [base: string, path: string] {
  const parts = name.split(name.includes('\\') ? '\\' : '/')
  const [base = '', ...rest] = parts
  const path = rest.join('/')
  if (base === '.') throw unsafe(what, name, dotInFront)
  const problem =
    parts.length < 2 && base !== '' ? 'lies beside the folder of the chart' : problemOfPath(base)
  if (problem !== undefined) throw unsafe(what, name, base === '' ? 'is an absolute path' : problem)
  return [base, path]
}

function checkDirectory({ path }: TarEntry, what: string, register: PathRegister): void {
  const plain = path.replaceAll('\\', '/').replace(/\/$/, '')
  const slash = plain.indexOf('/')
  const problem =
    (plain === '.' ? dotInFront : problemOfPath(plain)) ??
    (slash < 0 ? undefined : register.addFolder(plain.slice(slash + 1)))
  if (problem !== undefined) throw unsafe(what, path, problem)
}

async function readAll(content: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of content) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces)
}
