import {
  formatReference,
  isRepository,
  isTag,
  parseReference,
  repositoryName,
  shortDigest,
} from '../../core/index.ts'

/** What the name of a cached chart says about its place in the tree. */
export interface NameParts {
  /** Empty where the name names none. */
  readonly host: string
  /** The repository with its host. */
  readonly name: string
  /** The tag, or `@` and a short digest. */
  readonly tag: string
}

/**
 * The parts of a name. Other programs write names that are no references, so what cannot be parsed is split at its last colon.
 * @param version of the chart, for a name without a tag; empty where it is not known
 */
export function nameParts(reference: string, version: string): NameParts {
  const colon = reference.lastIndexOf(':')
  const guess =
    colon > reference.lastIndexOf('/')
      ? { host: '', name: reference.slice(0, colon), tag: reference.slice(colon + 1) }
      : { host: '', name: reference, tag: version }
  try {
    const parsed = parseReference(reference)
    // A name that would be shown as another one must not be grouped with it.
    if (formatReference(parsed) !== reference) return guess
    const tag = parsed.digest === undefined ? parsed.tag : `@${shortDigest(parsed.digest)}`
    return { host: parsed.host, name: repositoryName(parsed), tag: tag ?? version }
  } catch {
    return guess
  }
}

/** The parts of a name at the same registry as the one before, as most are in a sorted list: parsing 10 000 takes a while. */
export function nextName(reference: string, before?: NameParts): NameParts | undefined {
  if (before === undefined || before.host === '') return undefined
  const { host } = before
  const colon = reference.lastIndexOf(':')
  const tag = reference.slice(colon + 1)
  if (!isTag(tag)) return undefined
  if (!reference.startsWith(`${host}/`) || !isRepository(reference.slice(host.length + 1, colon)))
    return undefined
  return { host, name: reference.slice(0, colon), tag }
}

/** What stands behind a repository and a colon, as in most names of a sorted list behind the repository of the one before. */
export function tagIn(repository: string, reference: string): string | undefined {
  const colon = reference.lastIndexOf(':')
  if (colon !== repository.length || !reference.startsWith(repository)) return undefined
  const tag = reference.slice(colon + 1)
  return tag.includes('/') ? undefined : tag
}
