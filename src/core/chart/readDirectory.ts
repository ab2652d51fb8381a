import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path'
import type { Chart, ChartFile } from './chart.ts'
import type { FileFacts } from '../base/files.ts'
import { bytewise } from '../base/bytewise.ts'
import { ChartroomError } from '../base/errors.ts'
import { codeOf, factsOf, namesIn, ownFactsOf, readChunks, readSmall, realPathOf } from '../base/files.ts'
import { silent } from '../base/logger.ts'
import { Budget } from './budget.ts'
import { parseIgnoreRules, ruleAgainst, type IgnoreRule } from './ignoreRules.ts'
import { invalidChart, type Place } from './invalidChart.ts'
import { defaultLimits, type ChartOptions } from './limits.ts'
import { ChartLoader } from './chartLoader.ts'
import { PathRegister } from './pathRegister.ts'
import { problemOfPath } from './problemOfPath.ts'
import { readNestedArchive } from './readArchive.ts'

/**
 * Reads a chart directory: its files are found and checked as Helm 3.6.3 does when it loads a chart, .helmignore and
 * subcharts included. Contents are not kept; `open` of each file reads it when it is wanted.
 *
 * Symbolic links are followed inside the chart. One that leads out of it is refused, unless `followLinks` is set.
 *
 * @throws ChartroomError `not-found` where there is no directory, `invalid-chart`, `too-large`
 * @see Helm 3.6.3 pkg/chart/loader/directory.go and internal/sympath/walk.go
 */
export async function readDirectory(path: string, options: ChartOptions = {}): Promise<Chart> {
  const root = resolve(path)
  if ((await factsOf(root))?.kind !== 'directory') {
    throw new ChartroomError('not-found', { message: `There is no chart directory at ${path}.`, path })
  }
  const limits = options.limits ?? defaultLimits
  const place: Place = { chart: basename(root), path: '', directory: root }
  const rules = await readIgnoreRules(root, place, options)
  const walk: Walk = {
    root,
    realRoot: await realPathOf(root),
    place,
    rules,
    options,
    budget: new Budget(limits, place.chart),
    register: new PathRegister(),
    loader: new ChartLoader(place),
    files: [],
    dropped: [],
  }
  await visitDirectory(walk, '', [walk.realRoot])
  const warnings: string[] = []
  return { ...finish(walk, warnings), files: bytewise(walk.files, ({ path: file }) => file), warnings }
}

interface Walk {
  readonly root: string
  readonly realRoot: string
  readonly place: Place
  readonly rules: readonly IgnoreRule[]
  readonly options: ChartOptions
  readonly budget: Budget
  readonly register: PathRegister
  readonly loader: ChartLoader
  readonly files: ChartFile[]
  /** Rules that left out a Chart.yaml, to name them if it is missed. */
  readonly dropped: { readonly path: string; readonly rule: IgnoreRule }[]
}

async function readIgnoreRules(
  root: string,
  place: Place,
  { limits = defaultLimits, signal }: ChartOptions,
): Promise<IgnoreRule[]> {
  const file = { ...place, path: '.helmignore' }
  const path = join(root, file.path)
  const kind = (await factsOf(path))?.kind
  if (kind !== undefined && kind !== 'file') throw invalidChart(file, 'this must be a file')
  return parseIgnoreRules(await readSmall(path, limits.file, signal), file)
}

/** @param above the real paths of this directory and those around it, to notice links that lead in a circle */
async function visitDirectory(walk: Walk, path: string, above: readonly string[]): Promise<void> {
  for (const name of await namesIn(join(walk.root, path))) {
    walk.options.signal?.throwIfAborted()
    await visit(walk, path === '' ? name : `${path}/${name}`, above)
  }
}

async function visit(walk: Walk, path: string, above: readonly string[]): Promise<void> {
  const full = join(walk.root, path)
  const own = await ownFactsOf(full)
  if (own === undefined)
    throw invalidChart(inside(walk, path), 'this file vanished, or its name is not UTF-8')
  const facts = own.kind === 'link' ? await factsBehind(walk, path, full) : own
  // Facts are missing where a link leads nowhere; a rule may leave it out all the same.
  const rule = ruleAgainst(path, facts?.kind === 'directory', walk.rules)
  if (rule !== undefined) {
    noteDropped(walk, path, rule)
    return
  }
  if (facts === undefined) throw deadLink(walk, path)
  const real =
    own.kind === 'link' ? await checkedTarget(walk, path, full) : join(above.at(-1) ?? full, basename(full))
  if (facts.kind === 'directory') {
    if (above.includes(real))
      throw invalidChart(inside(walk, path), 'this link leads back to a folder around it')
    await visitDirectory(walk, path, [...above, real])
  } else {
    await visitFile(walk, path, full, facts)
  }
}

async function visitFile(walk: Walk, path: string, full: string, facts: FileFacts): Promise<void> {
  const { loader, budget, register, options } = walk
  if (facts.kind !== 'file') {
    throw invalidChart(
      inside(walk, path),
      'this is neither a file nor a folder, and a chart can hold nothing else',
    )
  }
  const use = loader.use(path)
  if (use === 'none') return
  const problem = problemOfPath(path) ?? register.add(path)
  if (problem !== undefined) throw invalidChart(inside(walk, path), `this file ${problem}`)
  budget.countEntry()
  budget.checkFile(path, facts.size)
  budget.count(facts.size)
  const file: ChartFile = {
    path,
    size: facts.size,
    open: () => readChunks(full, options.signal, { highWaterMark: chunkFor(facts.size) }),
  }
  if (use === 'content') loader.take(path, await readWhole(walk, path, full, facts.size))
  if (use === 'archive') {
    const what = `${walk.place.chart}: ${path}`
    loader.takeArchive(path, (await readNestedArchive(file.open, what, budget, options)).metadata)
  }
  walk.files.push(file)
}

/** Large files are read in large chunks, of which each is a way to another thread and back. In bytes. */
function chunkFor(size: number): number {
  return Math.max(64 * 1024, Math.min(size, 512 * 1024))
}

async function readWhole(walk: Walk, path: string, full: string, size: number): Promise<Buffer> {
  const content = await readSmall(full, Math.max(size, 1), walk.options.signal)
  if (content === undefined) throw invalidChart(inside(walk, path), 'this file vanished')
  return content
}

/** What a link leads to; `undefined` where that is nothing. */
async function factsBehind(walk: Walk, path: string, full: string): Promise<FileFacts | undefined> {
  try {
    return await factsOf(full)
  } catch (cause) {
    if (codeOf(cause) !== 'ELOOP') throw cause
    throw invalidChart(inside(walk, path), 'this link leads to itself', { cause })
  }
}

/** The real path behind a link, if the chart may hold it. */
async function checkedTarget(walk: Walk, path: string, full: string): Promise<string> {
  const target = await realPathOf(full)
  const way = relative(walk.realRoot, target)
  const isOutside = way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)
  if (isOutside && walk.options.followLinks !== true) {
    throw invalidChart(inside(walk, path), `this link leads out of the chart, to ${target}`, {
      advice: 'Copy the file into the chart.',
      link: target,
    })
  }
  const log = walk.options.log ?? silent
  log.info(`${walk.place.chart}: ${path} is a link to ${target}; what it leads to is taken in.`)
  return target
}

function deadLink(walk: Walk, path: string): ChartroomError {
  return invalidChart(inside(walk, path), 'this link leads to nothing', {
    advice: 'Mend the link or remove it.',
  })
}

function noteDropped({ dropped, place, options }: Walk, path: string, rule: IgnoreRule): void {
  dropped.push({ path, rule })
  options.log?.debug(`${place.chart}: ${path} is left out by the rule "${rule.text}".`)
}

/** Where Chart.yaml is missed because a rule left it out, the rule is what a person has to hear about. */
function finish(
  { loader, dropped, place, files }: Walk,
  warnings: string[],
): Pick<Chart, 'metadata' | 'subcharts'> {
  const culprit = dropped.find(({ path }) => path === 'Chart.yaml')
  if (culprit !== undefined && !files.some(({ path }) => path === 'Chart.yaml')) {
    const { text, line, isNegated } = culprit.rule
    throw invalidChart({ ...place, path: '.helmignore' }, `the rule "${text}" leaves out Chart.yaml`, {
      line,
      advice: isNegated
        ? 'In a .helmignore, a rule with "!" leaves out everything that it does not match.'
        : 'Make the rule narrower.',
    })
  }
  return loader.finish(warnings)
}

function inside({ place }: Walk, path: string): Place {
  return { ...place, path }
}
