import {
  commands,
  EventEmitter,
  l10n,
  window,
  type Disposable,
  type IconPath,
  type TreeDataProvider,
  type TreeItem,
  type TreeView,
} from 'vscode'
import { parseReference, repositoryName } from '../../core/index.ts'
import { watchCachedManifests } from '../adapters/cachedManifests.ts'
import type { CurrentCache } from '../adapters/currentCache.ts'
import type { RegistryHosts } from '../adapters/registryHosts.ts'
import { countText } from '../counts.ts'
import { endsWithin } from '../endsWithin.ts'
import type { LocalRegistry } from '../localRegistry/localRegistry.ts'
import { logLines } from '../messages.ts'
import { askRegistries, type AskRegistriesParts } from './askRegistries.ts'
import { GivenRows } from './givenRows.ts'
import { PaintQueue, type Painted } from './paintQueue.ts'
import { RegistryBrowser } from './registryBrowser.ts'
import { greyWhatIsNoChart, registryItem, registryTooltip } from './registryItems.ts'
import { hostId, type LocalFacts, type MoreNode, type RegistryNode } from './registryNodes.ts'
import { isWithoutList } from './registryProblem.ts'

export interface RegistriesViewParts extends AskRegistriesParts {
  readonly tree: TreeView<RegistryNode>
  readonly hosts: RegistryHosts
  readonly localRegistry: LocalRegistry
  readonly current: CurrentCache
  readonly chartIcon: IconPath
  /** Told that registries are read anew. */
  readonly onRefresh: () => void
}

/** Milliseconds that an answer is waited for before "Loading…" stands in its place. */
const grace = 200

/**
 * The view "Registries". It asks the browser of registries and paints what it says; the editor is always answered at
 * once, because it lets a slow row keep all others from being painted.
 */
export class RegistriesView implements TreeDataProvider<RegistryNode>, Disposable {
  readonly #parts: RegistriesViewParts
  readonly #browser: RegistryBrowser
  readonly #tree: TreeView<RegistryNode>
  readonly #changed = new EventEmitter<RegistryNode[] | undefined>()
  readonly onDidChangeTreeData = this.#changed.event
  readonly #disposables: readonly { dispose(): unknown }[]
  readonly #given = new GivenRows()
  readonly #queue: PaintQueue
  #cached: Disposable | undefined
  /** Ends when the logins of this machine are known. */
  #ready: Promise<void> | undefined
  #isComplete = false

  constructor(parts: RegistriesViewParts) {
    this.#parts = parts
    this.#queue = new PaintQueue((rows) => {
      this.#paint(rows)
    })
    this.#browser = this.#newBrowser()
    this.#tree = parts.tree
    this.#disposables = [
      this.#changed,
      this.#tree.onDidExpandElement(({ element }) => {
        this.#browser.open(element)
      }),
      this.#tree.onDidCollapseElement(({ element }) => {
        this.#browser.close(element)
      }),
      this.#tree.onDidChangeVisibility(({ visible }) => {
        if (visible) this.#browser.resume()
        else this.#browser.pause()
      }),
      parts.hosts.onDidChange((host) => {
        this.#hostsChanged(host)
      }),
      window.registerFileDecorationProvider({ provideFileDecoration: greyWhatIsNoChart }),
    ]
  }

  dispose(): void {
    this.#cached?.dispose()
    this.#browser.dispose()
    this.#queue.dispose()
    for (const disposable of this.#disposables) disposable.dispose()
  }

  get selection(): readonly RegistryNode[] {
    return this.#tree.selection
  }

  /** The references of all tags that have been listed so far. */
  get references(): readonly string[] {
    return this.#browser.references
  }

  /** A row that the editor got earlier as it is now. */
  latest(node: RegistryNode): RegistryNode {
    return this.#browser.latest(this.#given.latest(node))
  }

  async getChildren(element?: RegistryNode): Promise<RegistryNode[]> {
    return await this.#queue.whileAnswering(element?.id, async () => {
      if (element === undefined) await this.#start()
      else await this.#openFor(element)
      const children = element === undefined ? this.#browser.hosts : this.#browser.children(element)
      return children.map((child) => this.#given.give(child, element))
    })
  }

  getTreeItem(element: RegistryNode): TreeItem {
    return registryItem(this.latest(element), this.#parts.chartIcon)
  }

  resolveTreeItem(item: TreeItem, element: RegistryNode): TreeItem {
    const tooltip = registryTooltip(this.latest(element))
    if (tooltip !== undefined) item.tooltip = tooltip
    return item
  }

  getParent(element: RegistryNode): RegistryNode | undefined {
    return this.#given.parentOf(element)
  }

  /** Reads anew one row, or everything that is known. Never rejects: what does not come is shown. */
  async refresh(row?: RegistryNode): Promise<void> {
    this.#parts.onRefresh()
    if (row?.kind === 'remoteRepository') {
      await this.#browser.refreshRepository(row.host, row.name)
      return
    }
    if (row !== undefined && 'host' in row) {
      await this.#browser.refreshHost(row.host)
      return
    }
    if (this.#ready === undefined) return
    await Promise.all([this.#parts.hosts.load(), this.#findLocal()])
    await Promise.all(
      this.#browser.hosts.map(async ({ host }) => {
        await this.#browser.refreshHost(host)
      }),
    )
  }

  /** Reads anew the tags of a repository, if the tree has it. @param reference of a chart in it */
  async refreshRepository(reference: string): Promise<void> {
    this.#parts.onRefresh()
    if (this.#ready === undefined) return
    const { repository, ...parsed } = parseReference(reference)
    const host = parsed.host.toLowerCase()
    await this.#browser.refreshRepository(host, repositoryName({ host, repository }))
  }

  more(node: MoreNode): void {
    this.#browser.more(node)
  }

  async retry(row: RegistryNode): Promise<void> {
    if (row.kind === 'failure') await this.#browser.retry(row.host, row.of)
    else if (row.kind === 'host') await this.#browser.retry(row.host, row.id)
  }

  /** Shows the row of a host, and what is in it. */
  async revealHost(host: string): Promise<void> {
    await this.#start()
    const node = this.#browser.hosts.find(({ id }) => id === hostId(host.toLowerCase()))
    if (node === undefined) return
    await this.#queue.settled()
    await this.#tree.reveal(this.#given.give(node, undefined), { select: true, focus: true, expand: true })
  }

  /** Shows the row of a chart, or of a repository. Its registry is added to the list where it is missing. */
  async reveal(reference: string): Promise<void> {
    await this.#start()
    const { host } = parseReference(reference)
    if (this.#parts.hosts.entry(host) === undefined) await this.#parts.hosts.add(host)
    const path = await this.#browser.pathTo(reference)
    const rows = path.map((node, position) => this.#given.give(node, path[position - 1]))
    const [last] = rows.slice(-1)
    await this.#queue.settled()
    if (last !== undefined) await this.#tree.reveal(last, { select: true, focus: true })
  }

  /** What is known without asking anybody; the logins of this machine come when they have been looked for. */
  async #start(): Promise<void> {
    this.#ready ??= this.#lookAround()
    await endsWithin(grace, this.#ready)
    this.#update()
  }

  async #lookAround(): Promise<void> {
    await Promise.all([this.#parts.hosts.load(), this.#findLocal()])
    this.#isComplete = true
    this.#update()
  }

  /** Never rejects: all other registries are there without the local one. */
  async #findLocal(): Promise<void> {
    try {
      await this.#parts.localRegistry.refresh()
    } catch (error) {
      this.#tell(error)
    }
  }

  async #openFor(element: RegistryNode): Promise<void> {
    // A large cache takes seconds to read, and only the rows of tags tell what it has.
    if (element.kind === 'remoteRepository') this.#watchCache()
    this.#browser.open(element)
    await endsWithin(grace, this.#browser.settled(element.id))
  }

  #watchCache(): void {
    const { current, log } = this.#parts
    this.#cached ??= watchCachedManifests(current, log, (digests) => {
      this.#browser.setCached(digests)
    })
  }

  #hostsChanged(host: string | undefined): void {
    if (this.#ready === undefined) return
    this.#update()
    if (host !== undefined) void this.#browser.refreshHost(host)
  }

  #update(): void {
    const { hosts, localRegistry } = this.#parts
    const { state } = localRegistry
    this.#browser.setHosts(hosts.entries, (host) =>
      host === state.host?.toLowerCase() ? localFacts(state) : undefined,
    )
    this.#paintHeader()
  }

  #paint(rows: Painted): void {
    if (rows === 'everything') {
      this.#changed.fire(undefined)
      return
    }
    const given = this.#given.withIds(rows)
    if (given.length > 0) this.#changed.fire(given)
  }

  #paintHeader(): void {
    const count = this.#browser.hosts.length
    // Before all places were looked at, an empty list says nothing.
    if (count === 0 && !this.#isComplete) return
    this.#tree.description =
      count === 0 ? '' : count === 1 ? l10n.t('1 registry') : l10n.t('{0} registries', countText(count))
    const state = count === 0 ? 'empty' : 'filled'
    void commands.executeCommand('setContext', 'chartroom:registriesState', state)
  }

  #newBrowser(): RegistryBrowser {
    return new RegistryBrowser({
      ...askRegistries(this.#parts),
      onChange: (rows) => {
        this.#queue.add(rows)
      },
      onFailure: (error) => {
        this.#tell(error)
        // What has no list may have charts in the cache.
        if (isWithoutList(error)) this.#watchCache()
      },
    })
  }

  #tell(error: unknown): void {
    for (const line of logLines(error)) this.#parts.log.warn(line)
  }
}

function localFacts(state: LocalRegistry['state']): LocalFacts | undefined {
  if (state.kind === 'none') return undefined
  return state.kind === 'failed' ? { kind: 'failed', reason: state.reason } : { kind: state.kind }
}
