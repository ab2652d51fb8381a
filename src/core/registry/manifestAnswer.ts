import { ChartroomError } from '../base/errors.ts'
import { algorithmOf, digestOf, isDigest, type Digest } from '../oci/digest.ts'
import type { RawManifest } from '../oci/manifest.ts'
import { bareMediaType, mediaTypes } from '../oci/mediaTypes.ts'
import { memberOf, parseJson } from './transport/readBody.ts'
import { TransientError } from './transport/retry.ts'
import { header, type HttpResponse } from './transport/transport.ts'

export interface Wanted {
  /** What was asked for, where it was a digest. */
  readonly digest: Digest | undefined
  /** Names the manifest in errors. */
  readonly what: string
  /** Whether `Docker-Content-Digest` is known to be wrong. */
  readonly ignoreHeader: boolean
}

/**
 * A manifest as it came, checked: the bytes decide about the digest, and nobody may have said otherwise.
 * @throws TransientError `integrity`, worth one more try: what was damaged on the way comes whole then
 */
export function receivedManifest(
  response: Pick<HttpResponse, 'headers'> & { readonly bytes: Buffer },
  { digest, what, ignoreHeader }: Wanted,
): RawManifest {
  const { bytes } = response
  const declared = header(response, 'docker-content-digest')
  const expected = digest ?? (isDigest(declared) && !ignoreHeader ? declared : undefined)
  const actual = digestOf(bytes, expected === undefined ? 'sha256' : algorithmOf(expected))
  if (expected !== undefined && expected !== actual) {
    const says =
      digest === undefined ? 'the registry says that its manifest hashes' : 'its manifest should hash'
    const message = `${what} is damaged: ${says} to ${expected}, but it hashes to ${actual}.`
    throw new TransientError('integrity', { message, digest: expected, expected, actual }, { tries: 2 })
  }
  return { descriptor: { mediaType: mediaTypeOf(response), digest: actual, size: bytes.length }, bytes }
}

/**
 * Checks what the registry says it has stored.
 * @param what was sent, to begin the error's sentence with
 * @throws ChartroomError `integrity`
 */
export function checkReturnedDigest(response: HttpResponse, sent: Digest, what: string): void {
  const stored = header(response, 'docker-content-digest')
  if (!isDigest(stored) || algorithmOf(stored) !== algorithmOf(sent) || stored === sent) return
  throw new ChartroomError('integrity', {
    message: `${what} did not arrive whole: what was sent hashes to ${sent}, but the registry stored ${stored}.`,
    digest: sent,
    expected: sent,
    actual: stored,
  })
}

/** What the answer calls itself; what the document calls itself where the answer says nothing of use. */
function mediaTypeOf(response: Pick<HttpResponse, 'headers'> & { readonly bytes: Buffer }): string {
  const type = bareMediaType(header(response, 'content-type') ?? '')
  const says = type !== '' && type !== 'application/json' && type !== 'application/octet-stream'
  return says && !type.startsWith('text/') ? type : (ownMediaType(response.bytes) ?? mediaTypes.manifest)
}

function ownMediaType(bytes: Buffer): string | undefined {
  const type = memberOf(parseJson(bytes), 'mediaType')
  return typeof type === 'string' && type !== '' ? type : undefined
}
