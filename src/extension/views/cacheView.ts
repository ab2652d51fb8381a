import {
  commands,
  EventEmitter,
  l10n,
  window,
  type Disposable,
  type TreeDataProvider,
  type TreeItem,
  type TreeView,
  type Uri,
} from 'vscode'
import {
  formatSize,
  listCharts,
  messageOf,
  type CachedChart,
  type ChartCache,
  type Logger,
} from '../../core/index.ts'
import type { CurrentCache } from '../adapters/currentCache.ts'
import type { OpenCharts } from '../documents/openCharts.ts'
import { logLines } from '../messages.ts'
import {
  cacheNodes,
  changedNodes,
  fileNodes,
  keepUnchanged,
  problemLine,
  type CacheNode,
  type TagNode,
  type TopNode,
} from './cacheNodes.ts'
import { tooltipFor, treeItem } from './treeItems.ts'

/** What was read from the cache: its charts and their bytes, or why it cannot be read. */
type Listing =
  { readonly charts: readonly CachedChart[]; readonly size: number } | { readonly failure: string }

interface CacheViewParts {
  readonly current: CurrentCache
  readonly charts: OpenCharts
  readonly log: Logger
  /** The folder of the icons. */
  readonly media: Uri
}

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
  readonly #media: Uri
  readonly #tree: TreeView<CacheNode>
  readonly #changed = new EventEmitter<CacheNode[] | undefined>()
  readonly onDidChangeTreeData = this.#changed.event
  readonly #disposables: { dispose(): unknown }[]
  /** The rows as the editor holds them, by id: only these can be painted again one by one. */
  readonly #handedOut = new Map<string, CacheNode>()
  #nodes: readonly TopNode[] = []
  #byId: ReadonlyMap<string, CacheNode> = new Map()
  #listing: Listing | undefined
  /** Whether the editor has been given any rows, or that there are none. */
  #isShown = false
  /** The watch on the cache, taken once, when the view is first shown. */
  #using: Disposable | undefined
  #wanted = 0
  #reading: Promise<void> | undefined

  constructor({ current, charts, log, media }: CacheViewParts) {
    this.#current = current
    this.#charts = charts
    this.#log = log
    this.#media = media
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

  /** Reads the cache and paints what changed. Never rejects: what cannot be read is shown. */
  async refresh(): Promise<void> {
    this.#wanted += 1
    this.#reading ??= this.#readUntilDone().finally(() => {
      this.#reading = undefined
    })
    await this.#reading
  }

  async getChildren(element?: CacheNode): Promise<CacheNode[]> {
    const children = element === undefined ? await this.#top() : await this.#below(this.#latest(element))
    for (const child of children) this.#handedOut.set(child.id, child)
    return children
  }

  getTreeItem(element: CacheNode): TreeItem {
    return treeItem(this.#latest(element), this.#media)
  }

  resolveTreeItem(item: TreeItem, element: CacheNode): TreeItem {
    const node = this.#latest(element)
    if (node.kind === 'tag') item.tooltip = tooltipFor(node)
    return item
  }

  async #top(): Promise<CacheNode[]> {
    if (this.#using === undefined) {
      // What was read before nobody watched may be old by now.
      this.#using = this.#current.use()
      await this.refresh()
    } else if (this.#listing === undefined) {
      await (this.#reading ?? this.refresh())
    }
    this.#isShown = true
    return [...this.#nodes]
  }

  async #below(node: CacheNode): Promise<CacheNode[]> {
    switch (node.kind) {
      case 'repository':
        return [...node.tags]
      case 'tag':
        return await this.#files(node)
      case 'problem':
        return [problemLine(node)]
      case 'directory':
        return [...node.children]
      case 'line':
      case 'file':
        return []
    }
  }

  async #files({ id, reference }: TagNode): Promise<CacheNode[]> {
    try {
      const { files } = await this.#charts.open(reference)
      return fileNodes(reference, files)
    } catch (error) {
      for (const line of logLines(error)) this.#log.warn(line)
      return [{ kind: 'line', id: `${id}#line`, text: messageOf(error) }]
    }
  }

  /** What the cache says now about a row that the editor got earlier. */
  #latest(element: CacheNode): CacheNode {
    return this.#byId.get(element.id) ?? element
  }

  async #readUntilDone(): Promise<void> {
    let seen: number
    let cache: ChartCache
    do {
      seen = this.#wanted
      cache = this.#current.cache
      const listing = await this.#read()
      // Another cache was chosen meanwhile: this answer is nobody's any more.
      if (cache !== this.#current.cache) continue
      this.#listing = listing
      this.#paint()
    } while (seen !== this.#wanted || cache !== this.#current.cache)
  }

  async #read(): Promise<Listing> {
    const { cache } = this.#current
    const log = this.#log
    try {
      const charts = await listCharts(cache, { log })
      return { charts, size: await cache.size({ log }) }
    } catch (error) {
      for (const line of logLines(error)) log.warn(line)
      return { failure: messageOf(error) }
    }
  }

  #paint(): void {
    const listing = this.#listing
    if (listing === undefined) return
    const charts = 'failure' in listing ? [] : listing.charts
    const before = this.#nodes
    this.#nodes = keepUnchanged(before, cacheNodes(charts, Date.now()))
    this.#byId = nodesById(this.#nodes)
    this.#paintHeader(listing)
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

  #paintHeader(listing: Listing): void {
    if ('failure' in listing) {
      this.#tree.description = ''
      this.#tree.message = listing.failure
      setState('unreadable')
      return
    }
    const { charts, size } = listing
    const count = charts.length === 1 ? l10n.t('1 chart') : l10n.t('{0} charts', charts.length)
    this.#tree.description = charts.length === 0 ? '' : `${count} · ${formatSize(size)}`
    this.#tree.message = ''
    setState(charts.length === 0 ? 'empty' : 'filled')
  }
}

function nodesById(nodes: readonly TopNode[]): Map<string, CacheNode> {
  const all = nodes.flatMap((node): CacheNode[] =>
    node.kind === 'repository' ? [node, ...node.tags] : [node],
  )
  return new Map(all.map((node) => [node.id, node]))
}

/** Decides which welcome text stands in an empty view. */
function setState(state: 'empty' | 'filled' | 'unreadable'): void {
  void commands.executeCommand('setContext', 'chartroom:cacheState', state)
}
