import { algorithmOf, digestOf, isDigest, type Digest } from '../core/oci/digest.ts'
import type { Descriptor } from '../core/oci/descriptor.ts'
import { isIndex, maxManifestSize, parseManifest, type RawManifest } from '../core/oci/manifest.ts'
import { acceptedManifests, bareMediaType } from '../core/oci/mediaTypes.ts'
import type { Answer } from './answer.ts'
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
    throw new RegistryError('MANIFEST_UNKNOWN', `${repository} has no manifest ${JSON.stringify(target)}.`, {
      detail: sentenceOf(error, 'not-found'),
    })
  }
}

/**
 * `PUT …/manifests/TAG` or `…/DIGEST`: stores a manifest whose contents are all there.
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests
 */
export async function putManifest(call: Call): Promise<Answer> {
  const { store, repository, target, headers, body, options } = call
  const tag = isDigest(target) ? undefined : requireTag(target)
  const manifest = describeManifest(target, mediaTypeOf(headers['content-type']), await readWhole(body))
  for (const part of partsOf(manifest, repository)) await requirePart(call, part)
  await store.storeManifest(repository, manifest, tag, options)
  const { digest } = manifest.descriptor
  return {
    status: 201,
    headers: { Location: `/v2/${repository}/manifests/${digest}`, 'Docker-Content-Digest': digest },
  }
}

interface Part {
  readonly descriptor: Descriptor
  readonly isManifest: boolean
}

/** What a manifest needs: an image its config and layers, an index the manifests it names. */
function partsOf(manifest: RawManifest, repository: string): Part[] {
  try {
    const parsed = parseManifest(manifest, repository)
    return isIndex(parsed)
      ? parsed.manifests.map((descriptor) => ({ descriptor, isManifest: true }))
      : [parsed.config, ...parsed.layers].map((descriptor) => ({ descriptor, isManifest: false }))
  } catch (error) {
    throw new RegistryError('MANIFEST_INVALID', sentenceOf(error, 'integrity'))
  }
}

async function requirePart(call: Call, { descriptor, isManifest }: Part): Promise<void> {
  const { digest, size } = descriptor
  const facts = await call.store.blobs.factsOf(digest)
  if (facts?.kind !== 'file' || (isManifest && !(await isListed(call, digest)))) {
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

async function isListed({ store, repository, options }: Call, digest: Digest): Promise<boolean> {
  const { entries } = await store.layoutOf(repository).readIndex(options)
  return entries.some(({ descriptor }) => descriptor?.digest === digest)
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
