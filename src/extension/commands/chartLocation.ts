import { l10n, Uri, window, type QuickPickItem } from 'vscode'
import { formatSize, listCharts, type CachedChart, type OpenedChart } from '../../core/index.ts'
import type { App } from '../app.ts'
import type { ChartLocation } from '../documents/chartAddress.ts'
import { hostOf } from '../hostOf.ts'
import { plainText } from '../plainText.ts'
import { atRegistry } from './atRegistry.ts'
import { askReference } from './questions/askReference.ts'
import { onDisk } from './onDisk.ts'
import { dismissed } from './questions/dismissed.ts'
import { isRow, referenceOf } from './subject.ts'

/**
 * The chart to look into: that of a row, of an archive in the Explorer, or of a reference, which the cache is asked for
 * before its registry. Without any of them, one is asked for.
 */
export async function locationFor(app: App, argument: unknown, title: string): Promise<ChartLocation> {
  if (argument instanceof Uri) return { place: 'archive', reference: onDisk(argument).fsPath }
  const reference = referenceOf(argument)
  if (reference === undefined) return await pickLocation(app, title)
  if (isRow(argument)) return { place: argument.kind === 'remoteTag' ? 'registry' : 'cache', reference }
  return await placeOf(app, reference)
}

/** Opens a chart to look inside; where its registry wants a login, that is offered, and it goes on. */
export async function openLocated(app: App, location: ChartLocation): Promise<OpenedChart> {
  const { place, reference } = location
  if (place !== 'registry') return await app.charts.open(location)
  return await atRegistry(
    app,
    { reference, title: l10n.t('Opening {0}', reference), view: 'chartroom.registries' },
    async (options) => await app.charts.open(location, options),
  )
}

async function placeOf(app: App, reference: string): Promise<ChartLocation> {
  const cached = await app.cache.find(reference, { log: app.log })
  // What names no registry is looked for in the cache alone, which then says what is wrong with the name.
  const isRemote = cached === undefined && hostOf(reference) !== undefined
  return { place: isRemote ? 'registry' : 'cache', reference }
}

async function pickLocation(app: App, title: string): Promise<ChartLocation> {
  const charts = await listCharts(app.cache, { log: app.log })
  const items = charts.flatMap((chart) => chartItem(chart) ?? [])
  const other = { label: l10n.t('A chart of a registry…'), alwaysShow: true, reference: undefined }
  if (items.length > 0) {
    const placeHolder = l10n.t('Which chart?')
    const picked = await window.showQuickPick([...items, other], {
      title,
      placeHolder,
      matchOnDescription: true,
    })
    if (picked === undefined) throw dismissed()
    if (picked.reference !== undefined) return { place: 'cache', reference: picked.reference }
  }
  return await placeOf(app, await askReference(title))
}

function chartItem(chart: CachedChart): (QuickPickItem & { readonly reference: string }) | undefined {
  if (chart.problem !== undefined) return undefined
  const { reference, name, version, size } = chart
  const description = plainText(`${name} ${version} · ${formatSize(size)}`)
  return { label: plainText(reference), description, reference }
}
