import { l10n, Uri, window, type QuickPickItem } from 'vscode'
import {
  ChartroomError,
  inspectTag,
  listCharts,
  type CachedChart,
  type InspectedChart,
  type OpenedChart,
  type SoundChart,
} from '../../core/index.ts'
import type { App } from '../app.ts'
import type { ChartLocation } from '../documents/chartAddress.ts'
import { hostOf } from '../hostOf.ts'
import { plainText } from '../plainText.ts'
import { sizeText } from '../sizes.ts'
import { nameParts } from '../views/nameParts.ts'
import { atRegistry } from './atRegistry.ts'
import { askReference } from './questions/askReference.ts'
import { onDisk } from './onDisk.ts'
import { dismissed } from './questions/dismissed.ts'
import { isRow, referenceOf, rowsMeant } from './subject.ts'

/**
 * The chart to look into: that of a row, of an archive in the Explorer, or of a reference, which the cache is asked for
 * before its registry. Without any of them, one is asked for.
 */
export async function locationFor(app: App, argument: unknown, title: string): Promise<ChartLocation> {
  if (argument instanceof Uri) return { place: 'archive', reference: onDisk(argument).fsPath }
  const reference = referenceOf(argument)
  if (reference === undefined) return await pickLocation(app, title)
  return isRow(argument) ? locationOf(argument.kind, reference) : await placeOf(app, reference)
}

/** The charts that the rows of a command stand for; none where it was called without a row. */
export function locationsMeant(argument: unknown, selection: readonly unknown[]): ChartLocation[] {
  return rowsMeant(argument, selection).flatMap((row) => {
    const reference = row.kind === 'tag' || row.kind === 'remoteTag' ? referenceOf(row) : undefined
    return reference === undefined ? [] : [locationOf(row.kind, reference)]
  })
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

/**
 * What is known of a chart without its content, in the cache or at its registry; a login is offered there.
 * @throws ChartroomError `not-found`, `not-a-chart`, …
 */
export async function inspectLocated(
  app: App,
  { place, reference }: ChartLocation,
): Promise<InspectedChart | SoundChart> {
  if (place !== 'registry') return await app.cache.require(reference, { log: app.log })
  const inspected = await atRegistry(
    app,
    { reference, title: l10n.t('Looking at {0}', reference), view: 'chartroom.registries' },
    async (options) => await inspectTag(app.registries, reference, options),
  )
  if (inspected.kind === 'chart') return inspected
  throw new ChartroomError('not-a-chart', { message: l10n.t('{0} is no chart.', reference), reference })
}

async function placeOf(app: App, reference: string): Promise<ChartLocation> {
  const cached = await app.cache.find(reference, { log: app.log })
  // What names no registry is looked for in the cache alone, which then says what is wrong with the name.
  const isRemote = cached === undefined && hostOf(reference) !== undefined
  return { place: isRemote ? 'registry' : 'cache', reference }
}

/**
 * Lets a person choose a chart of the cache, or write the reference of a remote one.
 * @param besides a chart that is chosen already: its other versions stand first, those of its registry included
 */
export async function pickLocation(app: App, title: string, besides?: ChartLocation): Promise<ChartLocation> {
  const charts = await listCharts(app.cache, { log: app.log })
  const cached = charts.flatMap((chart) => chartItem(chart) ?? [])
  const items = besides === undefined ? cached : othersThan(app, besides, cached)
  const other = { label: l10n.t('A chart of a registry…'), alwaysShow: true, location: undefined }
  if (items.length > 0) {
    const placeHolder = l10n.t('Which chart?')
    const picked = await window.showQuickPick([...items, other], {
      title: plainText(title),
      placeHolder,
      matchOnDescription: true,
    })
    if (picked === undefined) throw dismissed()
    if (picked.location !== undefined) return picked.location
  }
  return await placeOf(app, await askReference(title))
}

interface LocationItem extends QuickPickItem {
  readonly location: ChartLocation
}

function chartItem(chart: CachedChart): LocationItem | undefined {
  if (chart.problem !== undefined) return undefined
  const { reference, name, version, size } = chart
  const description = plainText(`${name} ${version} · ${sizeText(size)}`)
  return { label: plainText(reference), description, location: { place: 'cache', reference } }
}

function othersThan(app: App, chosen: ChartLocation, cached: readonly LocationItem[]): LocationItem[] {
  const repository = nameParts(chosen.reference, '').name
  const isNear = ({ location }: LocationItem): boolean =>
    nameParts(location.reference, '').name === repository
  const remote = app.registriesView.references.map((reference): LocationItem => {
    const description = l10n.t('at the registry')
    return { label: plainText(reference), description, location: { place: 'registry', reference } }
  })
  const items = [...cached, ...remote.filter(isNear)].filter(
    ({ location: { place, reference } }) => place !== chosen.place || reference !== chosen.reference,
  )
  return [...items.filter(isNear), ...items.filter((item) => !isNear(item))]
}

function locationOf(kind: string, reference: string): ChartLocation {
  return { place: kind === 'remoteTag' ? 'registry' : 'cache', reference }
}
