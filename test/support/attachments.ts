import { Readable } from 'node:stream'
import { describe as describeBytes, type Descriptor } from '../../src/core/oci/descriptor.ts'
import type { Digest } from '../../src/core/oci/digest.ts'
import { mediaTypes } from '../../src/core/oci/mediaTypes.ts'
import type { RawManifest } from '../../src/core/oci/manifest.ts'
import type { RegistryRepository } from '../../src/core/registry/repository.ts'

/** What signers and scanners attach to a chart; the content is the name. */
export const attachedTypes = {
  signature: 'application/vnd.cncf.notary.signature',
  sbom: 'application/spdx+json',
  provenance: 'application/vnd.in-toto+json',
} as const

/** What the signature of cosign is. */
export const cosignType = 'application/vnd.dev.cosign.simplesigning.v1+json'

/**
 * Attaches a signature, a bill of materials and a provenance to a manifest, as clients do: where the registry does not
 * keep account of it, under the tag that stands in.
 */
export async function attachToChart(repository: RegistryRepository, digest: Digest): Promise<void> {
  const subject = (await repository.resolve(digest)).descriptor
  const manifests: unknown[] = []
  for (const [text, artifactType] of Object.entries(attachedTypes)) {
    const { descriptor } = await attach(repository, subject, artifactType, text)
    manifests.push({ ...descriptor, artifactType })
  }
  if ((await repository.referrers(digest)).length === manifests.length) return
  const index = rawOf(mediaTypes.index, { schemaVersion: 2, mediaType: mediaTypes.index, manifests })
  await repository.tag(index, digest.replace(':', '-'))
}

/** Attaches a signature as cosign does: under a tag made of the digest, whatever the registry can. */
export async function signAsCosign(repository: RegistryRepository, digest: Digest): Promise<void> {
  const config = await push(repository, 'application/vnd.oci.image.config.v1+json', '{"rootfs":{}}')
  const layer = await push(repository, cosignType, 'signed by cosign')
  const { manifest: mediaType } = mediaTypes
  const manifest = rawOf(mediaType, { schemaVersion: 2, mediaType, config, layers: [layer] })
  await repository.tag(manifest, `${digest.replace(':', '-')}.sig`)
}

async function attach(
  repository: RegistryRepository,
  subject: Descriptor,
  artifactType: string,
  text: string,
): Promise<RawManifest> {
  const config = await push(repository, 'application/vnd.oci.empty.v1+json', '{}')
  const layer = await push(repository, artifactType, text)
  const { manifest: mediaType } = mediaTypes
  const content = { schemaVersion: 2, mediaType, artifactType, config, layers: [layer], subject }
  const manifest = rawOf(mediaType, content)
  await repository.tag(manifest, manifest.descriptor.digest)
  return manifest
}

async function push(repository: RegistryRepository, type: string, text: string): Promise<Descriptor> {
  const bytes = Buffer.from(text)
  const descriptor = describeBytes(type, bytes)
  await repository.push(descriptor, () => Readable.from([bytes]))
  return descriptor
}

function rawOf(mediaType: string, content: unknown): RawManifest {
  const bytes = Buffer.from(JSON.stringify(content))
  return { descriptor: describeBytes(mediaType, bytes), bytes }
}
