import type { ChartCache, RemovedChart } from '../cache/cache.ts'
import type { OperationOptions } from '../base/progress.ts'
import { whileDoing } from './failure.ts'

/**
 * Takes a chart's name out of the cache index. Its content stays until the cache is pruned, so `restoreChart` can undo this.
 * Works for entries that cannot be read, too.
 *
 * @throws ChartroomError `not-found`
 */
export async function removeChart(
  cache: ChartCache,
  reference: string,
  options: OperationOptions = {},
): Promise<RemovedChart> {
  return await whileDoing(`remove ${reference}`, async () => await cache.remove(reference, options))
}

/** Puts back what `removeChart` took out. */
export async function restoreChart(
  cache: ChartCache,
  removed: RemovedChart,
  options: OperationOptions = {},
): Promise<void> {
  await whileDoing(`restore ${removed.reference}`, async () => {
    await cache.restore(removed, options)
  })
}
