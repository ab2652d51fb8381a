import type { OperationOptions } from '../base/progress.ts'
import type { Registries } from '../registry/registries.ts'
import { ChartroomError, type ErrorKind } from '../base/errors.ts'
import { inParallel } from '../base/inParallel.ts'
import { parseReference, repositoryName } from '../oci/reference.ts'
import { newestFirst } from '../oci/tags.ts'
import { inspectTag, type InspectedTag } from './inspectTag.ts'
import { listTags } from './listTags.ts'

/** A tag that could not be looked at. */
export interface UnreadableVersion {
  readonly kind: 'unreadable'
  readonly reference: string
  readonly problem: ChartroomError
}

export type ListedVersion = InspectedTag | UnreadableVersion

/** How many tags are looked at at the same time; each takes two requests. */
const atOnce = 4

/**
 * Every tag of a repository with what it holds, the newest version first. What cannot be read is told in its place.
 *
 * @param repository for example `localhost:5000/myrepo/mychart`; a tag behind it is not looked at
 * @throws ChartroomError `not-found` where there is no such repository; `unauthorized`, `unavailable`, … where the registry
 *   gives no list, or cannot be reached any more
 */
export async function listVersions(
  registries: Registries,
  repository: string,
  options: OperationOptions = {},
): Promise<ListedVersion[]> {
  const name = repositoryName(parseReference(repository))
  const tags: string[] = []
  for await (const page of listTags(registries, name, options)) tags.push(...page)
  let done = 0
  return await inParallel(
    newestFirst(tags, (tag) => tag),
    atOnce,
    async (tag) => {
      const version = await lookAt(registries, `${name}:${tag}`, options)
      done++
      options.onProgress?.({ step: 'listing', done, total: tags.length })
      return version
    },
  )
}

/**
 * What one tag holds, or why that cannot be told.
 * @param reference with a tag or a digest
 */
export async function lookAt(
  registries: Registries,
  reference: string,
  { onProgress: _, ...options }: OperationOptions,
): Promise<ListedVersion> {
  try {
    return await inspectTag(registries, reference, options)
  } catch (error) {
    if (!(error instanceof ChartroomError) || isAboutRegistry(error)) throw error
    return { kind: 'unreadable', reference, problem: error }
  }
}

/** Whether the other tags would fail as well. */
function isAboutRegistry({ kind, evidence }: ChartroomError): boolean {
  return ofRegistries.has(kind) || (kind === 'unavailable' && evidence.status === undefined)
}

const ofRegistries: ReadonlySet<ErrorKind> = new Set(['tls', 'proxy', 'rate-limited', 'invalid-reference'])
