import type { ChartCache } from '../cache/cache.ts'
import type { OperationOptions } from '../base/progress.ts'
import type { Registries } from '../registry/registries.ts'
import { bytewiseTexts } from '../base/bytewise.ts'
import { ChartroomError, kindOf, type ErrorKind } from '../base/errors.ts'
import { parseHost, parseReference, tagOrDigest } from '../oci/reference.ts'
import { listReferences } from './listReferences.ts'
import { listRepositories } from './listRepositories.ts'
import { listVersions, lookAt, type ListedVersion } from './listVersions.ts'

/** What a registry has at a place. */
export type RegistryContent =
  | { readonly kind: 'versions'; readonly versions: readonly ListedVersion[] }
  | {
      readonly kind: 'repositories'
      /** With their host, sorted. */
      readonly names: readonly string[]
      /** Why the registry gave no list, where these are the ones that are known otherwise. */
      readonly problem?: ChartroomError
    }

export interface ListRegistryOptions extends OperationOptions {
  /** Repositories of the host that a person has named, without the host. */
  readonly pinned?: readonly string[]
}

/**
 * What there is in a registry at a place: the versions of a repository, else the repositories below it. Where the registry
 * does not list its repositories, those that are pinned and those that the cache has charts of.
 *
 * @param place `localhost:5000`, `localhost:5000/team`, `localhost:5000/team/mychart`, or with a tag
 * @throws ChartroomError `invalid-reference`, `not-found`, `unauthorized`, `unsupported` where there is no list and nothing
 *   is known otherwise, …
 */
export async function listRegistry(
  { cache, registries }: { readonly cache: ChartCache; readonly registries: Registries },
  place: string,
  { pinned = [], ...options }: ListRegistryOptions = {},
): Promise<RegistryContent> {
  const { host, path } = splitPlace(place)
  const known = async (): Promise<string[]> => [
    ...pinned.map((repository) => `${host}/${repository}`),
    ...(await cachedRepositories(cache, host, options)),
  ]
  if (path === '') return await repositoriesAt(registries, host, '', known, options)
  const reference = parseReference(`${host}/${path}`)
  if (tagOrDigest(reference) !== '') {
    return { kind: 'versions', versions: [await lookAt(registries, `${host}/${path}`, options)] }
  }
  let problem: ChartroomError | undefined
  try {
    const versions = await listVersions(registries, `${host}/${path}`, options)
    if (versions.length > 0) return { kind: 'versions', versions }
  } catch (error) {
    // Registries that know no such repository, or do not tell a stranger, may well have others below it.
    if (!isNoSuchList(error)) throw error
    problem = error
  }
  const below = await reposBelow(registries, host, path, known, options)
  if (below !== undefined) return below
  if (problem !== undefined) throw problem
  return { kind: 'versions', versions: [] }
}

async function repositoriesAt(
  registries: Registries,
  host: string,
  path: string,
  known: () => Promise<string[]>,
  options: OperationOptions,
): Promise<RegistryContent> {
  const isInside = (name: string): boolean => path === '' || name.startsWith(`${host}/${path}/`)
  const sorted = (names: readonly string[]): string[] => bytewiseTexts([...new Set(names.filter(isInside))])
  const others = await known()
  const namespaces = [path, ...others.map((name) => name.slice(host.length + 1))]
    .map((name) => name.split('/')[0] ?? '')
    .filter((name) => name !== '')
  const only = path === '' ? [...new Set(namespaces)] : namespaces.slice(0, 1)
  try {
    const names: string[] = []
    for await (const page of listRepositories(registries, host, { ...options, namespaces: only })) {
      names.push(...page.map((repository) => `${host}/${repository}`))
    }
    return { kind: 'repositories', names: sorted(names) }
  } catch (error) {
    const rest = sorted(others)
    if (!isNoSuchList(error) || rest.length === 0) throw error
    return { kind: 'repositories', names: rest, problem: error }
  }
}

/** `undefined` where there are none, or nobody says so. */
async function reposBelow(
  registries: Registries,
  host: string,
  path: string,
  known: () => Promise<string[]>,
  options: OperationOptions,
): Promise<RegistryContent | undefined> {
  try {
    const content = await repositoriesAt(registries, host, path, known, options)
    return content.kind === 'repositories' && content.names.length > 0 ? content : undefined
  } catch (error) {
    if (!isNoSuchList(error)) throw error
    return undefined
  }
}

function splitPlace(place: string): { host: string; path: string } {
  const host = parseHost(place)
  const rest = place.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').slice(host.length)
  return { host: host.toLowerCase(), path: rest.replace(/^\/+|\/+$/g, '') }
}

async function cachedRepositories(
  cache: ChartCache,
  host: string,
  options: OperationOptions,
): Promise<string[]> {
  const references = await listReferences(cache, options)
  return references.flatMap((reference) => {
    const parsed = readable(reference)
    return parsed?.host.toLowerCase() === host ? `${host}/${parsed.repository}` : []
  })
}

/** An index that something else wrote may hold names that are no references. */
function readable(reference: string): ReturnType<typeof parseReference> | undefined {
  try {
    return parseReference(reference)
  } catch (error) {
    if (kindOf(error) !== 'invalid-reference') throw error
    return undefined
  }
}

function isNoSuchList(error: unknown): error is ChartroomError {
  return error instanceof ChartroomError && noSuchList.has(error.kind)
}

const noSuchList: ReadonlySet<ErrorKind> = new Set(['unauthorized', 'forbidden', 'not-found', 'unsupported'])
