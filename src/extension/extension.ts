import { window, type ExtensionContext, type TreeView } from 'vscode'
import { chartroomExports } from './api/chartroomExports.ts'
import type { ChartroomExports } from './api/contract.ts'
import { ChartFolders } from './adapters/chartFolders.ts'
import { offerCommandLine } from './adapters/commandLinePath.ts'
import { chartScheme, detailsScheme, reportScheme } from './documents/schemes.ts'
import type { OpenCharts } from './documents/openCharts.ts'
import { endsWithin } from './endsWithin.ts'
import { lazily } from './lazily.ts'
import { once, registerCommands, registerFileSystem, registerPages, registerTree } from './standIns.ts'
import type { CacheNode } from './views/cacheNodes.ts'
import type { RegistryNode } from './views/registryNodes.ts'

/** Milliseconds that registries wait for the rows of a cache: its disk may be slow. */
const patience = 1000

/**
 * Registers what the editor may ask for. What answers is loaded when it first asks; only the workspace is searched for
 * charts without that, a moment later.
 *
 * @returns what other extensions may use
 */
export function activate(context: ExtensionContext): ChartroomExports {
  const log = lazily(() => window.createOutputChannel('Chartroom', { log: true }))
  const folders = new ChartFolders(log)
  const view = once(async () => {
    const { FirstView } = await import('./firstView.ts')
    const charts = async (): Promise<OpenCharts> => (await use()).app.charts
    const first = new FirstView(context, { log, cacheTree, charts })
    context.subscriptions.push(first)
    return first
  })
  const use = once(async () => {
    const [firstView, { App, runById }] = await Promise.all([view(), import('./firstUse.ts')])
    const app = new App(context, { log, folders, firstView, registriesTree })
    context.subscriptions.push(app)
    return { app, runById }
  })
  /** For whoever may send a request: what the file says of a host must not be missed. */
  const useHosts = once(async () => {
    const used = await use()
    await used.app.sharedHosts.read()
    return used
  })
  const cacheTree: TreeView<CacheNode> = registerTree(
    'chartroom.cache',
    async () => (await view()).cacheView,
    // The number and the size of the charts stand there.
    { showCollapseAll: false },
  )
  const registriesTree: TreeView<RegistryNode> = registerTree(
    'chartroom.registries',
    async () => {
      const { cacheView } = await view()
      // The host passes the rows on to the window, and all that registries take would keep it from that for as long.
      await endsWithin(patience, cacheView.painted())
      return (await useHosts()).app.registriesView
    },
    { showCollapseAll: true },
  )
  offerCommandLine(context.environmentVariableCollection, context.extensionUri)
  context.subscriptions.push(
    folders,
    cacheTree,
    registriesTree,
    registerCommands(commandsOf(context), async (id, argument, selected) => {
      const { app, runById } = await useHosts()
      await runById(app, id, argument, selected)
    }),
    registerFileSystem(chartScheme, async () => (await useHosts()).app.files),
    registerPages(detailsScheme, async () => (await useHosts()).app.details),
    registerPages(reportScheme, async () => (await useHosts()).app.reports),
  )
  loadAhead()
  return chartroomExports(async () => (await useHosts()).app.answers, log)
}

/**
 * Loads what answers the editor while the window still takes in what was registered: it asks a moment later. Nothing of it
 * runs by then.
 */
function loadAhead(): void {
  setImmediate(() => {
    void import('./firstView.ts')
  })
}

function commandsOf({ extension }: ExtensionContext): string[] {
  const { contributes } = extension.packageJSON as {
    readonly contributes: { readonly commands: readonly { readonly command: string }[] }
  }
  return contributes.commands.map(({ command }) => command)
}
