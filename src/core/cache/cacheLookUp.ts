import { bytewiseTexts } from '../base/bytewise.ts'
import { ChartroomError } from '../base/errors.ts'
import { findEntry, namedEntries, type IndexEntry, type IndexFile } from '../layout/indexFile.ts'
import { formatReference, parseReference, repositoryName } from '../oci/reference.ts'

/**
 * The entry that a reference means: first byte for byte as a name in the index, then as it parses.
 * @throws ChartroomError `invalid-reference` where it is neither in the index nor a reference
 */
export function lookUp(
  index: IndexFile,
  reference: string,
): { readonly name: string; readonly entry: IndexEntry } | undefined {
  const literal = findEntry(index, reference)
  if (literal !== undefined) return { name: reference, entry: literal }
  const name = formatReference(parseReference(reference))
  const entry = findEntry(index, name)
  return entry === undefined ? undefined : { name, entry }
}

/** Why there is nothing under a reference, with what there is in its place. */
export function notCached(index: IndexFile, text: string): ChartroomError {
  const reference = parseReference(text)
  const name = formatReference(reference)
  const repository = repositoryName(reference)
  const names = bytewiseTexts([...namedEntries(index).keys()])
  const near = names.filter(
    (other) => other.startsWith(`${repository}:`) || other.startsWith(`${repository}@`),
  )
  const isIncomplete = near.length > 0 && reference.tag === undefined && reference.digest === undefined
  const chart = repository.slice(repository.lastIndexOf('/') + 1)
  const similar = near.length > 0 ? near : names.filter((other) => other.includes(`/${chart}:`))
  return new ChartroomError(isIncomplete ? 'invalid-reference' : 'not-found', {
    message: isIncomplete ? `${name} needs a tag.` : `${name} is not in the cache.`,
    advice: similar.length > 0 ? `The cache has ${someOf(similar)}.` : 'Save or pull it first.',
    reference: name,
  })
}

function someOf(names: readonly string[]): string {
  return names.length > 10 ? `${names.slice(0, 10).join(', ')}, …` : names.join(', ')
}
