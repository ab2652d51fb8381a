import type { Digest } from '../oci/digest.ts'
import type { OperationOptions } from '../base/progress.ts'
import type { Registries } from '../registry/registries.ts'
import type { RegistryRepository } from '../registry/repository.ts'
import { ChartroomError, kindOf } from '../base/errors.ts'
import { inParallel } from '../base/inParallel.ts'
import { formatReference, parseReference, repositoryName, type Reference } from '../oci/reference.ts'
import { newestFirst } from '../oci/tags.ts'
import { whileDoing } from './failure.ts'
import { requireName } from './requireName.ts'

/** What goes when a manifest is deleted. */
export interface PlannedDeletion {
  /** As it was asked for. */
  readonly reference: string
  /** With its host. */
  readonly repository: string
  readonly digest: Digest
  /** Every tag that is known to point to the manifest, the newest first. */
  readonly tags: readonly string[]
  /** `false` where the repository has more tags than were looked at, so that others may go, too. */
  readonly isComplete: boolean
}

export interface DeletedFromRegistry {
  readonly reference: string
  readonly repository: string
  readonly digest: Digest
  /** The tags that are gone, as far as they were known. */
  readonly tags: readonly string[]
}

export interface DeleteOptions extends OperationOptions {
  /** Takes away the tag of the reference and leaves the manifest with its other tags; not every registry can. */
  readonly tagOnly?: boolean
}

/** How many tags are looked at at most, and at the same time: a look is a HEAD. */
const mostTags = 1000
const atOnce = 4

/**
 * Finds out what would go with a chart of a registry: its digest, and every tag that points to the same. Nothing changes.
 *
 * @param reference with a tag or a digest, for example `localhost:5000/myrepo/mychart:2.7.0`; it may be no chart
 * @throws ChartroomError `invalid-reference`, `not-found`, `unauthorized`, …
 */
export async function planDeletion(
  registries: Registries,
  reference: string,
  options: OperationOptions = {},
): Promise<PlannedDeletion> {
  const wanted = parseReference(reference)
  const name = requireName(wanted)
  return await whileDoing(`look at ${reference}`, async () => {
    const repository = registries.repository(wanted)
    const digest = await repository.requireDigest(name, options)
    const all = newestFirst(await repository.tags(options), (tag) => tag)
    const looked = all.slice(0, mostTags)
    let done = 0
    const shares = await inParallel(looked, atOnce, async (tag) => {
      const isSame = tag === wanted.tag || (await pointsTo(repository, tag, digest, options))
      done++
      options.onProgress?.({ step: 'listing', done, total: looked.length })
      return isSame
    })
    const tags = looked.filter((_, at) => shares[at] === true)
    const isListed = wanted.tag === undefined || tags.includes(wanted.tag)
    return {
      reference: formatReference(wanted),
      repository: repositoryName(wanted),
      digest,
      tags: isListed ? tags : newestFirst([...tags, name], (tag) => tag),
      isComplete: looked.length === all.length,
    }
  })
}

/**
 * Deletes what was planned: the manifest with all its tags, by its digest, so that nothing else goes where a tag was moved
 * meanwhile. Content that nothing needs any more goes when the registry next cleans up.
 *
 * @throws ChartroomError `unsupported` where the registry does not do it; `not-found`, `forbidden`, …
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#deleting-manifests
 */
export async function deleteFromRegistry(
  registries: Registries,
  { reference, repository: name, digest, tags }: PlannedDeletion,
  { tagOnly = false, ...options }: DeleteOptions = {},
): Promise<DeletedFromRegistry> {
  const wanted = parseReference(reference)
  return await whileDoing(`delete ${reference}`, async () => {
    const repository = registries.repository(wanted)
    if (tagOnly) {
      const tag = requireTag(wanted)
      await requireUnmoved(repository, tag, digest, options)
      await repository.delete(tag, options)
      return { reference, repository: name, digest, tags: [tag] }
    }
    try {
      await repository.delete(digest, options)
    } catch (error) {
      if (!wantsNoTags(error)) throw error
      const gone = await deleteTags(repository, tags, digest, options)
      await repository.delete(digest, options)
      return { reference, repository: name, digest, tags: gone }
    }
    return { reference, repository: name, digest, tags }
  })
}

async function pointsTo(
  repository: RegistryRepository,
  tag: string,
  digest: Digest,
  options: OperationOptions,
): Promise<boolean> {
  try {
    return (await repository.requireDigest(tag, options)) === digest
  } catch (error) {
    // Some registries list tags that are gone, or that not everybody may read.
    if (kindOf(error) === 'not-found' || kindOf(error) === 'forbidden') return false
    throw error
  }
}

/** @returns those of the tags that still pointed to the manifest, and are gone */
async function deleteTags(
  repository: RegistryRepository,
  tags: readonly string[],
  digest: Digest,
  options: OperationOptions,
): Promise<string[]> {
  const gone: string[] = []
  for (const tag of tags) {
    if (!(await pointsTo(repository, tag, digest, options))) continue
    await repository.delete(tag, options)
    gone.push(tag)
  }
  return gone
}

/** A tag that is gone, or that we may not look at, is an error that says so. */
async function requireUnmoved(
  repository: RegistryRepository,
  tag: string,
  digest: Digest,
  options: OperationOptions,
): Promise<void> {
  if ((await repository.requireDigest(tag, options)) === digest) return
  throw new ChartroomError('refused', {
    message: `${repository.name}:${tag} points to something else by now; nothing was deleted.`,
    reference: `${repository.name}:${tag}`,
    digest,
  })
}

function requireTag(reference: Reference): string {
  if (reference.tag !== undefined) return reference.tag
  const text = formatReference(reference)
  throw new ChartroomError('invalid-reference', {
    message: `${text} names no tag that could be taken away alone.`,
    advice: 'Write the tag in place of the digest.',
    reference: text,
  })
}

/** Google's registries delete a manifest only when no tag points to it. */
function wantsNoTags(error: unknown): boolean {
  return error instanceof ChartroomError && error.evidence.code === 'GOOGLE_MANIFEST_DANGLING_TAG'
}
