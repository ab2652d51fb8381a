import { ChartroomError } from '../../base/errors.ts'
import type { HttpResponse } from './transport.ts'

/** Bytes of metadata that are read from the network at most: manifests, tag lists, pages of the catalogue. */
const maxMetadataSize = 4 * 1024 * 1024

/**
 * Reads the body of an answer whole.
 * @param what names the body in the error
 * @param limit bytes
 * @throws ChartroomError `too-large`
 */
export async function readBody(
  response: HttpResponse,
  what: string,
  limit = maxMetadataSize,
): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body) {
    size += chunk.length
    if (size > limit) {
      throw new ChartroomError('too-large', {
        message: `${what} is larger than ${limit} bytes, the most that is read.`,
        expected: limit,
      })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** The beginning of a body; the rest is not waited for. */
export async function readStart(response: HttpResponse, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= limit) break
  }
  return Buffer.concat(chunks).subarray(0, limit)
}

/** JSON from outside; `undefined` where it is none. */
export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}

/** A member of parsed JSON; `undefined` where there is none. */
export function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}
