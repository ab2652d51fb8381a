import { ChartroomError } from '../base/errors.ts'
import { formatReference, type Reference } from '../oci/reference.ts'

/**
 * Refuses a name for something new that is a digest.
 * @throws ChartroomError `invalid-reference`
 */
export function refuseDigest(wanted: Reference): void {
  if (wanted.digest === undefined) return
  const reference = formatReference(wanted)
  throw new ChartroomError('invalid-reference', {
    message: `${reference} names a digest, and what a chart hashes to is not ours to choose.`,
    advice: 'Save it under a tag.',
    reference,
  })
}
