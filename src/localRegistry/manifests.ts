import { algorithmOf, digestOf, isDigest } from '../core/oci/digest.ts'
import type { Descriptor } from '../core/oci/descriptor.ts'
import { maxManifestSize, type RawManifest } from '../core/oci/manifest.ts'
import { acceptedManifests, bareMediaType } from '../core/oci/mediaTypes.ts'
import type { Answer } from './answer.ts'
import { factsOfManifest, type ManifestFacts } from './manifestFacts.ts'
import { RegistryError, sentenceOf } from './registryError.ts'
import type { Call } from './call.ts'

const tagGrammar = /^\w[\w.-]{0,127}$/

/**
 * `GET` and `HEAD …/manifests/TAG` or `…/DIGEST`: the bytes that were pushed, with their own media type whatever the
 * client accepts.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
 */
export async function getManifest({ store, repository, target, options }: Call): Promise<Answer> {
  const layout = store.layoutOf(repository)
  try {
    const { descriptor, bytes } = await layout.resolve(target, options)
    return {
      status: 200,
      headers: { 'Content-Type': descriptor.mediaType, 'Docker-Content-Digest': descriptor.digest },
      body: bytes,
    }
  } catch (error) {
    throw unknownManifest(repository, target, sentenceOf(error, 'not-found'))
  }
}

/**
 * `PUT …/manifests/TAG` or `…/DIGEST`: stores a manifest whose contents are all there. What it is about need not be.
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests
 */
export async function putManifest(call: Call): Promise<Answer> {
  const { store, repository, target, headers, body, options } = call
  const tag = isDigest(target) ? undefined : requireTag(target)
  const manifest = describeManifest(target, mediaTypeOf(headers['content-type']), await readWhole(body))
  const { parts, isIndex, subject } = describeParts(manifest, repository)
  await store.inTurn(async () => {
    for (const part of parts) await requirePart(call, part, isIndex)
    await store.storeManifest(repository, manifest, tag, options)
  })
  const { digest } = manifest.descriptor
  return {
    status: 201,
    headers: {
      Location: `/v2/${repository}/manifests/${digest}`,
      'Docker-Content-Digest': digest,
      // By this a client knows that it need not keep a list of referrers itself.
      ...(subject === undefined ? {} : { 'OCI-Subject': subject }),
    },
  }
}

/**
 * `DELETE …/manifests/TAG` takes the tag away; `…/DIGEST` the manifest with all its tags. Its blobs stay.
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#deleting-tags
 */
export async function deleteManifest({ store, repository, target, options }: Call): Promise<Answer> {
  if (await store.removeManifest(repository, target, options)) return { status: 202 }
  throw unknownManifest(repository, target)
}

function unknownManifest(repository: string, target: string, detail?: unknown): RegistryError {
  return new RegistryError('MANIFEST_UNKNOWN', `${repository} has no manifest ${JSON.stringify(target)}.`, {
    detail,
  })
}

function describeParts(manifest: RawManifest, repository: string): ManifestFacts {
  try {
    return factsOfManifest(manifest, repository)
  } catch (error) {
    throw new RegistryError('MANIFEST_INVALID', sentenceOf(error, 'integrity'))
  }
}

async function requirePart(call: Call, { digest, size }: Descriptor, isManifest: boolean): Promise<void> {
  const { store, repository, options } = call
  const facts = await store.blobs.factsOf(digest)
  if (facts?.kind !== 'file' || (isManifest && !(await store.lists(repository, digest, options)))) {
    throw new RegistryError('MANIFEST_BLOB_UNKNOWN', `The manifest needs ${digest}, which is not here.`, {
      detail: { digest },
    })
  }
  if (facts.size !== size) {
    throw new RegistryError(
      'MANIFEST_INVALID',
      `The manifest says ${digest} has ${size} bytes, not ${facts.size}.`,
    )
  }
}

function describeManifest(target: string, mediaType: string, bytes: Buffer): RawManifest {
  const expected = isDigest(target) ? target : undefined
  const digest = digestOf(bytes, expected === undefined ? 'sha256' : algorithmOf(expected))
  if (expected !== undefined && digest !== expected) {
    throw new RegistryError('DIGEST_INVALID', `The manifest hashes to ${digest}, not to ${expected}.`)
  }
  return { descriptor: { mediaType, digest, size: bytes.length }, bytes }
}

function mediaTypeOf(contentType = ''): string {
  const mediaType = bareMediaType(contentType)
  if (acceptedManifests.includes(mediaType)) return mediaType
  const given = mediaType === '' ? 'nothing' : JSON.stringify(mediaType)
  throw new RegistryError(
    'MANIFEST_INVALID',
    `Content-Type is ${given}, which is no type of manifest known here.`,
  )
}

function requireTag(text: string): string {
  if (tagGrammar.test(text)) return text
  throw new RegistryError(
    'TAG_INVALID',
    `${JSON.stringify(text)} is not a tag: it has letters, digits, and _ . - after the first character, 128 at most.`,
  )
}

/** Reads a body of bounded size whole. */
async function readWhole(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > maxManifestSize) {
      throw new RegistryError('SIZE_INVALID', `A manifest may have ${maxManifestSize} bytes.`, {
        status: 413,
      })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
