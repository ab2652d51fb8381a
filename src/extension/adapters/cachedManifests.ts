import { Disposable } from 'vscode'
import { listCharts, type Logger } from '../../core/index.ts'
import { logLines } from '../messages.ts'
import type { CurrentCache } from './currentCache.ts'

/**
 * Tells which manifests the cache has, by reference: at once, and whenever the cache changes.
 * @param tell told nothing of a cache that cannot be read
 */
export function watchCachedManifests(
  current: CurrentCache,
  log: Logger,
  tell: (digests: ReadonlyMap<string, string>) => void,
): Disposable {
  let reads = 0
  const read = async (): Promise<void> => {
    reads += 1
    const mine = reads
    try {
      const charts = await listCharts(current.cache, { log })
      const sound = charts.filter((chart) => chart.problem === undefined)
      // A later look knows better.
      if (mine === reads) tell(new Map(sound.map((chart) => [chart.reference, chart.manifestDigest])))
    } catch (error) {
      for (const line of logLines(error)) log.warn(line)
      if (mine === reads) tell(new Map())
    }
  }
  const using = current.use()
  const listening = current.onDidChange(() => {
    void read()
  })
  void read()
  return new Disposable(() => {
    reads += 1
    listening.dispose()
    using.dispose()
  })
}
