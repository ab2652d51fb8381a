import { ChartroomError, kindOf, type ErrorKind } from '../../base/errors.ts'
import { isRepository } from '../../oci/reference.ts'
import type { OperationOptions } from '../../base/progress.ts'
import type { Challenge } from '../login/challenge.ts'
import { ListPages, namesUnder } from './listPages.ts'
import { dockerHub } from './listings/dockerHub.ts'
import { ghcr } from './listings/ghcr.ts'
import { gitlab } from './listings/gitlab.ts'
import { harbor } from './listings/harbor.ts'
import type { Listing, ListingPlace, RegistryFacts } from './listings/listing.ts'
import { resolveUrl } from '../origin.ts'
import { restOf, type Pages } from './pages.ts'
import { catalogueScope } from '../login/scope.ts'

export interface CatalogueSettings {
  readonly place: Omit<ListingPlace, 'challenge' | 'credential'>
  readonly findCredential: (options: OperationOptions) => Promise<ListingPlace['credential']>
  /** How many names a page has; unset: as many as the registry likes. */
  readonly pageSize: number | undefined
  /** What is remembered of the registry from one look to the next. */
  readonly memory: CatalogueMemory
}

export interface CatalogueMemory {
  challenge?: NonNullable<RegistryFacts['challenge']>
  /** Whether it looked like one of the registries with a list of their own and is none. */
  isPlain?: boolean
}

/** Registries whose list is not the common catalogue. */
const listings: readonly Listing[] = [dockerHub, ghcr, harbor, gitlab]

/**
 * Every repository of a registry, page by page: by the common catalogue, or where the registry is known to keep that to
 * itself, by its own list. Which one it is, is told by its name and by where it sends its clients for a token, so that
 * nobody is asked what only others answer.
 *
 * @see https://distribution.github.io/distribution/spec/api/#listing-repositories
 */
export class Catalogue implements Pages {
  readonly #settings: CatalogueSettings
  readonly #options: OperationOptions
  #pages: Pages | undefined

  constructor(settings: CatalogueSettings, options: OperationOptions) {
    this.#settings = settings
    this.#options = options
  }

  get hasMore(): boolean {
    return this.#pages?.hasMore ?? true
  }

  async read(options: OperationOptions = {}): Promise<readonly string[]> {
    if (this.#pages !== undefined) return await this.#pages.read(options)
    const own = this.#ownListing()
    if (own !== undefined) return await this.#readOwn(own, options)
    try {
      return await this.#readCommon(options)
    } catch (error) {
      if (!(error instanceof Recognised)) throw error
      return await this.#readOwn(error.listing, options)
    }
  }

  [Symbol.asyncIterator](): AsyncGenerator<readonly string[]> {
    return restOf(this)
  }

  async #readOwn(listing: Listing, given: OperationOptions): Promise<readonly string[]> {
    const { place, findCredential, memory } = this.#settings
    const options = { ...this.#options, ...given }
    const credential = await findCredential(options)
    if (credential !== undefined) place.client.settings.redactor.learn(credential)
    const { challenge } = memory
    options.log?.debug(`${place.host} is listed as ${listing.name} does it.`)
    try {
      const pages = await listing.open(
        { ...place, credential, ...(challenge === undefined ? {} : { challenge }) },
        this.#options,
      )
      return await this.#first(pages, given)
    } catch (error) {
      const kind = kindOf(error)
      if (challenge === undefined || kind === undefined || !missing.has(kind)) throw error
      // It asked for a login as such a registry does, and has not its list.
      memory.isPlain = true
      return await this.#readCommon(given)
    }
  }

  async #readCommon(options: OperationOptions): Promise<readonly string[]> {
    try {
      return await this.#first(this.#common(), options)
    } catch (error) {
      if (!(error instanceof ChartroomError) || error.kind !== 'not-found') throw error
      const { host } = this.#settings.place
      throw new ChartroomError('unsupported', {
        ...error.evidence,
        message: `${host} does not list its repositories.`,
        cause: error,
      })
    }
  }

  /** Only what gave its first page is read on. */
  async #first(pages: Pages, options: OperationOptions): Promise<readonly string[]> {
    const page = await pages.read(options)
    this.#pages = pages
    return page
  }

  #common(): Pages {
    const { place, pageSize } = this.#settings
    const request = {
      method: 'GET',
      to: `/v2/_catalog${pageSize === undefined ? '' : `?n=${pageSize}`}`,
      scope: catalogueScope,
      expect: [200],
      what: `The catalogue of ${place.host}`,
      onChallenge: (challenge: Challenge, registry: URL) => {
        this.#recognise(challenge, registry)
      },
    } as const
    const list = { client: place.client, request, namesIn: namesUnder('repositories'), isName: isRepository }
    return new ListPages(list, this.#options)
  }

  /** @throws Recognised before anything is answered, where another list is the right one */
  #recognise({ scheme, parameters }: Challenge, registry: URL): void {
    const realm = scheme === 'bearer' ? resolveUrl(parameters.get('realm') ?? '//', registry) : undefined
    if (realm === undefined) return
    this.#settings.memory.challenge = { registry, realm }
    const listing = this.#ownListing()
    if (listing !== undefined) throw new Recognised(listing)
  }

  #ownListing(): Listing | undefined {
    const { place, memory } = this.#settings
    if (memory.isPlain === true) return undefined
    const { challenge } = memory
    const facts = { host: place.host, ...(challenge === undefined ? {} : { challenge }) }
    return listings.find((listing) => listing.isFor(facts))
  }
}

/** Says that nothing is asked of a registry that says it has no list, or is not to be asked for it. */
export function switchedOff(host: string): Pages {
  const pages: Pages = {
    hasMore: true,
    read: async () =>
      await Promise.reject(
        new ChartroomError('unsupported', {
          message: `${host} is not asked for its repositories, because its option catalog is off.`,
          advice: 'Pin the repositories that you need.',
          host,
        }),
      ),
    [Symbol.asyncIterator]() {
      return restOf(this)
    },
  }
  return pages
}

class Recognised extends Error {
  readonly listing: Listing

  constructor(listing: Listing) {
    super(`It is listed as ${listing.name} does it.`)
    this.listing = listing
  }
}

const missing: ReadonlySet<ErrorKind> = new Set(['not-found', 'unsupported'])
