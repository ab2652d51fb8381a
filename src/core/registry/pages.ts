import { ChartroomError } from '../errors.ts'
import type { OperationOptions } from '../progress.ts'
import type { RegistryClient, RegistryRequest } from './client.ts'
import { nextLink } from './link.ts'
import { isSameOrigin, resolveUrl } from './origin.ts'
import { memberOf, parseJson } from './readBody.ts'

/** A list longer than this is cut off with an error: nobody reads it, and a hostile registry could go on for ever. */
const maxPages = 1000
const maxItems = 100_000

/**
 * The items of a list that the registry gives page by page.
 *
 * Of the link to the next page only the query is taken, because proxies in front of a registry drop parts of its path; a
 * link to another host is not followed.
 *
 * @param member of the JSON object that holds the list
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
 */
export async function* pagesOf(
  client: RegistryClient,
  request: RegistryRequest,
  member: 'tags' | 'repositories',
  options: OperationOptions,
): AsyncGenerator<string> {
  const seen = new Set<string>()
  let to: string | URL = request.to
  let items = 0
  for (let page = 0; page < maxPages && items < maxItems; page++) {
    const response = await client.read({ ...request, to }, options)
    const found = itemsOf(response.bytes, member, request.what)
    items += found.length
    yield* found
    const link = nextLink(response.headers.get('link') ?? [])
    const next = link === undefined ? undefined : nextPage(response.url, link, client.settings.host)
    // Some registries give the last page again and again.
    if (next === undefined || next.href === response.url.href || seen.has(next.href)) return
    seen.add(next.href)
    to = next
  }
  throw new ChartroomError('too-large', {
    message: `${request.what} has more than ${maxItems} entries or ${maxPages} pages.`,
    expected: maxItems,
  })
}

function nextPage(current: URL, link: string, host: string): URL | undefined {
  const target = resolveUrl(link, current)
  if (target === undefined) return undefined
  if (!isSameOrigin(target, current)) {
    throw new ChartroomError('refused', {
      message: `${host} continues its list at ${target.host}, which is not followed.`,
      host,
      actual: target.host,
    })
  }
  const next = new URL(current)
  next.search = target.search
  return next
}

function itemsOf(bytes: Buffer, member: string, what: string): string[] {
  const list = memberOf(parseJson(bytes), member)
  // Distribution writes null for an empty list.
  if (list === null) return []
  if (!Array.isArray(list) || !list.every((item) => typeof item === 'string')) {
    throw new ChartroomError('unavailable', {
      message: `${what} came as something that is no list of names.`,
    })
  }
  return list
}
