import { window, type ExtensionContext, type TreeView } from 'vscode'
import { chartroomExports } from './api/chartroomExports.ts'
import type { ChartroomExports } from './api/contract.ts'
import { ChartFolders } from './adapters/chartFolders.ts'
import { offerCommandLine } from './adapters/commandLinePath.ts'
import { chartScheme, detailsScheme, reportScheme } from './documents/schemes.ts'
import { lazily } from './lazily.ts'
import { once, registerCommands, registerFileSystem, registerPages, registerTree } from './standIns.ts'
import type { CacheNode } from './views/cacheNodes.ts'
import type { RegistryNode } from './views/registryNodes.ts'

/**
 * Registers what the editor may ask for. What answers is loaded when it first asks; only the workspace is searched for
 * charts without that, a moment later.
 *
 * @returns what other extensions may use
 */
export function activate(context: ExtensionContext): ChartroomExports {
  const log = lazily(() => window.createOutputChannel('Chartroom', { log: true }))
  const folders = new ChartFolders(log)
  const use = once(async () => {
    const { App, runById } = await import('./firstUse.ts')
    const app = new App(context, { log, folders, cacheTree, registriesTree })
    context.subscriptions.push(app)
    // Before the first request: what the file says of a host must not be missed.
    await app.sharedHosts.read()
    return { app, runById }
  })
  const cacheTree: TreeView<CacheNode> = registerTree(
    'chartroom.cache',
    async () => (await use()).app.cacheView,
    // The number and the size of the charts stand there.
    { showCollapseAll: false },
  )
  const registriesTree: TreeView<RegistryNode> = registerTree(
    'chartroom.registries',
    async () => (await use()).app.registriesView,
    { showCollapseAll: true },
  )
  offerCommandLine(context.environmentVariableCollection, context.extensionUri)
  context.subscriptions.push(
    folders,
    cacheTree,
    registriesTree,
    registerCommands(commandsOf(context), async (id, argument, selected) => {
      const { app, runById } = await use()
      await runById(app, id, argument, selected)
    }),
    registerFileSystem(chartScheme, async () => (await use()).app.files),
    registerPages(detailsScheme, async () => (await use()).app.details),
    registerPages(reportScheme, async () => (await use()).app.reports),
  )
  loadAhead()
  return chartroomExports(async () => (await use()).app.answers, log)
}

/**
 * Loads what answers the editor while the window still takes in what was registered: it asks a moment later. Nothing of it
 * runs by then.
 */
function loadAhead(): void {
  setImmediate(() => {
    void import('./firstUse.ts')
    // Whatever the editor asks meanwhile is answered in between.
    setImmediate(() => void import('../core/index.ts'))
  })
}

function commandsOf({ extension }: ExtensionContext): string[] {
  const { contributes } = extension.packageJSON as {
    readonly contributes: { readonly commands: readonly { readonly command: string }[] }
  }
  return contributes.commands.map(({ command }) => command)
}
