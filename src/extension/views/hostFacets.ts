import type { HostNode } from './registryNodes.ts'

/** What the menu of a host depends on, sorted. */
export type HostFacet =
  | 'failed'
  | 'listed'
  | 'local'
  | 'loggedIn'
  | 'noCatalogue'
  | 'ownLogin'
  | 'realm'
  | 'removable'
  | 'running'
  | 'starting'
  | 'stopped'
  | 'unauthorized'
  | 'unknownAuthority'

export function hostFacets({ entry, listing, problem, local }: HostNode): HostFacet[] {
  const facets = new Set<HostFacet>()
  if (problem !== undefined) facets.add(problem.reason)
  if (problem?.unknownAuthority === true) facets.add('unknownAuthority')
  if (listing === 'partial' || listing === 'complete') facets.add('listed')
  if (entry.login !== undefined) facets.add('loggedIn')
  if (entry.login?.own === true) facets.add('ownLogin')
  if (entry.sources.includes('setting') || isForgettable(local)) facets.add('removable')
  if (local !== undefined) {
    facets.add('local')
    // What failed to start can be started again, as what was stopped.
    facets.add(local.kind === 'failed' ? 'stopped' : local.kind)
  }
  return [...facets].sort()
}

/** A local registry that does not run is in the list only because it is remembered. */
function isForgettable(local: HostNode['local']): boolean {
  return local?.kind === 'stopped' || local?.kind === 'failed'
}
