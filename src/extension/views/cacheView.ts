import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises'
import {
  EventEmitter,
  window,
  workspace,
  type Disposable,
  type IconPath,
  type Memento,
  type TreeDataProvider,
  type TreeItem,
  type TreeView,
} from 'vscode'
import { messageOf, type Logger, type SoundChart } from '../../core/index.ts'
import type { Check, Checks } from '../adapters/checks.ts'
import type { CurrentCache } from '../adapters/currentCache.ts'
import { grouping } from '../adapters/settings.ts'
import type { OpenCharts } from '../documents/openCharts.ts'
import { logLines } from '../messages.ts'
import { cacheHeader, setContextKeys } from './cacheHeader.ts'
import { cacheNodes, childrenOf, type CacheNode, type TagNode, type TopNode } from './cacheNodes.ts'
import { CacheReading } from './cacheReading.ts'
import { changedNodes, keepUnchanged } from './changedNodes.ts'
import { matchingCharts } from './chartFilter.ts'
import { fileNodes } from './fileNodes.ts'
import { tooltipFor, treeItem } from './cacheItems.ts'

interface CacheViewParts {
  readonly tree: TreeView<CacheNode>
  readonly current: CurrentCache
  /** Come with the first chart that is opened. */
  readonly charts: () => Promise<OpenCharts>
  readonly checks: Checks
  readonly log: Logger
  /** Keeps the filter of this workspace. */
  readonly state: Memento
  readonly chartIcon: IconPath
}

const filterKey = 'cacheFilter'

/** Milliseconds in which the window paints its first rows: it would paint all its menus before for a context key. */
const painting = 250

/** Milliseconds after which ages are told anew while somebody may be looking. */
const ageing = 60_000

/**
 * The view "Cached Charts". It reads the cache when it is first shown and again whenever the cache changes.
 */
export class CacheView implements TreeDataProvider<CacheNode>, Disposable {
  readonly #charts: () => Promise<OpenCharts>
  readonly #checks: Checks
  readonly #log: Logger
  readonly #state: Memento
  readonly #chartIcon: IconPath
  readonly #tree: TreeView<CacheNode>
  readonly #changed = new EventEmitter<CacheNode[] | undefined>()
  readonly onDidChangeTreeData = this.#changed.event
  readonly #disposables: { dispose(): unknown }[]
  /** The rows as the editor holds them, by id: only these can be painted again one by one. */
  readonly #handedOut = new Map<string, CacheNode>()
  /** When ages were told last, in milliseconds since 1970: a change of one chart must not paint all others older. */
  #asOf = Date.now()
  #filter: string
  #nodes: readonly TopNode[] = []
  #top: ReadonlySet<CacheNode> = new Set()
  #known: KnownNodes | undefined
  /** Whether the editor has been given any rows, or that there are none. */
  #isShown = false
  #isAsked = false
  /** The watch on the cache, taken once, before its charts are first read. */
  #using: Disposable | undefined
  readonly #reading: CacheReading
  #headerSoon: NodeJS.Timeout | undefined

  constructor({ tree, current, charts, checks, log, state, chartIcon }: CacheViewParts) {
    this.#charts = charts
    this.#checks = checks
    this.#log = log
    this.#state = state
    this.#filter = state.get(filterKey, '')
    this.#chartIcon = chartIcon
    this.#reading = new CacheReading({
      root: () => current.root,
      cache: () => {
        this.#using ??= current.use()
        return current.cache
      },
      log,
      onListing: () => {
        this.#paint()
      },
      onLong: (reading) => {
        void window.withProgress({ location: { viewId: 'chartroom.cache' } }, async () => await reading)
      },
    })
    this.#tree = tree
    const tellAges = (): void => {
      if (!this.#tree.visible) return
      this.#asOf = Date.now()
      this.#paint()
    }
    const clock = setInterval(tellAges, ageing)
    this.#disposables = [
      this.#tree.onDidChangeVisibility(tellAges),
      this.#changed,
      current.onDidChange(() => {
        if (this.#isAsked) void this.#reading.refresh(true)
      }),
      checks.onDidChange(() => {
        this.#paint()
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
    clearTimeout(this.#headerSoon)
    for (const disposable of this.#disposables) disposable.dispose()
  }

  get selection(): readonly CacheNode[] {
    return this.#tree.selection
  }

  /** Ends when the window has had time to paint the first rows, at once where there are none or it has not asked for any. */
  async painted(): Promise<void> {
    // Both views are asked at once, and what is under way has come this far then.
    await turn()
    if (!this.#isAsked) return
    await this.#reading.first
    if (this.#nodes.length > 0) await delay(painting)
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
    await this.#reading.refresh()
  }

  async getChildren(element?: CacheNode): Promise<CacheNode[]> {
    const children =
      element === undefined ? await this.#firstLevel() : await this.#below(this.#latest(element))
    for (const child of children) this.#handedOut.set(child.id, child)
    return children
  }

  getTreeItem(element: CacheNode): TreeItem {
    return treeItem(this.#latest(element), this.#chartIcon)
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
    if (!this.#isAsked) {
      this.#isAsked = true
      void this.refresh()
    }
    await this.#reading.first
    this.#isShown = true
    return [...this.#nodes]
  }

  async #below(node: CacheNode): Promise<CacheNode[]> {
    if (node.kind === 'tag') return await this.#files(node)
    const children = [...childrenOf(node)]
    const unread = children.flatMap((row) =>
      row.kind === 'tag' && row.read === undefined ? [row.reference] : [],
    )
    if (unread.length > 0) void this.#reading.readNow(unread)
    return children
  }

  async #files({ id, reference }: TagNode): Promise<CacheNode[]> {
    try {
      const location = { place: 'cache', reference } as const
      const { files } = await (await this.#charts()).open(location)
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

  #paint(): void {
    const { listing } = this.#reading
    if (listing === undefined) return
    const { filter } = this
    const charts = 'failure' in listing ? [] : matchingCharts(listing.charts, filter)
    const before = this.#nodes
    // A filter is about what is in the cache.
    const offers = 'failure' in listing || filter !== '' ? [] : listing.offers
    const checkOf = (chart: SoundChart): Check | undefined => this.#checks.of(chart)
    this.#nodes = keepUnchanged(before, cacheNodes(charts, this.#asOf, grouping(), { offers, checkOf }))
    this.#top = new Set(this.#nodes)
    this.#known = undefined
    clearTimeout(this.#headerSoon)
    this.#headerSoon = setTimeout(
      () => {
        const header = cacheHeader(listing, filter, charts.length)
        this.#tree.description = header.description
        setContextKeys(header.state, filter)
      },
      this.#isShown || this.#nodes.length === 0 ? 0 : painting,
    )
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
