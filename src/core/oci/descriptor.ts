import { ChartroomError } from '../base/errors.ts'
import { digestOf, parseDigest, type Digest } from './digest.ts'

/**
 * What a piece of content is: type, digest, size in bytes.
 * @see https://github.com/opencontainers/image-spec/blob/main/descriptor.md
 */
export interface Descriptor {
  readonly mediaType: string
  readonly digest: Digest
  readonly size: number
  readonly annotations?: Readonly<Record<string, string>>
}

export function describe(mediaType: string, bytes: Uint8Array): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.length }
}

/**
 * Reads a descriptor from parsed JSON, keeping only what Chartroom uses: `urls` are dropped, because content is never
 * fetched from where a manifest says (CVE-2020-15157).
 *
 * @throws ChartroomError `integrity`
 */
export function parseDescriptor(value: unknown, where: string): Descriptor {
  if (typeof value !== 'object' || value === null) throw bad(where, 'is not an object')
  const { mediaType, digest, size, annotations } = value as Record<string, unknown>
  if (typeof mediaType !== 'string' || mediaType === '') throw bad(where, 'has no media type')
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw bad(where, 'has no valid size')
  const descriptor = { mediaType, digest: parseDigest(digest), size }
  return isStringRecord(annotations) ? { ...descriptor, annotations } : descriptor
}

export function isStringRecord(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((item) => typeof item === 'string')
  )
}

function bad(where: string, what: string): ChartroomError {
  return new ChartroomError('integrity', { message: `The descriptor of ${where} ${what}.` })
}
