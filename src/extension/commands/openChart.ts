import { commands, l10n, Uri, window } from 'vscode'
import type { OpenedChart } from '../../core/index.ts'
import type { App } from '../app.ts'
import type { ChartAddress } from '../documents/chartAddress.ts'
import { chartUri } from '../documents/chartFileSystem.ts'
import { plainText } from '../plainText.ts'
import { sizeText } from '../sizes.ts'
import { isFileNode } from '../views/fileNodes.ts'
import { isRegistryNode, type FailureNode } from '../views/registryNodes.ts'
import { locationFor, openLocated } from './chartLocation.ts'
import { dismissed } from './questions/dismissed.ts'
import { isRow } from './subject.ts'

/**
 * Opens a file of a chart, or the chart's Chart.yaml; of an archive, a file that is asked for. Nothing is saved. A row
 * that stands for several charts is expanded or collapsed instead, and one that goes on loads more: Enter is this command.
 */
export async function openChart(app: App, argument?: unknown): Promise<void> {
  if (isFileNode(argument)) {
    await openFile(argument)
    return
  }
  if (isRow(argument) && !chartRows.has(argument.kind)) {
    await enter(app, argument)
    return
  }
  const location = await locationFor(app, argument, l10n.t('Open a chart'))
  const opened = await openLocated(app, location)
  const path = argument instanceof Uri ? await pickFile(opened) : 'Chart.yaml'
  await openFile({ ...location, path })
}

/** Rows that stand for one chart that can be opened. */
const chartRows: ReadonlySet<string> = new Set(['tag', 'remoteTag'])

async function enter(app: App, row: { readonly kind: string }): Promise<void> {
  const now = isRegistryNode(row) ? app.registriesView.latest(row) : row
  if (row.kind === 'more') await commands.executeCommand('chartroom.loadMore', row)
  else if (isRegistryNode(now) && now.kind === 'failure') await commands.executeCommand(wayOut(now), row)
  else await commands.executeCommand('list.toggleExpand')
}

/** The command that does something about what a registry did not give. */
function wayOut({ problem }: FailureNode): string {
  switch (problem.reason) {
    case 'unauthorized':
      return 'chartroom.login'
    case 'realm':
      return 'chartroom.trustRealm'
    case 'noCatalogue':
      return 'chartroom.pinRepository'
    case 'failed':
      return 'chartroom.retry'
  }
}

async function openFile(address: ChartAddress): Promise<void> {
  await commands.executeCommand('vscode.open', chartUri(address))
}

async function pickFile({ metadata, files }: OpenedChart): Promise<string> {
  const items = files
    .map(({ path, size }) => ({ label: plainText(path), description: sizeText(size), path }))
    .sort((a, b) => Number(b.path === 'Chart.yaml') - Number(a.path === 'Chart.yaml'))
  const picked = await window.showQuickPick(items, {
    title: plainText(l10n.t('Open {0} {1}', metadata.name, metadata.version)),
    placeHolder: l10n.t('Which file of the chart?'),
  })
  if (picked === undefined) throw dismissed()
  return picked.path
}
