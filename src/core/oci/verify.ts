import { ChartroomError } from '../base/errors.ts'
import type { Descriptor } from './descriptor.ts'
import { algorithmOf, Digester, digestOf, type Digest } from './digest.ts'

/**
 * Passes content on and fails before its end is reached where it is longer, shorter or other than its descriptor says.
 * What has gone by must not be trusted, and must not get a name, until the iteration ends without an error.
 *
 * @param what names the content in the error, for example "the chart layer of localhost:5000/a/b:1.0.0"
 * @throws ChartroomError `integrity`
 */
export async function* verified(
  content: AsyncIterable<Uint8Array>,
  descriptor: Descriptor,
  what: string,
): AsyncGenerator<Uint8Array> {
  const digester = new Digester(algorithmOf(descriptor.digest))
  let size = 0
  for await (const chunk of content) {
    size += chunk.length
    if (size > descriptor.size) throw wrongSize(what, descriptor, `at least ${size}`)
    digester.update(chunk)
    yield chunk
  }
  if (size !== descriptor.size) throw wrongSize(what, descriptor, size)
  const actual = digester.digest()
  if (actual !== descriptor.digest) throw wrongDigest(what, descriptor, actual)
}

/**
 * Does the same for content that has been read.
 * @param size of all of it, where no more than its beginning was read
 * @throws ChartroomError `integrity`
 */
export function verify(bytes: Uint8Array, descriptor: Descriptor, what: string, size = bytes.length): void {
  if (size !== descriptor.size) throw wrongSize(what, descriptor, size)
  const actual = digestOf(bytes, algorithmOf(descriptor.digest))
  if (actual !== descriptor.digest) throw wrongDigest(what, descriptor, actual)
}

/** Reads content of a known size whole, verified. Only for metadata: manifests and configs, never layers. */
export async function readVerified(
  content: AsyncIterable<Uint8Array>,
  descriptor: Descriptor,
  what: string,
): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of verified(content, descriptor, what)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function wrongSize(what: string, descriptor: Descriptor, actual: string | number): ChartroomError {
  return new ChartroomError('integrity', {
    message: `${what} is damaged: it should have ${descriptor.size} bytes but has ${actual}.`,
    digest: descriptor.digest,
    expected: descriptor.size,
    actual,
  })
}

function wrongDigest(what: string, { digest }: Descriptor, actual: Digest): ChartroomError {
  return new ChartroomError('integrity', {
    message: `${what} is damaged: it should hash to ${digest} but hashes to ${actual}.`,
    digest,
    expected: digest,
    actual,
  })
}
