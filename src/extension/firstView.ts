import { Uri, type Disposable, type ExtensionContext, type IconPath, type TreeView } from 'vscode'
import type { Logger } from '../core/index.ts'
import { Checks } from './adapters/checks.ts'
import { CurrentCache } from './adapters/currentCache.ts'
import type { OpenCharts } from './documents/openCharts.ts'
import type { CacheNode } from './views/cacheNodes.ts'
import { CacheView } from './views/cacheView.ts'

interface FirstViewParts {
  readonly log: Logger
  readonly cacheTree: TreeView<CacheNode>
  readonly charts: () => Promise<OpenCharts>
}

/** The view "Cached Charts" with what it needs, which is there before the rest is; `esbuild.mjs` makes a file of its own of it. */
export class FirstView implements Disposable {
  readonly current = new CurrentCache()
  readonly checks = new Checks()
  /** One for all rows: of a thousand, each would spend time on its own. */
  readonly chartIcon: IconPath
  readonly cacheView: CacheView

  constructor(
    { extensionUri, workspaceState }: ExtensionContext,
    { log, cacheTree, charts }: FirstViewParts,
  ) {
    const media = Uri.joinPath(extensionUri, 'media')
    this.chartIcon = {
      light: Uri.joinPath(media, 'light', 'chart.svg'),
      dark: Uri.joinPath(media, 'dark', 'chart.svg'),
    }
    const { current, checks, chartIcon } = this
    this.cacheView = new CacheView({
      tree: cacheTree,
      current,
      charts,
      checks,
      log,
      state: workspaceState,
      chartIcon,
    })
  }

  dispose(): void {
    for (const part of [this.cacheView, this.current, this.checks]) part.dispose()
  }
}
