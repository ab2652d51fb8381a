import { ChartroomError } from '../errors.ts'
import type { OperationOptions } from '../progress.ts'
import type { RegistryClient, RegistryRequest } from './client.ts'
import { nextLink } from './link.ts'
import { isSameOrigin, resolveUrl } from './origin.ts'
import { memberOf, parseJson } from './readBody.ts'

/** A list longer than this is cut off with an error: nobody reads it, and a hostile registry could go on for ever. */
const maxPages = 1000
const maxItems = 100_000

/** Which list is read, and how. */
export interface ListRequest {
  readonly client: RegistryClient
  /** The request for the first page. */
  readonly request: RegistryRequest
  /** The member of the JSON object that holds the list. */
  readonly member: 'tags' | 'repositories'
  /** What is shown of an item; `undefined` leaves it out. */
  readonly show?: (item: string) => string | undefined
  /** Whether what is shown can be part of a reference; what cannot is left out, which the log tells. */
  readonly isName: (item: string) => boolean
}

/**
 * The items of a list that the registry gives page by page, each item once. One page is one request, sent when somebody
 * asks for the page and not before; a page may be empty.
 *
 * Of the link to the next page only the query is taken, because proxies in front of a registry drop parts of its path; a
 * link to another host is not followed.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
 */
export class Pages implements AsyncIterable<readonly string[]> {
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

  /** Whether there is a page that has not been read, as far as the registry has said. */
  get hasMore(): boolean {
    return this.#next !== undefined
  }

  /**
   * Reads the next page; empty after the last one. A page that fails, or whose signal is aborted, is the next one still.
   * One page is read at a time.
   *
   * @throws ChartroomError `unauthorized`, `forbidden`, `not-found` or `unsupported` where the registry does not give the
   *   list, `too-large` where the list does not end, `refused` where it goes on at another host, …
   */
  async read(options: OperationOptions = {}): Promise<readonly string[]> {
    if (this.#next === undefined) return []
    const { client, request, member, show = same } = this.#list
    if (this.#asked.size >= maxPages || this.#items >= maxItems) throw endless(request.what)
    const response = await client.read({ ...request, to: this.#next }, { ...this.#options, ...options })
    const items = itemsOf(response.bytes, member, request.what)
    const link = nextLink(response.headers.get('link') ?? [])
    const next = link === undefined ? undefined : nextPage(response.url, link, client.settings.host)
    this.#asked.add(response.url.href)
    this.#items += items.length
    // Some registries give the last page again and again.
    this.#next = next === undefined || this.#asked.has(next.href) ? undefined : next
    const shown = items.map(show).filter((item) => item !== undefined)
    const names = shown.filter(this.#list.isName)
    if (names.length < shown.length) {
      const log = options.log ?? this.#options.log
      log?.warn(`${request.what} has ${shown.length - names.length} names that no reference can have.`)
    }
    return names.filter((name) => this.#isNew(name))
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly string[]> {
    while (this.hasMore) yield await this.read()
  }

  #isNew(item: string): boolean {
    if (this.#shown.has(item)) return false
    this.#shown.add(item)
    return true
  }
}

function same(item: string): string {
  return item
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

function endless(what: string): ChartroomError {
  return new ChartroomError('too-large', {
    message: `${what} has more than ${maxItems} entries or ${maxPages} pages.`,
    expected: maxItems,
  })
}
