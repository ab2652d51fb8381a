import type { Digest } from '../oci/digest.ts'
import type { OperationOptions } from '../progress.ts'
import type { Referrer } from '../registry/lists/referrers.ts'
import type { Registries } from '../registry/registries.ts'
import type { RegistryRepository } from '../registry/repository.ts'
import { kindOf } from '../errors.ts'
import { inParallel } from '../inParallel.ts'
import { isIndex, parseManifest } from '../oci/manifest.ts'
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

/** How many attachments are looked into at most, and at the same time. */
const most = 50
const atOnce = 4

/**
 * What is attached to a chart at its registry: signatures, bills of materials, where it was built. Nothing of it is checked.
 * Takes the digest of the chart, the list, and a manifest for each attachment.
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
    return await inParallel(
      referrers,
      atOnce,
      async (referrer) => await lookInto(repository, referrer, options),
    )
  })
}

/** Lists leave out what an attachment is, and its size in a list is that of its manifest. */
async function lookInto(
  repository: RegistryRepository,
  { digest, size, mediaType, artifactType }: Referrer,
  options: OperationOptions,
): Promise<Attachment> {
  const told = artifactType ?? mediaType
  try {
    const raw = await repository.resolve(digest, options)
    const manifest = parseManifest(raw, `${repository.name}@${digest}`)
    if (isIndex(manifest)) return { what: kindOfType(told), artifactType: told, digest, size }
    const types = [
      artifactType,
      manifest.config.mediaType,
      ...manifest.layers.map((layer) => layer.mediaType),
    ]
    const type = artifactType ?? types.find((each) => each !== undefined && each !== emptyType) ?? told
    return {
      what: types.map((each) => kindOfType(each ?? '')).find((what) => what !== 'other') ?? 'other',
      artifactType: type,
      digest,
      size: manifest.layers.reduce((sum, layer) => sum + layer.size, 0),
    }
  } catch (error) {
    const kind = kindOf(error)
    if (kind === undefined || kind === 'cancelled') throw error
    options.log?.warn(`${repository.name}@${digest} is attached and cannot be read.`)
    return { what: kindOfType(told), artifactType: told, digest, size }
  }
}

/** What stands for no config. */
const emptyType = 'application/vnd.oci.empty.v1+json'

/** The types that cosign, notation, syft, Docker's build and GitHub's attestations write. */
function kindOfType(type: string): Attachment['what'] {
  if (/spdx|cyclonedx|syft|sbom/i.test(type)) return 'sbom'
  if (/in-toto|slsa|dsse|provenance/i.test(type)) return 'provenance'
  if (/notary\.signature|simplesigning|cosign.*sig|sigstore\.bundle|signature/i.test(type)) return 'signature'
  return 'other'
}
