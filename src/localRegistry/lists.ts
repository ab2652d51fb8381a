import { jsonAnswer, type Answer } from './answer.ts'
import { RegistryError } from './registryError.ts'
import type { Call } from './call.ts'

/**
 * `GET …/tags/list`, sorted by their bytes, in pages if the client asks for them.
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
 */
export async function listTags({ store, repository, query, options }: Call): Promise<Answer> {
  const { entries } = await store.layoutOf(repository).readIndex(options)
  if (entries.length === 0) {
    throw new RegistryError('NAME_UNKNOWN', `The registry has no repository ${repository}.`)
  }
  const tags = [...new Set(entries.flatMap(({ name }) => name ?? []))].sort()
  const page = pageOf(tags, query, `/v2/${repository}/tags/list`)
  return jsonAnswer(200, { name: repository, tags: page.items }, page.headers)
}

/**
 * `GET /v2/_catalog`: the repositories, sorted by their bytes. Not part of the specification.
 * @see https://distribution.github.io/distribution/spec/api/#listing-repositories
 */
export async function listRepositories({ store, query }: Call): Promise<Answer> {
  const page = pageOf(await store.repositories(), query, '/v2/_catalog')
  return jsonAnswer(200, { repositories: page.items }, page.headers)
}

interface Page {
  readonly items: readonly string[]
  /** Where the next page is, if there is one. */
  readonly headers: Readonly<Record<string, string>>
}

/** The items after `last`, `n` of them at most. */
function pageOf(all: readonly string[], query: URLSearchParams, path: string): Page {
  const last = query.get('last') ?? ''
  const after = all.filter((item) => item > last)
  const n = query.get('n')
  if (n === null) return { items: after, headers: {} }
  if (!/^\d{1,9}$/.test(n)) {
    throw new RegistryError('PAGINATION_NUMBER_INVALID', `n is ${JSON.stringify(n)}, not a number of items.`)
  }
  const items = after.slice(0, Number(n))
  const end = items.at(-1)
  if (end === undefined || items.length === after.length) return { items, headers: {} }
  const next = new URLSearchParams({ last: end, n })
  return { items, headers: { Link: `<${path}?${next.toString()}>; rel="next"` } }
}
