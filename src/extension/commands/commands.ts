import type { App } from '../app.ts'
import { addRegistry } from './addRegistry.ts'
import { compareCharts } from './compareCharts.ts'
import { copyChart } from './copyChart.ts'
import { copyHost } from './copyHost.ts'
import { copyDigest, copyReference } from './copyText.ts'
import { diagnoseRegistry } from './diagnoseRegistry.ts'
import { deleteFromRegistry } from './deleteFromRegistry.ts'
import { exportArchive, exportChart } from './exportChart.ts'
import { clearFilter, filter } from './filter.ts'
import { forgetOffers } from './forgetOffers.ts'
import { goToChart } from './goToChart.ts'
import { groupBy } from './groupBy.ts'
import { loadMore } from './loadMore.ts'
import { login } from './login.ts'
import { logout } from './logout.ts'
import { openChart } from './openChart.ts'
import { openHelmTerminal } from './openHelmTerminal.ts'
import { pinRepository, unpinRepository } from './pinRepository.ts'
import { pruneCache } from './pruneCache.ts'
import { pullChart } from './pullChart.ts'
import { pushChart } from './pushChart.ts'
import { pushFolder } from './pushFolder.ts'
import { refresh } from './refresh.ts'
import { registrySettings } from './registrySettings.ts'
import { removeChart } from './removeChart.ts'
import { removeRegistry } from './removeRegistry.ts'
import { repairCache } from './repairCache.ts'
import { restoreOffers } from './restoreOffers.ts'
import { retry } from './retry.ts'
import { revealCache } from './revealCache.ts'
import { runCommand } from './runCommand.ts'
import { saveChart } from './saveChart.ts'
import { shareLogin } from './shareLogin.ts'
import { showChart } from './showChart.ts'
import { showLocalRegistryLog } from './showLocalRegistryLog.ts'
import { startLocalRegistry } from './startLocalRegistry.ts'
import { stopLocalRegistry } from './stopLocalRegistry.ts'
import { isRow } from './subject.ts'
import { trustCertificate } from './trustCertificate.ts'
import { trustRealm } from './trustRealm.ts'
import { useAnotherCache } from './useAnotherCache.ts'
import { verifyCache } from './verifyCache.ts'
import { verifyChart } from './verifyChart.ts'

/**
 * What a command does. `argument` is the row, the folder or the reference that it is about; without one it asks. `selection` is
 * what is selected where the row or the folder is.
 */
type Handler = (app: App, argument?: unknown, selection?: readonly unknown[]) => Promise<void>

const handlers: Readonly<Record<string, Handler>> = {
  'chartroom.saveChart': saveChart,
  'chartroom.saveFolder': saveChart,
  'chartroom.pushChart': pushChart,
  'chartroom.pushFolder': pushFolder,
  'chartroom.pullChart': pullChart,
  'chartroom.exportChart': exportChart,
  'chartroom.exportArchive': exportArchive,
  'chartroom.removeChart': removeChart,
  'chartroom.pullAgain': async (app, row, selection) => {
    await pullChart(app, row, selection)
    // The index is the same where only content was missing, so nothing else says that there is something to see.
    await app.cacheView.refresh()
  },
  'chartroom.openChart': openChart,
  'chartroom.showChart': showChart,
  'chartroom.compareCharts': compareCharts,
  'chartroom.copyChart': copyChart,
  'chartroom.verifyChart': verifyChart,
  'chartroom.goToChart': goToChart,
  'chartroom.filter': filter,
  'chartroom.clearFilter': clearFilter,
  'chartroom.groupByRepository': groupBy('repository'),
  'chartroom.groupByRegistry': groupBy('registry'),
  'chartroom.groupByNothing': groupBy('flat'),
  'chartroom.useAnotherCache': useAnotherCache,
  'chartroom.verifyCache': verifyCache,
  'chartroom.repairCache': repairCache,
  'chartroom.pruneCache': pruneCache,
  'chartroom.restoreOffers': restoreOffers,
  'chartroom.forgetOffers': forgetOffers,
  'chartroom.copyReference': copyReference,
  'chartroom.copyDigest': copyDigest,
  'chartroom.login': login,
  'chartroom.logout': logout,
  'chartroom.shareLogin': shareLogin,
  'chartroom.startLocalRegistry': startLocalRegistry,
  'chartroom.stopLocalRegistry': stopLocalRegistry,
  'chartroom.showLocalRegistryLog': showLocalRegistryLog,
  'chartroom.openHelmTerminal': openHelmTerminal,
  'chartroom.addRegistry': addRegistry,
  'chartroom.removeRegistry': removeRegistry,
  'chartroom.pinRepository': pinRepository,
  'chartroom.unpinRepository': unpinRepository,
  'chartroom.diagnoseRegistry': diagnoseRegistry,
  'chartroom.deleteFromRegistry': deleteFromRegistry,
  'chartroom.copyHost': copyHost,
  'chartroom.registrySettings': registrySettings,
  'chartroom.trustCertificate': trustCertificate,
  'chartroom.loadMore': loadMore,
  'chartroom.retry': retry,
  'chartroom.trustRealm': trustRealm,
  'chartroom.refresh': refresh,
  'chartroom.revealCache': revealCache,
  'chartroom.showLog': async (app) => {
    app.log.show()
    await Promise.resolve()
  },
}

/** Runs a command that the manifest names. */
export async function runById(app: App, id: string, argument?: unknown, selected?: unknown): Promise<void> {
  await runCommand(app, id, async () => {
    const selection = Array.isArray(selected) ? selected : selectionAround(app, argument)
    await handlers[id]?.(app, argument, selection)
  })
}

/** What is selected in the tree of a row; a key says only which row has the focus. */
function selectionAround(app: App, argument: unknown): readonly unknown[] {
  if (!isRow(argument)) return []
  const { id } = argument
  const views: readonly { readonly selection: readonly { readonly id: string }[] }[] = [
    app.cacheView,
    app.registriesView,
  ]
  return views.map(({ selection }) => selection).find((rows) => rows.some((row) => row.id === id)) ?? []
}
