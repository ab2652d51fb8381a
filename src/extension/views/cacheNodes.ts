import { ageOf, compareNaturally, newestFirst } from '../../core/index.ts'
import type { Age, CachedChart, Offer, SoundChart } from '../../core/index.ts'
import type { Check } from '../adapters/checks.ts'
import type { DirectoryNode, FileNode } from './fileNodes.ts'
import { nameParts, nextName, tagIn, type NameParts } from './nameParts.ts'

/** What the tree of cached charts shows, as plain data. Ids are stable facts, so that the editor keeps selection and expansion. */
export type CacheNode = TopNode | OfferNode | LineNode | DirectoryNode | FileNode

/** What stands on the first level. */
export type TopNode = CachedRegistryNode | RepositoryNode | TagNode | ProblemNode | OffersNode

/** What the first level is made of. */
export type Grouping = 'repository' | 'registry' | 'flat'

export interface CachedRegistryNode {
  readonly kind: 'registry'
  readonly id: string
  /** `localhost:5000`; empty for charts whose names name none. */
  readonly host: string
  readonly repositories: readonly RepositoryNode[]
}

export interface RepositoryNode {
  readonly kind: 'repository'
  readonly id: string
  /** `localhost:5000/myrepo/mychart` */
  readonly name: string
  /** The name, without what stands above it. */
  readonly label: string
  /** How many tags there are. */
  readonly count: number
  /** Newest version first. */
  readonly tags: readonly TagNode[]
}

export interface TagNode {
  readonly kind: 'tag'
  readonly id: string
  /** The tag, or `@` and a short digest. */
  readonly tag: string
  /** The tag; in a flat list behind the last part of its repository. */
  readonly label: string
  /** `localhost:5000/myrepo`, where the label alone does not tell it from others. */
  readonly place?: string
  readonly reference: string
  /** What it is, unless nobody has read it yet. */
  readonly read?: {
    readonly chart: SoundChart
    /** Seen when the node was made. */
    readonly age: Age
    /** What somebody had checked about it. */
    readonly check?: Check
  }
}

/** An entry of which only the name is known so far. */
export interface UnreadChart {
  readonly reference: string
  readonly isUnread: true
}

export type ListedChart = CachedChart | UnreadChart

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

/** Charts that went when another program rewrote the index, and can come back, most of them. */
export interface OffersNode {
  readonly kind: 'offers'
  readonly id: 'offers'
  readonly offers: readonly OfferNode[]
}

export interface OfferNode {
  readonly kind: 'offer'
  readonly id: string
  readonly reference: string
  /** `mychart:2.7.0` */
  readonly label: string
  /** `localhost:5000/myrepo` */
  readonly place: string
  /** Why it cannot come back, beside the label; missing where it can. */
  readonly problem?: string
  /** Since when it was in the cache, seen when the node was made. */
  readonly age: Age
}

/** One line of text under a row that has nothing better to show. */
export interface LineNode {
  readonly kind: 'line'
  readonly id: string
  readonly text: string
}

/** What is known about the charts of a cache besides what is listed. */
export interface KnownBesides {
  readonly offers?: readonly Offer[]
  readonly checkOf?: (chart: SoundChart) => Check | undefined
}

/**
 * The rows of the first level, sorted by name, what cannot be read after them, and what could come back at the end.
 * @param now milliseconds since 1970, for the ages
 */
export function cacheNodes(
  charts: readonly ListedChart[],
  now: number,
  grouping: Grouping = 'repository',
  { offers = [], checkOf }: KnownBesides = {},
): TopNode[] {
  const repositories = new Map<string, Repository>()
  const problems: ProblemNode[] = []
  // A damaged index may hold one name twice; the editor takes every id once.
  const repeats = new Map<string, number>()
  let parts: NameParts | undefined
  let repository: Repository | undefined
  for (const chart of charts) {
    if (!('isUnread' in chart) && chart.problem !== undefined) {
      const { reference, problem } = chart
      const repeat = (repeats.get(reference) ?? 0) + 1
      repeats.set(reference, repeat)
      problems.push(problemNode(reference, problem.message, repeat))
      continue
    }
    const { reference } = chart
    // Most follow one of the same repository.
    let tag = repository === undefined ? undefined : tagIn(repository.name, reference)
    if (repository === undefined || tag === undefined) {
      parts = nextName(reference, parts) ?? nameParts(reference, 'isUnread' in chart ? '' : chart.version)
      const { host, name } = parts
      repository = repositories.get(name) ?? { host, name, tags: [] }
      repositories.set(name, repository)
      tag = parts.tag
    }
    repository.tags.push('isUnread' in chart ? { reference, tag } : readTag(chart, tag, now, checkOf))
  }
  return [...grouped([...repositories.values()], grouping), ...problems, ...offersNodes(offers, now)]
}

/** The rows below a row that are known without reading a chart. */
export function childrenOf(node: CacheNode): readonly CacheNode[] {
  switch (node.kind) {
    case 'registry':
      return node.repositories
    case 'repository':
      return node.tags
    case 'problem':
      return [problemLine(node)]
    case 'offers':
      return node.offers
    case 'directory':
      return node.children
    case 'tag':
    case 'offer':
    case 'line':
    case 'file':
      return []
  }
}

interface Repository {
  readonly host: string
  readonly name: string
  readonly tags: Tag[]
}

/** What a tag's node is made of when somebody looks at it: of a thousand repositories a person opens a few. */
type Tag = Pick<TagNode, 'tag' | 'reference' | 'read'>

function grouped(
  repositories: readonly Repository[],
  grouping: Grouping,
): (CachedRegistryNode | RepositoryNode | TagNode)[] {
  const sorted = repositories.toSorted((a, b) => compareNaturally(a.name, b.name))
  switch (grouping) {
    case 'repository':
      return sorted.map((repository) => repositoryNode(repository, repository.name))
    case 'registry':
      return byRegistry(sorted)
    case 'flat':
      return flat(sorted)
  }
}

function byRegistry(repositories: readonly Repository[]): CachedRegistryNode[] {
  const registries = new Map<string, RepositoryNode[]>()
  for (const repository of repositories) {
    const { host, name } = repository
    const below = registries.get(host) ?? []
    below.push(repositoryNode(repository, host === '' ? name : name.slice(host.length + 1)))
    registries.set(host, below)
  }
  return [...registries]
    .sort(([a], [b]) => compareNaturally(a, b))
    .map(([host, below]) => ({ kind: 'registry', id: `registry ${host}`, host, repositories: below }))
}

/** Rows are called by the last part of their repository, and say the rest of it only where two have one name. */
function flat(repositories: readonly Repository[]): TagNode[] {
  const rows = repositories
    .map(({ name, tags }) => ({ ...placed(name), tags }))
    .sort((a, b) => compareNaturally(a.last, b.last))
    .flatMap(({ last, place, tags }) =>
      tagNodes(tags).map((node) => ({ ...node, label: nameOf(last, node.tag), place })),
    )
  const uses = new Map<string, number>()
  for (const { label } of rows) uses.set(label, (uses.get(label) ?? 0) + 1)
  return rows.map(({ place, ...node }) =>
    uses.get(node.label) === 1 || place === '' ? node : { ...node, place },
  )
}

/** `localhost:5000/myrepo/mychart` as its last part and what stands in front of that. */
function placed(name: string): { readonly last: string; readonly place: string } {
  const end = name.lastIndexOf('/')
  return { last: name.slice(end + 1), place: name.slice(0, Math.max(0, end)) }
}

/** `mychart:2.7.0`, `mychart@4f9c1e2` */
function nameOf(repository: string, tag: string): string {
  return tag.startsWith('@') ? `${repository}${tag}` : `${repository}:${tag}`
}

function repositoryNode({ name, tags }: Repository, label: string): RepositoryNode {
  let sorted: readonly TagNode[] | undefined
  return {
    kind: 'repository',
    id: `repository ${name}`,
    name,
    label,
    count: tags.length,
    get tags() {
      return (sorted ??= tagNodes(tags))
    },
  }
}

function readTag(chart: SoundChart, tag: string, now: number, checkOf: KnownBesides['checkOf']): Tag {
  const { reference } = chart
  const check = checkOf?.(chart)
  const age = ageOf(now - Date.parse(chart.created))
  return { reference, tag, read: { chart, age, ...(check === undefined ? {} : { check }) } }
}

function tagNodes(tags: readonly Tag[]): TagNode[] {
  return newestFirst(tags, ({ tag }) => tag).map(({ tag, reference, read }) => ({
    kind: 'tag',
    id: `tag ${reference}`,
    tag,
    label: tag,
    reference,
    ...(read === undefined ? {} : { read }),
  }))
}

function problemNode(reference: string, message: string, repeat: number): ProblemNode {
  const id = `problem ${reference}${repeat === 1 ? '' : ` ${repeat}`}`
  return { kind: 'problem', id, reference, message, reason: reasonIn(message, reference) }
}

function offersNodes(offers: readonly Offer[], now: number): OffersNode[] {
  if (offers.length === 0) return []
  const nodes = offers.map(({ reference, added, problem }): OfferNode => {
    const { name, tag } = nameParts(reference, '')
    const { last, place } = placed(name)
    return {
      kind: 'offer',
      id: `offer ${reference}`,
      reference,
      label: nameOf(last, tag),
      place,
      ...(problem === undefined ? {} : { problem: reasonIn(problem.message, reference) }),
      age: ageOf(now - Date.parse(added)),
    }
  })
  return [{ kind: 'offers', id: 'offers', offers: nodes }]
}

function problemLine({ id, reason }: ProblemNode): LineNode {
  return { kind: 'line', id: `${id}#line`, text: reason }
}

/** `The manifest of localhost:5000/a:1 is missing.` says no more beside `localhost:5000/a:1` than `The manifest is missing.` */
function reasonIn(message: string, reference: string): string {
  const rest = message.startsWith(reference) ? message.slice(reference.length).replace(/^:? /, '') : message
  const short = rest.replaceAll(` of ${reference}`, '')
  return short.charAt(0).toUpperCase() + short.slice(1)
}
