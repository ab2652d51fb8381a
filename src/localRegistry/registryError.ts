import { ChartroomError, kindOf, messageOf, type ErrorKind } from '../core/base/errors.ts'
import { fileError } from '../core/base/fileError.ts'
import { isDigest, type Digest } from '../core/oci/digest.ts'
import { jsonAnswer, type Answer } from './answer.ts'

/** The error codes of the specification, those of Docker's registry that it lacks, and the usual status of each. */
const statuses = {
  BLOB_UNKNOWN: 404,
  BLOB_UPLOAD_INVALID: 400,
  BLOB_UPLOAD_UNKNOWN: 404,
  DIGEST_INVALID: 400,
  MANIFEST_BLOB_UNKNOWN: 400,
  MANIFEST_INVALID: 400,
  MANIFEST_UNKNOWN: 404,
  NAME_INVALID: 400,
  NAME_UNKNOWN: 404,
  PAGINATION_NUMBER_INVALID: 400,
  SIZE_INVALID: 400,
  TAG_INVALID: 400,
  UNAUTHORIZED: 401,
  UNSUPPORTED: 405,
} as const

export interface RegistryErrorDetails {
  /** Where the status is not the code's usual one. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly detail?: unknown
}

/** A request that cannot be served, as the client is told. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError'
  readonly answer: Answer

  constructor(
    code: keyof typeof statuses,
    message: string,
    { status = statuses[code], headers, detail }: RegistryErrorDetails = {},
  ) {
    super(message)
    this.answer = jsonAnswer(status, errors(code, message, detail), headers)
  }
}

/**
 * What a client is told of an error of any origin.
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes
 */
export function errorAnswer(error: unknown): Answer {
  if (error instanceof RegistryError) return error.answer
  const known = fileError(error, 'serve the request')
  const message = known instanceof ChartroomError ? known.message : 'The registry failed; its log says why.'
  return jsonAnswer(otherStatuses[kindOf(known) ?? 'cancelled'] ?? 500, errors('UNKNOWN', message))
}

/** @throws RegistryError `DIGEST_INVALID` */
export function requireDigest(text: string): Digest {
  if (isDigest(text)) return text
  throw new RegistryError('DIGEST_INVALID', `${JSON.stringify(text)} is not a sha256 or sha512 digest.`)
}

/** The message of a `ChartroomError` of that kind; any other error goes on. */
export function sentenceOf(error: unknown, kind: ErrorKind): string {
  if (kindOf(error) !== kind) throw error
  return messageOf(error)
}

const otherStatuses: Readonly<Partial<Record<ErrorKind, number>>> = { 'disk-full': 507, 'store-locked': 503 }

function errors(code: string, message: string, detail?: unknown): unknown {
  return { errors: [{ code, message, ...(detail === undefined ? {} : { detail }) }] }
}
