import type { OperationOptions } from '../base/progress.ts'
import type { Registries } from '../registry/registries.ts'
import type { RegistryRepository } from '../registry/repository.ts'
import { kindOf } from '../base/errors.ts'
import type { Digest } from '../oci/digest.ts'
import { parseReference, tagOrDigest } from '../oci/reference.ts'
import { whileDoing } from './failure.ts'

/** What a registry has under a reference. */
export type TagLookUp =
  | { readonly kind: 'noRepository' }
  | { readonly kind: 'noTag' }
  | {
      readonly kind: 'taken'
      /** Of the manifest; missing where the registry does not say it. */
      readonly digest?: Digest
    }

/**
 * What a push to a reference would find at the registry: one HEAD, and where the tag is not there, the first page of the
 * repository's tags.
 *
 * @param reference with a tag, for example `localhost:5000/myrepo/mychart:2.7.0`
 * @throws ChartroomError `invalid-reference`, `unauthorized`, `unavailable`, …
 */
export async function lookUpTag(
  registries: Registries,
  reference: string,
  options: OperationOptions = {},
): Promise<TagLookUp> {
  const wanted = parseReference(reference)
  return await whileDoing(`look up ${reference}`, async () => {
    const repository = registries.repository(wanted)
    try {
      const digest = await repository.digestOf(tagOrDigest(wanted), options)
      return { kind: 'taken', ...(digest === undefined ? {} : { digest }) }
    } catch (error) {
      if (kindOf(error) !== 'not-found') throw error
      return { kind: (await hasTags(repository, options)) ? 'noTag' : 'noRepository' }
    }
  })
}

async function hasTags(repository: RegistryRepository, options: OperationOptions): Promise<boolean> {
  try {
    return (await repository.tagPages(options).read()).length > 0
  } catch (error) {
    if (kindOf(error) === 'not-found') return false
    throw error
  }
}
