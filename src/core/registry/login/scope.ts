/** What a token is asked to allow in one repository. */
export function repositoryScope(repository: string, actions: 'pull' | 'pull,push' | 'delete'): string {
  return `repository:${repository}:${actions}`
}

/** The repository that the first of several scopes is for: `team/chart`. */
export function repositoryIn(scope: string | undefined): string | undefined {
  return /^repository:(\S+):/.exec(scope?.split(' ')[0] ?? '')?.[1]
}

/** What a token is asked to allow for the catalogue of a registry. */
export const catalogueScope = 'registry:catalog:*'

/** Whether a challenge asks for anything that was not asked for before. */
export function asksForMore(scope: string | undefined, ...before: readonly (string | undefined)[]): boolean {
  const known = mergeScopes(...before)
  return mergeScopes(...before, scope).some((each) => !known.includes(each))
}

/**
 * Several lists of scopes as one: each resource once, with all its actions, in the order of first mention, because some
 * token servers look at the first scope only.
 *
 * @see https://github.com/distribution/distribution/blob/main/docs/content/spec/auth/scope.md
 */
export function mergeScopes(...lists: readonly (string | undefined)[]): string[] {
  const actionsOf = new Map<string, Set<string>>()
  for (const scope of lists.flatMap((list) => list?.split(' ') ?? [])) {
    // The name of a resource can hold a colon, before a port.
    const last = scope.lastIndexOf(':')
    if (last <= scope.indexOf(':')) continue
    const resource = scope.slice(0, last)
    const actions = actionsOf.get(resource) ?? new Set()
    for (const action of scope.slice(last + 1).split(',')) actions.add(action)
    actionsOf.set(resource, actions)
  }
  return [...actionsOf].map(([resource, actions]) => `${resource}:${[...actions].sort().join(',')}`)
}
