import semver from 'semver'
import { formatAge, formatReference, parseReference, repositoryName, shortDigest } from '../../core/index.ts'
import type { CachedChart, SoundChart } from '../../core/index.ts'

/** What the tree of cached charts shows, as plain data. Ids are stable facts, so that the editor keeps selection and expansion. */
export type CacheNode = RepositoryNode | TagNode | ProblemNode | LineNode | DirectoryNode | FileNode

/** What stands on the first level. */
export type TopNode = RepositoryNode | ProblemNode

export interface RepositoryNode {
  readonly kind: 'repository'
  readonly id: string
  /** `localhost:5000/myrepo/mychart` */
  readonly name: string
  /** Newest version first. */
  readonly tags: readonly TagNode[]
}

export interface TagNode {
  readonly kind: 'tag'
  readonly id: string
  /** The tag, or `@` and a short digest. */
  readonly label: string
  readonly reference: string
  readonly chart: SoundChart
  /** `27 seconds`, seen when the node was made. */
  readonly age: string
}

/** An entry that cannot be read. */
export interface ProblemNode {
  readonly kind: 'problem'
  readonly id: string
  readonly reference: string
  /** What is wrong, as a sentence that stands for itself. */
  readonly message: string
  /** The same beside the reference, which it need not repeat. */
  readonly reason: string
}

/** One line of text under a row that has nothing better to show. */
export interface LineNode {
  readonly kind: 'line'
  readonly id: string
  readonly text: string
}

export interface DirectoryNode {
  readonly kind: 'directory'
  readonly id: string
  readonly name: string
  readonly children: readonly (DirectoryNode | FileNode)[]
}

export interface FileNode {
  readonly kind: 'file'
  readonly id: string
  readonly name: string
  readonly reference: string
  /** Path in the chart, `/` between its parts. */
  readonly path: string
  /** Bytes. */
  readonly size: number
}

/**
 * Groups charts by repository, repositories by name, what cannot be read after them.
 * @param now milliseconds since 1970, for the ages
 */
export function cacheNodes(charts: readonly CachedChart[], now: number): TopNode[] {
  const repositories = new Map<string, TagNode[]>()
  const problems: ProblemNode[] = []
  for (const chart of charts) {
    if (chart.problem !== undefined) {
      // A damaged index may hold one name twice; the editor takes every id once.
      const repeats = problems.filter(({ reference }) => reference === chart.reference).length
      problems.push(problemNode(chart.reference, chart.problem.message, repeats))
      continue
    }
    const { repository, label } = nameParts(chart)
    const tags = repositories.get(repository) ?? []
    tags.push(tagNode(chart, label, now))
    repositories.set(repository, tags)
  }
  const named = [...repositories].sort(([a], [b]) => compareText(a, b))
  return [...named.map(([name, tags]) => repositoryNode(name, tags)), ...problems]
}

/** The files of a chart as a tree: what a reader looks for first stands first. */
export function fileNodes(
  reference: string,
  files: readonly { readonly path: string; readonly size: number }[],
): (DirectoryNode | FileNode)[] {
  const root = folder()
  for (const { path, size } of files) {
    const parts = path.split('/')
    const name = parts.pop() ?? path
    let place = root
    for (const part of parts) {
      const next = place.folders.get(part) ?? folder()
      place.folders.set(part, next)
      place = next
    }
    place.files.push({ kind: 'file', id: fileId(reference, path), name, reference, path, size })
  }
  return folderNodes(root, reference, '')
}

/**
 * Which rows have to be painted again so that the tree shows `after`.
 * @returns the smallest set of node ids, or `everything` where the first level itself differs
 */
export function changedNodes(before: readonly TopNode[], after: readonly TopNode[]): 'everything' | string[] {
  if (!sameIds(before, after)) return 'everything'
  return after.flatMap((node, position) => {
    const old = before[position]
    if (old === undefined || isSame(old, node)) return []
    if (old.kind === 'repository' && node.kind === 'repository' && sameIds(old.tags, node.tags)) {
      return node.tags.filter((tag, at) => !isSame(old.tags[at], tag)).map(({ id }) => id)
    }
    return [node.id]
  })
}

/** The same list, with the very objects of the old one wherever nothing changed. */
export function keepUnchanged<Node extends { readonly id: string }>(
  before: readonly Node[],
  after: readonly Node[],
): Node[] {
  const old = new Map(before.map((node) => [node.id, node]))
  return after.map((node) => {
    const known = old.get(node.id)
    return known !== undefined && isSame(known, node) ? known : node
  })
}

export function problemLine({ id, reason }: ProblemNode): LineNode {
  return { kind: 'line', id: `${id}#line`, text: reason }
}

/** Whether something that the editor hands to a command is a row of the tree. */
export function isCacheNode(value: unknown): value is CacheNode {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    'id' in value &&
    typeof value.id === 'string' &&
    typeof value.kind === 'string' &&
    kinds.has(value.kind)
  )
}

const kinds: ReadonlySet<string> = new Set<CacheNode['kind']>([
  'repository',
  'tag',
  'problem',
  'line',
  'directory',
  'file',
])

function repositoryNode(name: string, tags: TagNode[]): RepositoryNode {
  return { kind: 'repository', id: `repository ${name}`, name, tags: newestFirst(tags) }
}

function tagNode(chart: SoundChart, label: string, now: number): TagNode {
  const age = formatAge(now - Date.parse(chart.created))
  return { kind: 'tag', id: `tag ${chart.reference}`, label, reference: chart.reference, chart, age }
}

function problemNode(reference: string, message: string, repeats: number): ProblemNode {
  const id = `problem ${reference}${repeats === 0 ? '' : ` ${repeats + 1}`}`
  return { kind: 'problem', id, reference, message, reason: reasonIn(message, reference) }
}

/** `The manifest of localhost:5000/a:1 is missing.` says no more beside `localhost:5000/a:1` than `The manifest is missing.` */
function reasonIn(message: string, reference: string): string {
  const rest = message.startsWith(reference) ? message.slice(reference.length).replace(/^:? /, '') : message
  const short = rest.replaceAll(` of ${reference}`, '')
  return short.charAt(0).toUpperCase() + short.slice(1)
}

function fileId(reference: string, path: string): string {
  return `file ${reference} ${path}`
}

/** Other programs write names that are no references, so what cannot be parsed is split at its last colon. */
function nameParts({ reference, version }: SoundChart): { repository: string; label: string } {
  const colon = reference.lastIndexOf(':')
  const guess =
    colon > reference.lastIndexOf('/')
      ? { repository: reference.slice(0, colon), label: reference.slice(colon + 1) }
      : { repository: reference, label: version }
  try {
    const parsed = parseReference(reference)
    // A name that would be shown as another one must not be grouped with it.
    if (formatReference(parsed) !== reference) return guess
    const label = parsed.digest === undefined ? parsed.tag : `@${shortDigest(parsed.digest)}`
    return { repository: repositoryName(parsed), label: label ?? version }
  } catch {
    return guess
  }
}

function newestFirst(tags: readonly TagNode[]): TagNode[] {
  return tags
    .map((tag) => ({ tag, version: semver.parse(tag.label, { loose: true }) }))
    .sort((a, b) => {
      if (a.version !== null && b.version !== null) return semver.compareBuild(b.version, a.version, true)
      if (a.version === null && b.version === null) return compareText(a.tag.label, b.tag.label)
      return a.version === null ? 1 : -1
    })
    .map(({ tag }) => tag)
}

interface Folder {
  readonly folders: Map<string, Folder>
  readonly files: FileNode[]
}

function folder(): Folder {
  return { folders: new Map(), files: [] }
}

function folderNodes(
  { folders, files }: Folder,
  reference: string,
  above: string,
): (DirectoryNode | FileNode)[] {
  const directories = [...folders]
    .sort(([a], [b]) => rank(firstFolders, a) - rank(firstFolders, b) || compareText(a, b))
    .map(([name, inside]): DirectoryNode => {
      const path = `${above}${name}/`
      return {
        kind: 'directory',
        id: fileId(reference, path),
        name,
        children: folderNodes(inside, reference, path),
      }
    })
  const sorted = files.sort(
    (a, b) => rank(firstFiles, a.name) - rank(firstFiles, b.name) || compareText(a.name, b.name),
  )
  return [...sorted, ...directories]
}

const firstFiles = ['Chart.yaml', 'values.yaml', 'README.md']
const firstFolders = ['templates', 'charts']

function rank(first: readonly string[], name: string): number {
  const position = first.indexOf(name)
  return position < 0 ? first.length : position
}

function compareText(a: string, b: string): number {
  return collator.compare(a, b)
}

const collator = new Intl.Collator('en', { numeric: true })

function sameIds(
  before: readonly { readonly id: string }[],
  after: readonly { readonly id: string }[],
): boolean {
  return before.length === after.length && before.every(({ id }, position) => id === after[position]?.id)
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}
