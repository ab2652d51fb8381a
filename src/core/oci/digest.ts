import { createHash, hash } from 'node:crypto'
import { ChartroomError } from '../base/errors.ts'

/**
 * `sha256:<64 lower-case hex>` or `sha512:<128>`, checked. A value of this type is safe as part of a path.
 * @see https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests
 */
export type Digest = string & { readonly __digest: unique symbol }

export type DigestAlgorithm = 'sha256' | 'sha512'

const grammar = /^(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$/
const anywhere = /\b(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})\b/g

export function isDigest(text: unknown): text is Digest {
  return typeof text === 'string' && grammar.test(text)
}

/** Every digest in a text, once. */
export function digestsIn(text: string): ReadonlySet<Digest> {
  return new Set(text.match(anywhere)?.filter(isDigest))
}

/** @throws ChartroomError `integrity` where the text is no digest that Chartroom can verify */
export function parseDigest(text: unknown): Digest {
  if (isDigest(text)) return text
  throw new ChartroomError('integrity', {
    message: `${typeof text === 'string' ? `"${text.slice(0, 100)}"` : 'a missing value'} is not a sha256 or sha512 digest.`,
  })
}

export function algorithmOf(digest: Digest): DigestAlgorithm {
  return digest.startsWith('sha512:') ? 'sha512' : 'sha256'
}

/** The hex part, as file names and the guide's `digest:` line show it. */
export function hexOf(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1)
}

/** The first seven hex characters, as lists show a digest. */
export function shortDigest(digest: Digest): string {
  return hexOf(digest).slice(0, 7)
}

export function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm = 'sha256'): Digest {
  return `${algorithm}:${hash(algorithm, bytes, 'hex')}` as Digest
}

/** Hashes a stream as it goes by. */
export class Digester {
  readonly #hash
  readonly #algorithm: DigestAlgorithm

  constructor(algorithm: DigestAlgorithm = 'sha256') {
    this.#algorithm = algorithm
    this.#hash = createHash(algorithm)
  }

  update(chunk: Uint8Array): void {
    this.#hash.update(chunk)
  }

  /** The digest of everything seen; may be asked once. */
  digest(): Digest {
    return `${this.#algorithm}:${this.#hash.digest('hex')}` as Digest
  }
}
