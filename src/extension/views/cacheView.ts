import { setTimeout as delay } from 'node:timers/promises'
import {
  EventEmitter,
  window,
  workspace,
  type Disposable,
  type Memento,
  type TreeDataProvider,
  type TreeItem,
  type TreeView,
  type Uri,
} from 'vscode'
import { listCharts, listReferences, messageOf, type ChartCache, type Logger } from '../../core/index.ts'
import type { CurrentCache } from '../adapters/currentCache.ts'
import { grouping } from '../adapters/settings.ts'
import type { OpenCharts } from '../documents/openCharts.ts'
import { logLines } from '../messages.ts'
import { cacheHeader, setContextKeys, type CacheListing } from './cacheHeader.ts'
import {
  cacheNodes,
  changedNodes,
  childrenOf,
  keepUnchanged,
  type CacheNode,
  type TagNode,
  type TopNode,
} from './cacheNodes.ts'
import { matchingCharts } from './chartFilter.ts'
import { fileNodes } from './fileNodes.ts'
import { tooltipFor, treeItem } from './treeItems.ts'

interface CacheViewParts {
  readonly current: CurrentCache
  readonly charts: OpenCharts
  readonly log: Logger
  /** Keeps the filter of this workspace. */
  readonly state: Memento
  /** The folder of the icons. */
  readonly media: Uri
}

const filterKey = 'cacheFilter'

/** More charts than these are shown by name before they are read; fewer are read in the time of a blink. */
const many = 100

/** Milliseconds that the rows of a large cache have to be painted in, before reading all of it keeps the host busy. */
const breather = 300

/** Milliseconds after which ages are told anew while somebody may be looking. */
const ageing = 60_000

/**
 * The view "Cached Charts". It reads the cache when it is first shown and again whenever the cache changes; at most one
 * read is under way, so what is painted is never older than what it replaces.
 */
export class CacheView implements TreeDataProvider<CacheNode>, Disposable {
  readonly #current: CurrentCache
  readonly #charts: OpenCharts
  readonly #log: Logger
  readonly #state: Memento
  readonly #media: Uri
  readonly #tree: TreeView<CacheNode>
  readonly #changed = new EventEmitter<CacheNode[] | undefined>()
  readonly onDidChangeTreeData = this.#changed.event
  readonly #disposables: { dispose(): unknown }[]
  /** The rows as the editor holds them, by id: only these can be painted again one by one. */
  readonly #handedOut = new Map<string, CacheNode>()
  #filter: string
  #nodes: readonly TopNode[] = []
  #top: ReadonlySet<CacheNode> = new Set()
  #known: KnownNodes | undefined
  #listing: CacheListing | undefined
  /** What the listing is about. */
  #listed: ChartCache | undefined
  /** Settles with the first listing. */
  readonly #first: Promise<void>
  #tellFirst: () => void = () => undefined
  /** Whether the editor has been given any rows, or that there are none. */
  #isShown = false
  /** The watch on the cache, taken once, when the view is first shown. */
  #using: Disposable | undefined
  #wanted = 0
  #reading: Promise<void> | undefined

  constructor({ current, charts, log, state, media }: CacheViewParts) {
    this.#current = current
    this.#charts = charts
    this.#log = log
    this.#state = state
    this.#filter = state.get(filterKey, '')
    this.#media = media
    this.#first = new Promise((resolve) => {
      this.#tellFirst = resolve
    })
    this.#tree = window.createTreeView('chartroom.cache', {
      treeDataProvider: this,
      showCollapseAll: true,
      canSelectMany: true,
    })
    const clock = setInterval(() => {
      if (this.#tree.visible) this.#paint()
    }, ageing)
    this.#disposables = [
      this.#tree,
      this.#changed,
      current.onDidChange(() => {
        if (this.#using !== undefined) void this.refresh()
      }),
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('chartroom.cache.groupBy')) this.#paint()
      }),
      {
        dispose: () => {
          clearInterval(clock)
        },
      },
    ]
  }

  dispose(): void {
    this.#using?.dispose()
    for (const disposable of this.#disposables) disposable.dispose()
  }

  get selection(): readonly CacheNode[] {
    return this.#tree.selection
  }

  /** What narrows the tree down; empty where nothing does. */
  get filter(): string {
    return this.#filter
  }

  /** Shows only the charts that match, or all where the text is empty, for as long as the window is open. */
  previewFilter(text: string): void {
    this.#filter = text
    this.#paint()
  }

  /** The same, and remembers it for this workspace. */
  async setFilter(text: string): Promise<void> {
    this.previewFilter(text)
    await this.#state.update(filterKey, text === '' ? undefined : text)
  }

  /**
   * Selects the row of a chart and scrolls to it, without the filter where that hides it.
   * @returns whether there is such a row
   */
  async reveal(reference: string): Promise<boolean> {
    await this.#firstLevel()
    if (this.#rowOf(reference) === undefined && this.filter !== '') await this.setFilter('')
    const row = this.#rowOf(reference)
    if (row === undefined) return false
    await this.#tree.reveal(row, { select: true, focus: true })
    return true
  }

  /** Reads the cache and paints what changed. Never rejects: what cannot be read is shown. */
  async refresh(): Promise<void> {
    this.#wanted += 1
    this.#reading ??= this.#readUntilDone().finally(() => {
      this.#reading = undefined
    })
    await this.#reading
  }

  async getChildren(element?: CacheNode): Promise<CacheNode[]> {
    const children =
      element === undefined ? await this.#firstLevel() : await this.#below(this.#latest(element))
    for (const child of children) this.#handedOut.set(child.id, child)
    return children
  }

  getTreeItem(element: CacheNode): TreeItem {
    return treeItem(this.#latest(element), this.#media)
  }

  getParent(element: CacheNode): CacheNode | undefined {
    return this.#all.parents.get(element.id)
  }

  resolveTreeItem(item: TreeItem, element: CacheNode): TreeItem {
    const node = this.#latest(element)
    if (node.kind === 'tag' && node.read !== undefined) item.tooltip = tooltipFor(node.read)
    return item
  }

  async #firstLevel(): Promise<CacheNode[]> {
    if (this.#using === undefined) {
      // What was read before nobody watched may be old by now.
      this.#using = this.#current.use()
      void this.refresh()
    }
    await this.#first
    this.#isShown = true
    return [...this.#nodes]
  }

  async #below(node: CacheNode): Promise<CacheNode[]> {
    return node.kind === 'tag' ? await this.#files(node) : [...childrenOf(node)]
  }

  async #files({ id, reference }: TagNode): Promise<CacheNode[]> {
    try {
      const location = { place: 'cache', reference } as const
      const { files } = await this.#charts.open(location)
      return fileNodes(location, files)
    } catch (error) {
      for (const line of logLines(error)) this.#log.warn(line)
      return [{ kind: 'line', id: `${id}#line`, text: messageOf(error) }]
    }
  }

  /** What the cache says now about a row that the editor got earlier. */
  #latest(element: CacheNode): CacheNode {
    return this.#top.has(element) ? element : (this.#all.byId.get(element.id) ?? element)
  }

  /** Found out when it is needed: the first rows of a large tree come sooner without. */
  get #all(): KnownNodes {
    return (this.#known ??= knownNodes(this.#nodes))
  }

  async #readUntilDone(): Promise<void> {
    let seen: number
    let cache: ChartCache
    do {
      seen = this.#wanted
      cache = this.#current.cache
      const isPartial = cache !== this.#listed && (await this.#showNames(cache))
      if (isPartial) await delay(breather)
      const reading = this.#read(cache)
      if (isPartial) void window.withProgress({ location: { viewId: 'chartroom.cache' } }, () => reading)
      this.#show(cache, await reading)
    } while (seen !== this.#wanted || cache !== this.#current.cache)
  }

  /** Shows what a cache with many charts has by name, long before all of them are read. */
  async #showNames(cache: ChartCache): Promise<boolean> {
    try {
      const references = await listReferences(cache, { log: this.#log })
      if (references.length <= many) return false
      this.#show(cache, { charts: references.map((reference) => ({ reference, isUnread: true })) })
      return true
    } catch {
      // Reading it all comes to the same error, and tells it.
      return false
    }
  }

  async #read(cache: ChartCache): Promise<CacheListing> {
    const log = this.#log
    try {
      const charts = await listCharts(cache, { log })
      return { charts, size: await cache.size({ log }) }
    } catch (error) {
      for (const line of logLines(error)) log.warn(line)
      return { failure: messageOf(error) }
    }
  }

  #show(cache: ChartCache, listing: CacheListing): void {
    // Another cache was chosen meanwhile: this answer is nobody's any more.
    if (cache !== this.#current.cache) return
    this.#listing = listing
    this.#listed = cache
    this.#paint()
    this.#tellFirst()
  }

  #paint(): void {
    const listing = this.#listing
    if (listing === undefined) return
    const { filter } = this
    const charts = 'failure' in listing ? [] : matchingCharts(listing.charts, filter)
    const before = this.#nodes
    this.#nodes = keepUnchanged(before, cacheNodes(charts, Date.now(), grouping()))
    this.#top = new Set(this.#nodes)
    this.#known = undefined
    const header = cacheHeader(listing, filter, charts.length)
    this.#tree.description = header.description
    this.#tree.message = header.message
    setContextKeys(header.state, filter)
    // Its first question is still open: painting over the answer would undo what a person expands meanwhile.
    if (!this.#isShown) return
    const changed = changedNodes(before, this.#nodes)
    if (changed === 'everything') {
      this.#handedOut.clear()
      this.#changed.fire(undefined)
      return
    }
    const shown = changed.flatMap((id) => this.#handedOut.get(id) ?? [])
    if (shown.length > 0) this.#changed.fire(shown)
  }

  #rowOf(reference: string): CacheNode | undefined {
    const rows = [...this.#all.byId.values()]
    return rows.find(
      (node) => (node.kind === 'tag' || node.kind === 'problem') && node.reference === reference,
    )
  }
}

interface KnownNodes {
  readonly byId: ReadonlyMap<string, CacheNode>
  readonly parents: ReadonlyMap<string, CacheNode>
}

function knownNodes(nodes: readonly TopNode[]): KnownNodes {
  const byId = new Map<string, CacheNode>()
  const parents = new Map<string, CacheNode>()
  const visit = (node: CacheNode, parent?: CacheNode): void => {
    byId.set(node.id, node)
    if (parent !== undefined) parents.set(node.id, parent)
    for (const child of childrenOf(node)) visit(child, node)
  }
  for (const node of nodes) visit(node)
  return { byId, parents }
}
