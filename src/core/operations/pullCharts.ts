import type { ChartCache } from '../cache/cache.ts'
import type { ChartOptions } from '../chart/limits.ts'
import type { Registries } from '../registry/registries.ts'
import { atRegistries, type ChartOutcome, type ManyOptions } from './atRegistries.ts'
import { pullChart, type PulledChart } from './pullChart.ts'

/**
 * Brings many charts from their registries into the cache, each as `pullChart` does: a few at a time at each registry, over
 * the same connections and with the same logins. One that fails keeps no other from being pulled.
 *
 * @returns what became of each, in their order; an error is what `pullChart` throws
 * @throws the reason of an aborted signal, when nothing is under way any more
 */
export async function pullCharts(
  cache: ChartCache,
  registries: Registries,
  references: readonly string[],
  { limits, ...options }: ChartOptions & ManyOptions<PulledChart> = {},
): Promise<readonly ChartOutcome<PulledChart>[]> {
  const within = limits === undefined ? {} : { limits }
  return await atRegistries(references, options, async (reference, inner) => {
    return await pullChart(cache, registries, reference, { ...inner, ...within })
  })
}
