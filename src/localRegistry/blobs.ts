import { readChunks, removeFile } from '../core/base/files.ts'
import type { Digest } from '../core/oci/digest.ts'
import type { Answer } from './answer.ts'
import { RegistryError, requireDigest } from './registryError.ts'
import type { Call } from './call.ts'

/**
 * `GET` and `HEAD …/blobs/DIGEST`, with a single byte range if the client asks for one.
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-blobs
 */
export async function getBlob(call: Call): Promise<Answer> {
  const { store, headers: asked, options } = call
  const { digest, size } = await requireBlob(call)
  const headers = {
    'Content-Type': 'application/octet-stream',
    'Docker-Content-Digest': digest,
    'Accept-Ranges': 'bytes',
  }
  const path = store.blobs.pathOf(digest)
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
 * `DELETE …/blobs/DIGEST`: removes a blob. All repositories share their blobs, so one that any manifest needs stays.
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#deleting-blobs
 */
export async function deleteBlob(call: Call): Promise<Answer> {
  const { store } = call
  await store.inTurn(async () => {
    const { digest } = await requireBlob(call)
    const user = await userOf(digest, call)
    if (user !== undefined) {
      throw new RegistryError('UNSUPPORTED', `${user} needs the blob ${digest}; delete that manifest first.`)
    }
    await removeFile(store.blobs.pathOf(digest))
  })
  return { status: 202 }
}

/** A manifest that needs the blob or is stored in it, as `REPOSITORY@DIGEST`. */
async function userOf(digest: Digest, { store, options }: Call): Promise<string | undefined> {
  for (const repository of await store.repositories()) {
    for (const { descriptor, parts } of await store.manifests(repository, options)) {
      if ([descriptor, ...parts].some((part) => part.digest === digest))
        return `${repository}@${descriptor.digest}`
    }
  }
  return undefined
}

async function requireBlob({
  store,
  target,
}: Call): Promise<{ readonly digest: Digest; readonly size: number }> {
  const digest = requireDigest(target)
  const facts = await store.blobs.factsOf(digest)
  if (facts?.kind === 'file') return { digest, size: facts.size }
  throw new RegistryError('BLOB_UNKNOWN', `The registry has no blob ${digest}.`, { detail: { digest } })
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
