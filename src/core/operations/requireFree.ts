import type { Digest } from '../oci/digest.ts'
import type { ReadableTarget } from '../oci/target.ts'
import type { OperationOptions } from '../base/progress.ts'
import { ChartroomError, kindOf } from '../base/errors.ts'
import { shortDigest } from '../oci/digest.ts'

/** What is to have a name, and how to say that something else has it. */
export interface Claim {
  readonly manifestDigest: Digest
  readonly reference: string
  /** Completes "… holds another chart". */
  readonly where: 'in the cache' | 'at the registry'
  /** Completes "Nothing was …". */
  readonly done: 'pushed' | 'copied'
}

/**
 * Fails where a name stands for another manifest already.
 *
 * @param name as the target knows it
 * @throws ChartroomError `target-exists`
 */
export async function requireFree(
  target: ReadableTarget,
  name: string,
  { manifestDigest, reference, where, done }: Claim,
  options: OperationOptions,
): Promise<void> {
  const there = await target.resolve(name, options).catch((error: unknown) => {
    if (kindOf(error) === 'not-found') return undefined
    throw error
  })
  if (there === undefined || there.descriptor.digest === manifestDigest) return
  const { digest } = there.descriptor
  throw new ChartroomError('target-exists', {
    message: `${reference} holds another chart ${where} (${shortDigest(digest)}). Nothing was ${done}.`,
    reference,
    expected: manifestDigest,
    actual: digest,
  })
}
