import type { IncomingHttpHeaders } from 'node:http'
import { isDigest, type Digest } from '../core/oci/digest.ts'
import { isRepository } from '../core/oci/reference.ts'
import type { Answer } from './answer.ts'
import { RegistryError, requireDigest, sentenceOf } from './registryError.ts'
import type { Call } from './call.ts'
import type { Upload } from './uploads.ts'

/**
 * `POST …/blobs/uploads/`: takes a blob from another repository (`mount` and `from`), takes a whole one in the body
 * (`digest`), or begins an upload.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-blobs
 */
export async function startUpload(call: Call): Promise<Answer> {
  const { store, repository, query } = call
  const mounted = await mountable(call)
  if (mounted !== undefined) return created(repository, mounted)
  const digest = query.get('digest')
  if (digest !== null) requireDigest(digest)
  const upload = store.uploads.start(repository)
  return digest === null ? progress(202, upload) : await finish(call, upload, requireDigest(digest))
}

/** `PATCH …/uploads/ID`: adds the body to an upload. */
export async function appendUpload(call: Call): Promise<Answer> {
  const upload = find(call)
  await append(call, upload)
  return progress(202, upload)
}

/** `PUT …/uploads/ID?digest=…`: adds the body, if there is one, verifies the whole and gives it its name. */
export async function finishUpload(call: Call): Promise<Answer> {
  const upload = find(call)
  return await finish(call, upload, requireDigest(call.query.get('digest') ?? ''))
}

/** `GET …/uploads/ID`: how far an upload is. */
export function showUpload(call: Call): Promise<Answer> {
  return Promise.resolve(progress(204, find(call)))
}

/** `DELETE …/uploads/ID`: ends an upload that is no longer wanted. */
export async function cancelUpload(call: Call): Promise<Answer> {
  await call.store.uploads.end(find(call))
  return { status: 204 }
}

function find({ store, repository, target }: Call): Upload {
  return store.uploads.find(target, repository)
}

async function append({ store, headers, body }: Call, upload: Upload): Promise<void> {
  checkRange(headers, upload)
  await store.uploads.append(upload, body)
}

async function finish(call: Call, upload: Upload, digest: Digest): Promise<Answer> {
  const { store, repository, headers, options } = call
  if (hasBody(headers)) await append(call, upload)
  const descriptor = { mediaType: 'application/octet-stream', digest, size: upload.size }
  try {
    await store.blobs.add(descriptor, () => store.uploads.read(upload), options)
  } catch (error) {
    throw new RegistryError('DIGEST_INVALID', sentenceOf(error, 'integrity'))
  } finally {
    await store.uploads.end(upload)
  }
  return created(repository, digest)
}

/** The blob that the client wants to use again, where it is there; else an upload begins, as for any other. */
async function mountable({ store, query }: Call): Promise<Digest | undefined> {
  const mount = query.get('mount')
  if (!isDigest(mount) || !isRepository(query.get('from') ?? '')) return undefined
  return (await store.blobs.factsOf(mount))?.kind === 'file' ? mount : undefined
}

/** A chunk must begin where the last one ended. */
function checkRange(headers: IncomingHttpHeaders, upload: Upload): void {
  const range = headers['content-range']
  if (range === undefined) return
  const [, start = '', end = ''] = /^(?:bytes )?(\d+)-(\d+)(?:\/(?:\d+|\*))?$/.exec(range) ?? []
  const length = headers['content-length']
  if (length !== undefined && Number(end) - Number(start) + 1 !== Number(length)) {
    throw new RegistryError('SIZE_INVALID', `Content-Range is ${range}, but Content-Length is ${length}.`)
  }
  if (start !== '' && Number(start) === upload.size) return
  throw new RegistryError(
    'BLOB_UPLOAD_INVALID',
    `The upload has ${upload.size} bytes; ${range} does not follow.`,
    {
      status: 416,
      headers: whereabouts(upload),
    },
  )
}

function hasBody({ 'content-length': length, 'transfer-encoding': encoding }: IncomingHttpHeaders): boolean {
  return encoding !== undefined || Number(length ?? 0) > 0
}

function created(repository: string, digest: Digest): Answer {
  return {
    status: 201,
    headers: { Location: `/v2/${repository}/blobs/${digest}`, 'Docker-Content-Digest': digest },
  }
}

function progress(status: number, upload: Upload): Answer {
  return { status, headers: whereabouts(upload) }
}

/** An upload without a byte has the range 0-0, as Docker's registry says it. */
function whereabouts({ id, repository, size }: Upload): Record<string, string> {
  return {
    Location: `/v2/${repository}/blobs/uploads/${id}`,
    Range: `0-${Math.max(size - 1, 0)}`,
    'Docker-Upload-UUID': id,
  }
}
