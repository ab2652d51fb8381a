import { parseReference, repositoryName } from '../../core/index.ts'
import type { HostEntry } from '../adapters/hostEntries.ts'
import { BrowsedHost, type Browsing } from './browsedHost.ts'
import { cachedRepositories } from './cachedRepositories.ts'
import { OpenedFiles, type OpenFiles } from './openedFiles.ts'
import { OpenRows } from './openRows.ts'
import type { Painted } from './paintQueue.ts'
import {
  hostId,
  repositoryId,
  tagId,
  type HostNode,
  type LocalFacts,
  type MoreNode,
  type RegistryNode,
} from './registryNodes.ts'
import { SourceReader } from './sourceReader.ts'

export interface RegistryBrowserOptions extends Browsing {
  readonly files: OpenFiles
  /** Told the ids of rows that look different now, or have other rows below them. */
  readonly onChange: (rows: Painted) => void
  /** Told what did not come. */
  readonly onFailure: (error: unknown) => void
}

/**
 * The registries as a person walks through them. What is below a row is read while the row and all rows above it are
 * open; whatever is closed stops. Rows are given from memory at once, so no registry makes another one wait.
 */
export class RegistryBrowser {
  readonly #options: RegistryBrowserOptions
  #hosts: ReadonlyMap<string, BrowsedHost> = new Map()
  readonly #files = new Map<string, OpenedFiles>()
  readonly #rows = new OpenRows()
  readonly #reader: SourceReader
  #cached: ReadonlyMap<string, string> = new Map()

  constructor(options: RegistryBrowserOptions) {
    this.#options = options
    this.#reader = new SourceReader((id, error) => {
      if (error !== undefined) options.onFailure(error)
      options.onChange([id])
      this.#proceed()
    })
  }

  get hosts(): HostNode[] {
    return [...this.#hosts.values()].map((host) => host.node())
  }

  /** The references of all tags that are known by now. */
  get references(): string[] {
    return [...this.#hosts.values()].flatMap((host) => host.references)
  }

  /** Which registries there are, in their order; what was found out about those that stay is kept. */
  setHosts(entries: readonly HostEntry[], localOf: (host: string) => LocalFacts | undefined): void {
    const before = this.hosts
    const hosts = new Map<string, BrowsedHost>()
    for (const entry of entries) {
      const host = this.#hosts.get(entry.host) ?? this.#newHost(entry)
      host.entry = entry
      host.local = localOf(entry.host)
      hosts.set(entry.host, host)
    }
    for (const [name, host] of this.#hosts) if (!hosts.has(name)) host.dispose()
    this.#hosts = hosts
    this.#proceed()
    this.#tellHosts(before)
  }

  /** Which manifests the cache has, by reference. */
  setCached(digests: ReadonlyMap<string, string>): void {
    const before = this.#cached
    this.#cached = digests
    const isOther = (reference: string): boolean => before.get(reference) !== digests.get(reference)
    const changed = this.references.filter(isOther).map(tagId)
    const repositories = cachedRepositories(digests.keys())
    for (const host of this.#hosts.values()) {
      if (host.setCached(repositories.get(host.entry.host) ?? [])) changed.push(host.id)
    }
    if (changed.length > 0) this.#options.onChange(changed)
  }

  /** What stands below a row by now. */
  children(node: RegistryNode): RegistryNode[] {
    switch (node.kind) {
      case 'host':
        return this.#hosts.get(node.host)?.children() ?? []
      case 'namespace':
        return this.#hosts.get(node.host)?.namespaceChildren(node) ?? []
      case 'remoteRepository':
        return this.#hosts.get(node.host)?.tags(node) ?? []
      case 'remoteTag':
        return this.#filesOf(node.host, node.reference).children
      case 'directory':
        return [...node.children]
      case 'more':
      case 'failure':
      case 'line':
      case 'file':
        return []
    }
  }

  /** A row that was given earlier as it is now. */
  latest(node: RegistryNode): RegistryNode {
    const host = 'host' in node ? this.#hosts.get(node.host) : undefined
    if (host === undefined) return node
    switch (node.kind) {
      case 'host':
        return host.node()
      case 'remoteRepository':
        return host.describeRepository(node)
      case 'remoteTag':
        return host.describeTag(node, this.#cached.get(node.reference))
      case 'more':
        return { ...node, isBusy: this.#listOf(node.host, node.of)?.isLoading ?? false }
      case 'namespace':
      case 'failure':
      case 'line':
      case 'directory':
      case 'file':
        return node
    }
  }

  /** Somebody looks below a row. */
  open(node: RegistryNode): void {
    this.#rows.open(node.id)
    if (node.kind === 'remoteRepository') this.#hosts.get(node.host)?.repository(node.name)
    if (node.kind === 'remoteTag') this.#filesOf(node.host, node.reference)
    this.#proceed()
  }

  close({ id }: RegistryNode): void {
    this.#rows.close(id)
    this.#proceed()
  }

  /** Nobody looks at anything, until `resume`. */
  pause(): void {
    this.#rows.pause()
    this.#proceed()
  }

  resume(): void {
    this.#rows.resume()
    this.#proceed()
  }

  /** Ends when what is being read for a row is there, or was stopped. */
  async settled(id: string): Promise<void> {
    await this.#reader.settled(id)
  }

  /** Shows what stands behind a "Load more" row: from memory, else from the registry. */
  more({ host, of, what }: MoreNode): void {
    const browsed = this.#hosts.get(host)
    const list = this.#listOf(host, of)
    if (browsed === undefined || list === undefined) return
    const isInMemory = browsed.showMore(of, what)
    if (!isInMemory) list.wantMore()
    this.#proceed()
    this.#options.onChange([isInMemory ? of : `more ${of}`])
  }

  /** Asks again for what did not come. @param id of the row above it */
  async retry(host: string, id: string): Promise<void> {
    const list = this.#listOf(host, id)
    list?.wantAgain()
    this.#files.get(id)?.expire()
    await this.#readNow(id)
  }

  /** Reads anew what is known about a registry. What nobody looks at is read when somebody does. */
  async refreshHost(name: string): Promise<void> {
    const host = this.#hosts.get(name)
    if (host === undefined) return
    host.expire()
    for (const files of this.#files.values()) if (files.host === name) files.expire()
    this.#proceed()
    this.#options.onChange([host.id])
    await this.settled(host.id)
  }

  /**
   * Reads anew the tags of a repository. A first push may just have made it, so that the catalogue that was read does not
   * have it: it gets a row all the same.
   * @param name with its host
   */
  async refreshRepository(host: string, name: string): Promise<void> {
    const browsed = this.#hosts.get(host)
    if (browsed === undefined) return
    browsed.visit(name.slice(host.length + 1))
    browsed.expireRepository(browsed.repository(name))
    this.#options.onChange([browsed.id])
    this.#proceed()
    await this.settled(repositoryId(name))
  }

  /**
   * The rows from a registry down to a chart, or as far as they exist. What is missing above the chart is read.
   * @param reference with or without a tag
   */
  async pathTo(reference: string): Promise<RegistryNode[]> {
    const { host: name, tag, ...rest } = parseReference(reference)
    const host = this.#hosts.get(name.toLowerCase())
    if (host === undefined) return []
    const repository = repositoryName({ host: name.toLowerCase(), ...rest })
    await this.#readNow(host.id)
    host.visit(rest.repository)
    this.#options.onChange([host.id])
    const path: RegistryNode[] = [host.node()]
    for (const id of [...host.above(repository).slice(1), repositoryId(repository)]) {
      const [last] = path.slice(-1)
      const next = last === undefined ? undefined : this.children(last).find((child) => child.id === id)
      if (next !== undefined) path.push(next)
    }
    if (tag === undefined) return path
    const list = host.repository(repository).list
    if (!list.names.includes(tag)) {
      list.expire()
      await this.#readNow(repositoryId(repository))
    }
    const row = host.showTag(repository, tag)
    this.#options.onChange([repositoryId(repository)])
    return row === undefined ? path : [...path, row]
  }

  dispose(): void {
    for (const host of this.#hosts.values()) host.dispose()
    for (const files of this.#files.values()) files.stop()
  }

  /** Reads what is due below a row, whether it is open or not. */
  async #readNow(id: string): Promise<void> {
    await this.#rows.whileAsked(id, async () => {
      this.#proceed()
      this.#options.onChange([id])
      await this.settled(id)
    })
  }

  /** Starts what is due and open, and stops what is not. */
  #proceed(): void {
    for (const host of this.#hosts.values()) {
      this.#reader.drive(host.id, host.isThere && this.#rows.isOpen([host.id]), host.list)
      const wanted: string[] = []
      for (const repository of host.repositories) {
        const id = repositoryId(repository.name)
        const isOpen = host.isThere && this.#rows.isOpen([...host.above(repository.name), id])
        this.#reader.drive(id, isOpen, repository.list)
        if (isOpen) wanted.push(...host.shownTags(repository))
      }
      host.details.want(wanted)
    }
    for (const files of this.#files.values()) {
      const host = this.#hosts.get(files.host)
      const repository = files.reference.slice(0, files.reference.lastIndexOf(':'))
      const above = host === undefined ? [] : [...host.above(repository), repositoryId(repository)]
      this.#reader.drive(files.id, host !== undefined && this.#rows.isOpen([...above, files.id]), files)
    }
  }

  #newHost(entry: HostEntry): BrowsedHost {
    const onDetails = (id: string): void => {
      this.#options.onChange([id])
    }
    return new BrowsedHost({ entry, browsing: this.#options, onDetails })
  }

  #filesOf(host: string, reference: string): OpenedFiles {
    const id = tagId(reference)
    const files = this.#files.get(id) ?? new OpenedFiles(host, reference, this.#options.files)
    this.#files.set(id, files)
    return files
  }

  #listOf(host: string, id: string): BrowsedHost['list'] | undefined {
    const browsed = this.#hosts.get(host)
    if (browsed === undefined || id === hostId(host)) return browsed?.list
    return [...browsed.repositories].find(({ name }) => repositoryId(name) === id)?.list
  }

  #tellHosts(before: readonly HostNode[]): void {
    const after = this.hosts
    if (before.length !== after.length || before.some(({ id }, at) => id !== after[at]?.id)) {
      this.#options.onChange('everything')
      return
    }
    const changed = after.filter((node, at) => JSON.stringify(node) !== JSON.stringify(before[at]))
    if (changed.length > 0) this.#options.onChange(changed.map(({ id }) => id))
  }
}
