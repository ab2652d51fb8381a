import { writeSetting } from '../adapters/settings.ts'
import type { Grouping } from '../views/cacheNodes.ts'

/** The command that groups the cached charts in one way, for this person and from now on. */
export function groupBy(grouping: Grouping): () => Promise<void> {
  return async () => {
    await writeSetting('cache.groupBy', grouping)
  }
}
