import type { ChartCache } from '../cache/cache.ts'
import type { Registries } from '../registry/registries.ts'
import { atRegistries, type ChartOutcome, type ManyOptions } from './atRegistries.ts'
import { pushChart, type PushedChart, type PushOptions } from './pushChart.ts'

/**
 * Sends many cached charts to the registries that their references name, each as `pushChart` does: a few at a time at each
 * registry, over the same connections and with the same logins. One that fails keeps no other from being pushed.
 *
 * @returns what became of each, in their order; an error is what `pushChart` throws
 * @throws the reason of an aborted signal, when nothing is under way any more
 */
export async function pushCharts(
  cache: ChartCache,
  registries: Registries,
  references: readonly string[],
  { overwrite, ...options }: PushOptions & ManyOptions<PushedChart> = {},
): Promise<readonly ChartOutcome<PushedChart>[]> {
  const rule = overwrite === undefined ? {} : { overwrite }
  return await atRegistries(references, options, async (reference, inner) => {
    return await pushChart(cache, registries, reference, { ...inner, ...rule })
  })
}
