import { readChunks } from '../core/files.ts'
import { isDigest } from '../core/oci/digest.ts'
import type { Answer } from './answer.ts'
import { RegistryError } from './registryError.ts'
import type { Call } from './call.ts'

/**
 * `GET` and `HEAD …/blobs/DIGEST`, with a single byte range if the client asks for one.
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-blobs
 */
export async function getBlob({ store, target, headers: asked, options }: Call): Promise<Answer> {
  if (!isDigest(target)) {
    throw new RegistryError('DIGEST_INVALID', `${JSON.stringify(target)} is not a sha256 or sha512 digest.`)
  }
  const facts = await store.blobs.factsOf(target)
  if (facts?.kind !== 'file') {
    throw new RegistryError('BLOB_UNKNOWN', `The registry has no blob ${target}.`, {
      detail: { digest: target },
    })
  }
  const { size } = facts
  const headers = {
    'Content-Type': 'application/octet-stream',
    'Docker-Content-Digest': target,
    'Accept-Ranges': 'bytes',
  }
  const path = store.blobs.pathOf(target)
  const range = rangeOf(asked.range, size)
  if (range === undefined) {
    return {
      status: 200,
      headers: { ...headers, 'Content-Length': String(size) },
      body: () => readChunks(path, options.signal),
    }
  }
  const { start, end } = range
  if (start > end) {
    throw new RegistryError('SIZE_INVALID', `The blob has ${size} bytes, none of them in that range.`, {
      status: 416,
      headers: { 'Content-Range': `bytes */${size}` },
    })
  }
  return {
    status: 206,
    headers: {
      ...headers,
      'Content-Length': String(end - start + 1),
      'Content-Range': `bytes ${start}-${end}/${size}`,
    },
    body: () => readChunks(path, options.signal, { start, end }),
  }
}

/**
 * First and last byte of a single range, counted from 0; the first is larger where no byte is in it. `undefined` for
 * everything else, which is answered as if nothing had been asked.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-14.1.2
 */
function rangeOf(
  header: string | undefined,
  size: number,
): { readonly start: number; readonly end: number } | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (first === undefined || last === undefined || first + last === '') return undefined
  if (first === '') return { start: Math.max(size - Number(last), 0), end: size - 1 }
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (last !== '' && Number(last) < Number(first)) return undefined
  return { start: Number(first), end }
}
