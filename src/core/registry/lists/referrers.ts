import { ChartroomError, type ErrorKind } from '../../base/errors.ts'
import { parseDescriptor, type Descriptor } from '../../oci/descriptor.ts'
import type { Digest } from '../../oci/digest.ts'
import { bareMediaType, mediaTypes } from '../../oci/mediaTypes.ts'
import type { OperationOptions } from '../../base/progress.ts'
import type { ReadResponse, RegistryClient } from '../client.ts'
import { nextLink } from './link.ts'
import { nextPage } from './listPages.ts'
import { memberOf, parseJson } from '../transport/readBody.ts'
import { header } from '../transport/transport.ts'

/** A manifest that is about another one, such as its signature. */
export interface Referrer extends Descriptor {
  /** What it is, for example `application/spdx+json`, where the list says it. */
  readonly artifactType?: string
}

export interface ReferrersRequest {
  readonly client: RegistryClient
  /** Of the repository, for example `/v2/team/mychart`. */
  readonly path: string
  readonly scope: string
  readonly digest: Digest
  /** Names what it is about in errors. */
  readonly what: string
}

/** Longer than anybody reads, and the end of a list that would not end. */
const mostPages = 20

/** Registries of this process that are known not to have the interface. */
const withoutInterface = new WeakSet<RegistryClient>()

/**
 * What is about a manifest: as the registry's interface for it says, and where it has none, as the tag says that stands in
 * for it. Whether it has the interface is remembered as long as the process lives. The option `referrers` chooses a way.
 *
 * @returns in the registry's order; empty where there is nothing, and where the option is `off`
 * @throws ChartroomError `not-found` where there is no such repository; `unauthorized`, `integrity`, …
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-referrers
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#unavailable-referrers-api
 */
export async function fetchReferrers(
  request: ReferrersRequest,
  options: OperationOptions,
): Promise<Referrer[]> {
  const { client } = request
  const way = client.settings.options.referrers ?? 'auto'
  if (way === 'off') return []
  if (way !== 'tag' && (way === 'api' || !withoutInterface.has(client))) {
    const found = await byInterface(request, options)
    if (found !== undefined || way === 'api') return found ?? []
    withoutInterface.add(client)
  }
  return await byTag(request, options)
}

/** @returns `undefined` where the registry does not have the interface */
async function byInterface(
  { client, path, scope, digest, what }: ReferrersRequest,
  options: OperationOptions,
): Promise<Referrer[] | undefined> {
  const found: Referrer[] = []
  let to: string | URL | undefined = `${path}/referrers/${digest}`
  for (let page = 0; to !== undefined && page < mostPages; page++) {
    const reading = client.read(
      {
        method: 'GET',
        to,
        headers: { accept: mediaTypes.index },
        scope,
        expect: [200],
        what: `What is attached to ${what}`,
      },
      options,
    )
    // The first page tells whether there is such a list.
    const response = page === 0 ? await unlessMissing(reading) : await reading
    // Some answer every path with a page for people.
    if (response === undefined || typeOf(response) !== mediaTypes.index) return undefined
    found.push(...referrersIn(response.bytes, what))
    const link = nextLink(response.headers.get('link') ?? [])
    to = link === undefined ? undefined : nextPage(response.url, link, client.settings.host)
  }
  return found
}

async function byTag(
  { client, path, scope, digest, what }: ReferrersRequest,
  options: OperationOptions,
): Promise<Referrer[]> {
  const response = await client.read(
    {
      method: 'GET',
      to: `${path}/manifests/${digest.replace(':', '-')}`,
      headers: { accept: mediaTypes.index },
      scope,
      expect: [200, 404],
      what: `What is attached to ${what}`,
    },
    options,
  )
  return response.status === 404 ? [] : referrersIn(response.bytes, what)
}

/** Where the repository itself is missing, so that another way gives nothing either, the registry says so. */
async function unlessMissing(reading: Promise<ReadResponse>): Promise<ReadResponse | undefined> {
  try {
    return await reading
  } catch (error) {
    if (!(error instanceof ChartroomError) || !missing.has(error.kind)) throw error
    // What was refused before anything was sent has no status.
    if (error.evidence.code === 'NAME_UNKNOWN' || error.evidence.status === undefined) throw error
    return undefined
  }
}

/** A path that a registry does not know is a bad request to some. */
const missing: ReadonlySet<ErrorKind> = new Set(['not-found', 'unsupported', 'invalid-reference', 'refused'])

function typeOf(response: ReadResponse): string {
  return bareMediaType(header(response, 'content-type') ?? '')
}

function referrersIn(bytes: Buffer, what: string): Referrer[] {
  const manifests = memberOf(parseJson(bytes), 'manifests')
  if (!Array.isArray(manifests)) {
    throw new ChartroomError('integrity', { message: `The list of what is attached to ${what} is none.` })
  }
  return manifests.map((item: unknown, position) => {
    const descriptor = parseDescriptor(item, `item ${position + 1} of what is attached to ${what}`)
    const artifactType = memberOf(item, 'artifactType')
    return typeof artifactType === 'string' && artifactType !== ''
      ? { ...descriptor, artifactType }
      : descriptor
  })
}
