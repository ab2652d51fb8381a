import { ChartroomError } from '../../base/errors.ts'
import type { OperationOptions } from '../../base/progress.ts'
import type { ReadResponse, RegistryClient, RegistryRequest } from '../client.ts'
import { nextLink } from './link.ts'
import { isSameOrigin, resolveUrl } from '../origin.ts'
import { restOf, type Pages } from './pages.ts'
import { memberOf, parseJson } from '../transport/readBody.ts'

/** A list longer than this is cut off with an error: nobody reads it, and a hostile registry could go on for ever. */
const maxPages = 1000
export const maxItems = 100_000

/** Which list is read, and how. */
export interface ListRequest {
  readonly client: RegistryClient
  /** The request for the first page. */
  readonly request: RegistryRequest
  /** The names in the JSON of a page; `undefined` where it holds none. */
  readonly namesIn: (body: unknown) => readonly string[] | undefined
  /** Where the next page is, as the page says it; by its `Link` where this is missing. */
  readonly nextOf?: (page: ReadPage) => string | undefined
  /** What is shown of an item; `undefined` leaves it out. */
  readonly show?: (item: string) => string | undefined
  /** Whether what is shown can be part of a reference; what cannot is left out, which the log tells. */
  readonly isName: (item: string) => boolean
}

export interface ReadPage {
  readonly body: unknown
  readonly names: readonly string[]
}

/**
 * A list that the registry gives page by page. One page is one request.
 *
 * Of the link to the next page only the query is taken, because proxies in front of a registry drop parts of its path; a
 * link to another host is not followed.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
 */
export class ListPages implements Pages {
  readonly #list: ListRequest
  readonly #options: OperationOptions
  readonly #asked = new Set<string>()
  readonly #shown = new Set<string>()
  #items = 0
  /** Where the next page is; `undefined` after the last one. */
  #next: string | URL | undefined

  /** @param options for every page, as far as a page is not read with others */
  constructor(list: ListRequest, options: OperationOptions = {}) {
    this.#list = list
    this.#options = options
    this.#next = list.request.to
  }

  get hasMore(): boolean {
    return this.#next !== undefined
  }

  async read(options: OperationOptions = {}): Promise<readonly string[]> {
    if (this.#next === undefined) return []
    const { client, request, show = same } = this.#list
    if (this.#asked.size >= maxPages || this.#items >= maxItems) throw endless(request.what)
    // zot answers a page past the end so.
    const expect = this.#asked.size === 0 ? request.expect : [...request.expect, 404]
    const response = await client.read(
      { ...request, to: this.#next, expect },
      { ...this.#options, ...options },
    )
    if (response.status === 404) {
      this.#next = undefined
      return []
    }
    const body = parseJson(response.bytes)
    const names = this.#list.namesIn(body)
    if (names === undefined) throw noNames(request.what)
    const next = this.#nextOf(response, { body, names })
    this.#asked.add(response.url.href)
    this.#items += names.length
    // Some registries give the last page again and again.
    this.#next = next === undefined || this.#asked.has(next.href) ? undefined : next
    const shown = names.map(show).filter((item) => item !== undefined)
    const valid = shown.filter(this.#list.isName)
    if (valid.length < shown.length) {
      const log = options.log ?? this.#options.log
      log?.warn(`${request.what} has ${shown.length - valid.length} names that no reference can have.`)
    }
    return valid.filter((name) => this.#isNew(name))
  }

  [Symbol.asyncIterator](): AsyncGenerator<readonly string[]> {
    return restOf(this)
  }

  #nextOf(response: ReadResponse, page: ReadPage): URL | undefined {
    const { client, nextOf } = this.#list
    const link = nextOf === undefined ? nextLink(response.headers.get('link') ?? []) : nextOf(page)
    return link === undefined ? undefined : nextPage(response.url, link, client.settings.host)
  }

  #isNew(item: string): boolean {
    if (this.#shown.has(item)) return false
    this.#shown.add(item)
    return true
  }
}

/** Reads the names of a list as the distribution specification writes it: an object with the list in one member. */
export function namesUnder(member: 'tags' | 'repositories'): ListRequest['namesIn'] {
  return (body) => {
    const list = memberOf(body, member)
    // Distribution writes null for an empty list.
    if (list === null) return []
    return Array.isArray(list) && list.every((item) => typeof item === 'string') ? list : undefined
  }
}

function same(item: string): string {
  return item
}

/**
 * The page that a link leads to: at the same place, with the query of the link.
 * @throws ChartroomError `refused` where it leads to another host
 */
export function nextPage(current: URL, link: string, host: string): URL | undefined {
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

function noNames(what: string): ChartroomError {
  return new ChartroomError('unavailable', {
    message: `${what} came as something that is no list of names.`,
  })
}

function endless(what: string): ChartroomError {
  return new ChartroomError('too-large', {
    message: `${what} has more than ${maxItems} entries or ${maxPages} pages.`,
    expected: maxItems,
  })
}
