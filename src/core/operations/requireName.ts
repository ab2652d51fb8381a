import { ChartroomError } from '../base/errors.ts'
import { formatReference, tagOrDigest, type Reference } from '../oci/reference.ts'

/**
 * The tag or digest of a reference that has to name one manifest.
 * @throws ChartroomError `invalid-reference`
 */
export function requireName(reference: Reference): string {
  const name = tagOrDigest(reference)
  if (name !== '') return name
  const text = formatReference(reference)
  throw new ChartroomError('invalid-reference', {
    message: `${text} needs a tag.`,
    advice: `Write it behind the repository, for example ${text}:1.0.0.`,
    reference: text,
  })
}
