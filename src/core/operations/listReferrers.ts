import type { Digest } from '../oci/digest.ts'
import type { OperationOptions } from '../base/progress.ts'
import type { Referrer } from '../registry/lists/referrers.ts'
import type { Registries } from '../registry/registries.ts'
import type { RegistryRepository } from '../registry/repository.ts'
import { kindOf, messageOf } from '../base/errors.ts'
import { inParallel } from '../base/inParallel.ts'
import { isIndex, parseManifest, type RawManifest } from '../oci/manifest.ts'
import { parseReference } from '../oci/reference.ts'
import { whileDoing } from './failure.ts'
import { requireName } from './requireName.ts'

/** Something that is attached to a chart at its registry. */
export interface Attachment {
  readonly what: 'signature' | 'sbom' | 'provenance' | 'other'
  /** For example `application/spdx+json`. */
  readonly artifactType: string
  /** Of its manifest. */
  readonly digest: Digest
  /** Bytes of its content; of its manifest, where that could not be read. */
  readonly size: number
}

/** How cosign ends the tags under which it keeps what it attaches, which it does at registries with the interface, too. */
const cosignTags = [
  { suffix: 'sig', what: 'signature' },
  { suffix: 'att', what: 'provenance' },
  { suffix: 'sbom', what: 'sbom' },
] as const

/** How many attachments are looked into at most, and at the same time. */
const most = 50
const atOnce = 4

/**
 * What is attached to a chart at its registry: signatures, bills of materials, where it was built. Nothing of it is checked.
 * Takes the digest of the chart, the list, a manifest for each attachment, and a request for each tag that cosign may have made.
 *
 * @param reference with a tag or a digest
 * @throws ChartroomError `invalid-reference`, `not-found`, `unauthorized`, …
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-referrers
 */
export async function listReferrers(
  registries: Registries,
  reference: string,
  options: OperationOptions = {},
): Promise<Attachment[]> {
  const wanted = parseReference(reference)
  const name = requireName(wanted)
  return await whileDoing(`look for what is attached to ${reference}`, async () => {
    const repository = registries.repository(wanted)
    const digest = wanted.digest ?? (await repository.requireDigest(name, options))
    const referrers = (await repository.referrers(digest, options)).slice(0, most)
    const listed = await inParallel(
      referrers,
      atOnce,
      async (referrer) => await lookInto(repository, referrer, options),
    )
    const tagged = await inParallel(
      cosignTags,
      atOnce,
      async (tag) => await lookUnder(repository, digest, tag, options),
    )
    const known = new Set(listed.map((attachment) => attachment.digest))
    return [...listed, ...tagged.flat().filter((attachment) => !known.has(attachment.digest))]
  })
}

async function lookInto(
  repository: RegistryRepository,
  referrer: Referrer,
  options: OperationOptions,
): Promise<Attachment> {
  const { digest, size, mediaType, artifactType = mediaType } = referrer
  try {
    return attachmentOf(await repository.resolve(digest, options), referrer, repository.name)
  } catch (error) {
    tellUnreadable(error, `${repository.name}@${digest} is attached and cannot be read.`, options)
    return { what: kindOfType(artifactType), artifactType, digest, size }
  }
}

/** What cosign attached under one of its tags: one or none. */
async function lookUnder(
  repository: RegistryRepository,
  digest: Digest,
  { suffix, what }: (typeof cosignTags)[number],
  options: OperationOptions,
): Promise<Attachment[]> {
  try {
    const raw = await repository.cosignManifest(digest, suffix, options)
    return raw === undefined ? [] : [{ ...attachmentOf(raw, raw.descriptor, repository.name), what }]
  } catch (error) {
    tellUnreadable(error, `What cosign attached to ${repository.name}@${digest} cannot be read.`, options)
    return []
  }
}

/** One that cannot be read leaves the others to be shown. */
function tellUnreadable(error: unknown, warning: string, { log }: OperationOptions): void {
  const kind = kindOf(error)
  if (kind === undefined || kind === 'cancelled') throw error
  log?.warn(`${warning} ${messageOf(error)}`)
}

/** Lists leave out what an attachment is, and its size in a list is that of its manifest. */
function attachmentOf(
  raw: RawManifest,
  { digest, size, mediaType, artifactType }: Referrer,
  repository: string,
): Attachment {
  const told = artifactType ?? mediaType
  const manifest = parseManifest(raw, `${repository}@${digest}`)
  if (isIndex(manifest)) return { what: kindOfType(told), artifactType: told, digest, size }
  const types = [artifactType, manifest.config.mediaType, ...manifest.layers.map((layer) => layer.mediaType)]
  return {
    what: types.map((each) => kindOfType(each ?? '')).find((what) => what !== 'other') ?? 'other',
    artifactType:
      artifactType ?? types.find((each) => each !== undefined && !tellingNothing.has(each)) ?? told,
    digest,
    size: manifest.layers.reduce((sum, layer) => sum + layer.size, 0),
  }
}

/** What stands for no config, and what cosign writes in its place. */
const tellingNothing: ReadonlySet<string> = new Set([
  'application/vnd.oci.empty.v1+json',
  'application/vnd.oci.image.config.v1+json',
])

/** The types that cosign, notation, syft, Docker's build and GitHub's attestations write. */
function kindOfType(type: string): Attachment['what'] {
  if (/spdx|cyclonedx|syft|sbom/i.test(type)) return 'sbom'
  if (/in-toto|slsa|dsse|provenance/i.test(type)) return 'provenance'
  if (/notary\.signature|simplesigning|cosign.*sig|sigstore\.bundle|signature/i.test(type)) return 'signature'
  return 'other'
}
