import { parseReference } from '../../core/index.ts'
import { hostOf } from '../hostOf.ts'

/** The repositories that references of the cache name, without their host, by host in lower case. */
export function cachedRepositories(references: Iterable<string>): ReadonlyMap<string, readonly string[]> {
  const byHost = new Map<string, Set<string>>()
  for (const reference of references) {
    const host = hostOf(reference)?.toLowerCase()
    if (host === undefined) continue
    const repositories = byHost.get(host) ?? new Set()
    byHost.set(host, repositories.add(parseReference(reference).repository))
  }
  return new Map([...byHost].map(([host, repositories]) => [host, [...repositories]]))
}
