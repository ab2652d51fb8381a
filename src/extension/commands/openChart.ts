import { commands, l10n } from 'vscode'
import type { App } from '../app.ts'
import { chartUri } from '../documents/chartFileSystem.ts'
import { isCacheNode } from '../views/cacheNodes.ts'
import { pickChart, referenceOf } from './prompts.ts'

/** Opens a file of a cached chart, or the chart's Chart.yaml. */
export async function openChart(app: App, argument?: unknown): Promise<void> {
  const reference = referenceOf(argument) ?? (await pickChart(app, l10n.t('Open a chart'))).reference
  const path = isCacheNode(argument) && argument.kind === 'file' ? argument.path : 'Chart.yaml'
  await commands.executeCommand('vscode.open', chartUri({ reference, path }))
}
