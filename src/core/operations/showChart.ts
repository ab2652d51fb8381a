import type { ChartOptions } from '../chart/limits.ts'
import type { OperationOptions } from '../base/progress.ts'
import type { RawManifest } from '../oci/manifest.ts'
import { decodeValues } from '../chart/values.ts'
import { whileDoing } from './failure.ts'
import { findChart, placeOf, type ChartPlaces } from './findChart.ts'
import { openChart } from './openChart.ts'
import type { OpenedChart } from './openedChart.ts'
import { openRemoteChart } from './openRemoteChart.ts'

/**
 * Opens a chart to look inside: the one in the cache, else the one at the registry that its reference names, which is not saved.
 * @throws ChartroomError as `openChart` and `openRemoteChart`
 */
export async function showChart(
  { cache, registries }: ChartPlaces,
  reference: string,
  options: ChartOptions = {},
): Promise<OpenedChart> {
  const place = await whileDoing(`open ${reference}`, async () => await placeOf(cache, reference, options))
  return place === 'cache'
    ? await openChart(cache, reference, options)
    : await openRemoteChart(registries, reference, options)
}

/**
 * The manifest of a chart, byte for byte, from the same place.
 * @throws ChartroomError `not-found`, `integrity`, `unauthorized`, …
 */
export async function showManifest(
  places: ChartPlaces,
  reference: string,
  options: OperationOptions = {},
): Promise<RawManifest> {
  return await whileDoing(`read the manifest of ${reference}`, async () => {
    return (await findChart(places, reference, options)).manifest
  })
}

/**
 * The values of an opened chart as plain data.
 * @throws ChartroomError `not-found` where it has no values.yaml; `invalid-chart`
 */
export async function showValues(chart: OpenedChart, options: ChartOptions = {}): Promise<unknown> {
  return decodeValues(await chart.read('values.yaml', options), chart.chart.reference)
}
