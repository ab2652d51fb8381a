import type { ExtensionContext } from 'vscode'
import { offerCommandLine } from './adapters/commandLinePath.ts'
import { App } from './app.ts'
import { registerCommands } from './commands/commands.ts'
import { registerChartFileSystem } from './documents/chartFileSystem.ts'
import { registerChartDetails } from './documents/detailsDocuments.ts'

/** Introduces the parts to each other. Only registrations: soon afterwards the workspace is searched for charts, and the cache is read when it is first shown. */
export function activate(context: ExtensionContext): void {
  const app = new App(context)
  offerCommandLine(context.environmentVariableCollection, context.extensionUri)
  context.subscriptions.push(
    app,
    registerCommands(app),
    registerChartFileSystem(app),
    registerChartDetails(app),
  )
}
