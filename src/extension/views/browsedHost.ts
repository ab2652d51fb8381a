import type { InspectedTag } from '../../core/index.ts'
import type { HostEntry } from '../adapters/hostEntries.ts'
import { PagedList, type PageSource } from './pagedList.ts'
import {
  hostChildren,
  hostId,
  namespaceChildren,
  namespaceId,
  newestTags,
  pageOf,
  repositoryChildren,
  repositoryId,
  tagId,
  type HostNode,
  type ListFacts,
  type LocalFacts,
  type NamespaceNode,
  type RegistryNode,
  type RemoteRepositoryNode,
  type RemoteTagNode,
} from './registryNodes.ts'
import { catalogueProblem, isWithoutList, registryProblem } from './registryProblem.ts'
import { TagDetails, type Inspect } from './tagDetails.ts'

/** What is asked of a registry. Asking is all that each of these does: nothing is requested before the answer is wanted. */
export interface Browsing {
  /** Without the host. @param namespaces that are known: `acme` */
  readonly repositories: (host: string, namespaces: readonly string[]) => PageSource
  /** What was pushed to and pulled from, without the host. */
  readonly remembered: (host: string) => readonly string[]
  /** @param repository with its host */
  readonly tags: (repository: string) => PageSource
  readonly inspect: Inspect
}

/** A list, and how many of what is known of it are shown at most. */
interface ShownList {
  readonly list: PagedList
  shown: number
}

interface BrowsedRepository extends ShownList {
  /** With its host. */
  readonly name: string
}

export interface BrowsedHostOptions {
  readonly entry: HostEntry
  readonly browsing: Browsing
  /** Told the id of a tag that is known better now. */
  readonly onDetails: (id: string) => void
}

/** One registry of the tree: what has been asked of it, and the rows that come of it. */
export class BrowsedHost implements ShownList {
  entry: HostEntry
  /** Where it is the local registry. */
  local: LocalFacts | undefined
  readonly list: PagedList
  shown: number = pageOf.repositories
  readonly details: TagDetails
  readonly #browsing: Browsing
  readonly #repositories = new Map<string, BrowsedRepository>()
  /** Repositories that somebody went to before their page of the catalogue had come. */
  readonly #visited = new Set<string>()
  /** Of which the cache has charts, without the host. */
  #cached: readonly string[] = []

  constructor({ entry, browsing, onDetails }: BrowsedHostOptions) {
    this.entry = entry
    this.#browsing = browsing
    this.list = new PagedList(() => browsing.repositories(entry.host, this.#namespaces()))
    this.details = new TagDetails({
      inspect: browsing.inspect,
      onChange: (reference) => {
        onDetails(tagId(reference))
      },
    })
  }

  get id(): string {
    return hostId(this.entry.host)
  }

  /** Whether it can be asked for anything: a local registry that is not running cannot. */
  get isThere(): boolean {
    return this.local === undefined || this.local.kind === 'running'
  }

  /** The references of all tags that are known. */
  get references(): string[] {
    return [...this.#repositories.values()].flatMap(({ name, list }) =>
      list.names.map((tag) => `${name}:${tag}`),
    )
  }

  get repositories(): Iterable<BrowsedRepository> {
    return this.#repositories.values()
  }

  /** @param name with its host */
  repository(name: string): BrowsedRepository {
    const known = this.#repositories.get(name)
    if (known !== undefined) return known
    const list = new PagedList(() => this.#browsing.tags(name))
    const repository = { name, list, shown: pageOf.tags }
    this.#repositories.set(name, repository)
    return repository
  }

  /**
   * Which repositories the cache has charts of. They have rows where the registry has no list.
   * @param paths without the host
   * @returns whether other rows stand below the host now
   */
  setCached(paths: readonly string[]): boolean {
    const before = this.#cached.join()
    this.#cached = paths
    return before !== paths.join() && this.#isWithoutList
  }

  /** Gives a repository a row, whatever the catalogue says. @param path without the host */
  visit(path: string): void {
    this.#visited.add(path)
  }

  /** The ids of the rows above a repository, the host's first. @param name with its host */
  above(name: string): string[] {
    const { host, pinned } = this.entry
    const path = name.slice(host.length + 1)
    const slash = path.lastIndexOf('/')
    return slash < 0 || pinned.includes(path) ? [this.id] : [this.id, namespaceId(host, path.slice(0, slash))]
  }

  /**
   * Shows more of what is known of a list.
   * @param id of the row whose list it is
   * @returns `false` where all of it is shown
   */
  showMore(id: string, what: keyof typeof pageOf): boolean {
    const shown = id === this.id ? this : this.#withId(id)
    const { length } = shown?.list.names ?? []
    if (shown === undefined || length < shown.shown) return false
    shown.shown += pageOf[what]
    return length > shown.shown - pageOf[what]
  }

  /** Shows a tag and all that are newer. @returns its row, where the tag is known */
  showTag(name: string, tag: string): RemoteTagNode | undefined {
    const repository = this.repository(name)
    const { names } = repository.list
    const position = newestTags(names).indexOf(tag)
    repository.shown = Math.max(repository.shown, Math.ceil((position + 1) / pageOf.tags) * pageOf.tags)
    const rows = this.tags(this.#rowOf(name))
    return rows.find((row) => row.kind === 'remoteTag' && row.label === tag) as RemoteTagNode | undefined
  }

  /** Makes everything due again. */
  expire(): void {
    this.list.expire()
    for (const repository of this.#repositories.values()) this.expireRepository(repository)
  }

  expireRepository({ name, list }: BrowsedRepository): void {
    this.details.expire(list.names.map((tag) => `${name}:${tag}`))
    list.expire()
  }

  dispose(): void {
    this.list.stop()
    for (const { list } of this.#repositories.values()) list.stop()
    this.details.dispose()
  }

  node(): HostNode {
    const { entry, id, local, list } = this
    const problem = list.state === 'failed' ? catalogueProblem(list.error, entry.host) : undefined
    return {
      kind: 'host',
      id,
      host: entry.host,
      entry,
      listing: list.state,
      ...(problem === undefined ? {} : { problem }),
      ...(local === undefined ? {} : { local }),
    }
  }

  children(): RegistryNode[] {
    if (!this.isThere) return []
    return hostChildren(this.entry, this.#catalogue())
  }

  /** The repositories of a namespace as it is now. */
  namespaceChildren(node: NamespaceNode): RegistryNode[] {
    const now = this.children().find(({ id }) => id === node.id)
    return now?.kind === 'namespace' ? namespaceChildren(now) : []
  }

  /** A row of a repository as it is now. */
  describeRepository(node: RemoteRepositoryNode): RemoteRepositoryNode {
    const list = this.#repositories.get(node.name)?.list
    if (list === undefined || list.names.length === 0) return node
    return { ...node, tags: { count: list.names.length, isAll: list.state === 'complete' } }
  }

  tags(node: RemoteRepositoryNode): RegistryNode[] {
    const { list, shown } = this.repository(node.name)
    return repositoryChildren(node, factsOf(list, registryProblem, this.entry.host), shown)
  }

  /** The references of the tags that are shown of a repository, from the top. */
  shownTags({ name }: BrowsedRepository): string[] {
    return this.tags(this.#rowOf(name)).flatMap((row) => (row.kind === 'remoteTag' ? [row.reference] : []))
  }

  /** @param digestInCache of the manifest that the cache has under this reference */
  describeTag(node: RemoteTagNode, digestInCache: string | undefined): RemoteTagNode {
    const { details, error } = this.details.of(node.reference)
    const problem = error === undefined ? undefined : registryProblem(error, this.entry.host)
    return {
      ...node,
      ...(details === undefined ? {} : { details }),
      ...(problem === undefined ? {} : { problem }),
      cached: isCached(details, digestInCache),
    }
  }

  #withId(id: string): BrowsedRepository | undefined {
    return [...this.#repositories.values()].find(({ name }) => repositoryId(name) === id)
  }

  #rowOf(name: string): RemoteRepositoryNode {
    const { host } = this.entry
    return { kind: 'remoteRepository', id: repositoryId(name), host, name, label: name, pinned: false }
  }

  /** What is known without the list of the registry. */
  #known(): string[] {
    return [...this.#browsing.remembered(this.entry.host), ...this.#cached]
  }

  /** For registries that list by namespace. */
  #namespaces(): string[] {
    const paths = [...this.entry.pinned, ...this.#known()]
    return [...new Set(paths.filter((path) => path.includes('/')).map((path) => path.split('/')[0] ?? ''))]
  }

  get #isWithoutList(): boolean {
    return this.list.state === 'failed' && isWithoutList(this.list.error)
  }

  #catalogue(): ListFacts {
    const { names, ...facts } = factsOf(this.list, catalogueProblem, this.entry.host)
    const others = this.#isWithoutList ? this.#known() : []
    const shown = new Set([...names.slice(0, this.shown), ...this.#visited, ...others])
    const hasRow = new Set([...shown, ...this.entry.pinned])
    return { ...facts, names: [...shown], hidden: names.filter((name) => !hasRow.has(name)).length }
  }
}

function factsOf(
  { names, state, error }: PagedList,
  problemOf: typeof registryProblem,
  host: string,
): ListFacts {
  return { names, state, ...(state === 'failed' ? { problem: problemOf(error, host) } : {}) }
}

function isCached(details: InspectedTag | undefined, digest: string | undefined): boolean {
  return details !== undefined && details.manifestDigest === digest
}
