import { compareNaturally, newestFirst, repositoryName, type InspectedTag } from '../../core/index.ts'
import type { HostEntry } from '../adapters/hostEntries.ts'
import type { InsideNode } from './fileNodes.ts'
import type { ListState } from './pagedList.ts'
import type { RegistryProblem } from './registryProblem.ts'

/** What the tree of registries shows, as plain data. Ids are stable facts, so that the editor keeps selection and expansion. */
export type RegistryNode =
  | HostNode
  | NamespaceNode
  | RemoteRepositoryNode
  | RemoteTagNode
  | MoreNode
  | FailureNode
  | RegistryLineNode
  | InsideNode

export interface HostNode {
  readonly kind: 'host'
  readonly id: string
  readonly host: string
  readonly entry: HostEntry
  readonly listing: ListState
  /** Why its repositories could not be listed. */
  readonly problem?: RegistryProblem
  /** Where it is the registry for test purposes on this machine. */
  readonly local?: LocalFacts
}

/** The local registry, as far as its row shows it. */
export interface LocalFacts {
  readonly kind: 'starting' | 'running' | 'stopped' | 'failed'
  readonly reason?: string
}

/** Repositories of one host that share their path up to the last slash. */
export interface NamespaceNode {
  readonly kind: 'namespace'
  readonly id: string
  readonly host: string
  /** `acme/charts` */
  readonly path: string
  /** With their host, sorted. */
  readonly repositories: readonly string[]
}

export interface RemoteRepositoryNode {
  readonly kind: 'remoteRepository'
  readonly id: string
  readonly host: string
  /** `ghcr.io/acme/charts/shop` */
  readonly name: string
  /** What its row does not have to repeat is left out. */
  readonly label: string
  readonly pinned: boolean
  /** How many tags are known; unset before they were listed. */
  readonly tags?: { readonly count: number; readonly isAll: boolean }
}

export interface RemoteTagNode {
  readonly kind: 'remoteTag'
  readonly id: string
  readonly host: string
  /** `ghcr.io/acme/charts/shop:1.4.2` */
  readonly reference: string
  /** The tag. */
  readonly label: string
  /** What it holds; unset as long as that is not known. */
  readonly details?: InspectedTag
  /** Why that could not be found out. */
  readonly problem?: RegistryProblem
  /** Whether the cache has the same manifest under the same reference. */
  readonly cached: boolean
}

/** The end of a list that goes on. */
export interface MoreNode {
  readonly kind: 'more'
  readonly id: string
  readonly host: string
  /** Id of the row whose list it is. */
  readonly of: string
  readonly what: 'repositories' | 'tags'
  /** How many come next; unset where only the registry knows. */
  readonly count?: number
  readonly isBusy: boolean
}

/** Why there is nothing, or no more, and what can be done about it. */
export interface FailureNode {
  readonly kind: 'failure'
  readonly id: string
  readonly host: string
  /** Id of the row that is asked again. */
  readonly of: string
  readonly problem: RegistryProblem
}

/** One line of text where there is nothing else. */
export interface RegistryLineNode {
  readonly kind: 'line'
  readonly id: string
  readonly what: 'loading' | 'noRepositories' | 'noTags' | 'noFiles'
}

/** A list of a registry, as far as it is known. */
export interface ListFacts {
  readonly names: readonly string[]
  readonly state: ListState
  readonly problem?: RegistryProblem
  /** How many are known besides these. */
  readonly hidden?: number
}

/** How many rows of a list are shown at a time, whatever its registry gives at a time. */
export const pageOf = { repositories: 100, tags: 50 } as const

/**
 * What stands below a host: pinned repositories, then namespaces and repositories without one, by name.
 * @param list of repositories without the host
 */
export function hostChildren(
  { host, pinned }: HostEntry,
  list: ListFacts,
): (NamespaceNode | RemoteRepositoryNode | EndNode)[] {
  const namespaces = new Map<string, string[]>()
  const rows: (NamespaceNode | RemoteRepositoryNode)[] = []
  for (const repository of list.names) {
    if (pinned.includes(repository)) continue
    const slash = repository.lastIndexOf('/')
    if (slash < 0) {
      rows.push(repositoryNode(host, repository, { label: repository, pinned: false }))
      continue
    }
    const path = repository.slice(0, slash)
    const inside = namespaces.get(path)
    if (inside === undefined) namespaces.set(path, [repository])
    else inside.push(repository)
  }
  for (const [path, repositories] of namespaces) rows.push(namespaceNode(host, path, repositories))
  rows.sort((a, b) => compareNaturally(labelOf(a), labelOf(b)))
  const pins = pinned.map((repository) =>
    repositoryNode(host, repository, { label: repository, pinned: true }),
  )
  return withEnd(hostId(host), host, 'repositories', [...pins, ...rows], list)
}

/** The repositories of a namespace. */
export function namespaceChildren({ host, repositories }: NamespaceNode): RemoteRepositoryNode[] {
  return repositories.map((repository) =>
    repositoryNode(host, repository, {
      label: repository.slice(repository.lastIndexOf('/') + 1),
      pinned: false,
    }),
  )
}

/**
 * What stands below a repository: the newest of the tags that are known.
 * @param shown how many tags at most
 */
export function repositoryChildren(
  { host, name, id }: RemoteRepositoryNode,
  list: ListFacts,
  shown: number,
): (RemoteTagNode | EndNode)[] {
  const tags = newestTags(list.names)
  const rows = tags.slice(0, shown).map((tag) => tagNode(host, name, tag))
  return withEnd(id, host, 'tags', rows, { ...list, hidden: tags.length - rows.length })
}

/** Tags, the newest first; of the same array they are sorted once, because a repository may have very many. */
export function newestTags(names: readonly string[]): readonly string[] {
  const known = sortedTags.get(names)
  if (known !== undefined) return known
  const sorted = newestFirst(names, (tag) => tag)
  sortedTags.set(names, sorted)
  return sorted
}

const sortedTags = new WeakMap<readonly string[], readonly string[]>()

/** Rows that stand at the end of a list, or in its place. */
export type EndNode = MoreNode | FailureNode | RegistryLineNode

export function failureNode(of: string, host: string, problem: RegistryProblem): FailureNode {
  return { kind: 'failure', id: `failure ${of}`, host, of, problem }
}

export function lineNode(of: string, what: RegistryLineNode['what']): RegistryLineNode {
  return { kind: 'line', id: `line ${of}`, what }
}

export function hostId(host: string): string {
  return `host ${host}`
}

export function namespaceId(host: string, path: string): string {
  return `namespace ${host}/${path}`
}

/** @param name with its host */
export function repositoryId(name: string): string {
  return `remoteRepository ${name}`
}

export function tagId(reference: string): string {
  return `remoteTag ${reference}`
}

/** Whether something that the editor hands to a command is a row of this tree. */
export function isRegistryNode(value: unknown): value is RegistryNode {
  if (typeof value !== 'object' || value === null) return false
  const kind: unknown = Reflect.get(value, 'kind')
  return typeof kind === 'string' && kinds.has(kind)
}

/** Those that only this tree has. */
const kinds: ReadonlySet<string> = new Set<RegistryNode['kind']>([
  'host',
  'namespace',
  'remoteRepository',
  'remoteTag',
  'more',
  'failure',
])

function withEnd<Row>(
  of: string,
  host: string,
  what: MoreNode['what'],
  rows: readonly Row[],
  { names, state, problem, hidden = 0 }: ListFacts,
): (Row | EndNode)[] {
  if (hidden > 0) {
    const count = Math.min(hidden, pageOf[what])
    return [...rows, { kind: 'more', id: `more ${of}`, host, of, what, count, isBusy: false }]
  }
  const isEmpty = names.length === 0
  switch (state) {
    case 'failed': {
      const failure = problem === undefined ? [] : [failureNode(of, host, problem)]
      // What keeps everything back stands first; a page that did not come stands where it would be.
      const isAll = isEmpty || problem?.reason !== 'failed'
      return isAll ? [...failure, ...rows] : [...rows, ...failure]
    }
    case 'unasked':
    case 'loading':
      return isEmpty
        ? [...rows, lineNode(of, 'loading')]
        : [...rows, { kind: 'more', id: `more ${of}`, host, of, what, isBusy: true }]
    case 'partial':
      return [...rows, { kind: 'more', id: `more ${of}`, host, of, what, isBusy: false }]
    case 'complete':
      return rows.length === 0 ? [lineNode(of, what === 'tags' ? 'noTags' : 'noRepositories')] : [...rows]
  }
}

function namespaceNode(host: string, path: string, repositories: readonly string[]): NamespaceNode {
  const sorted = [...repositories].sort(compareNaturally)
  return { kind: 'namespace', id: namespaceId(host, path), host, path, repositories: sorted }
}

function repositoryNode(
  host: string,
  repository: string,
  looks: Pick<RemoteRepositoryNode, 'label' | 'pinned'>,
): RemoteRepositoryNode {
  const name = repositoryName({ host, repository })
  return { kind: 'remoteRepository', id: repositoryId(name), host, name, ...looks }
}

function tagNode(host: string, repository: string, tag: string): RemoteTagNode {
  const reference = `${repository}:${tag}`
  return { kind: 'remoteTag', id: tagId(reference), host, reference, label: tag, cached: false }
}

function labelOf(row: NamespaceNode | RemoteRepositoryNode): string {
  return row.kind === 'namespace' ? row.path : row.label
}
