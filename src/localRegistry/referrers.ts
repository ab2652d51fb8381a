import { mediaTypes } from '../core/oci/mediaTypes.ts'
import { jsonAnswer, type Answer } from './answer.ts'
import type { Call } from './call.ts'
import type { ManifestFacts } from './manifestFacts.ts'
import { requireDigest } from './registryError.ts'

/**
 * `GET …/referrers/DIGEST`: the manifests about another one, such as its signatures, all in one page; of one
 * `artifactType` only where the client asks for it. What they are about need not be there.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-referrers
 */
export async function listReferrers({ store, repository, target, query, options }: Call): Promise<Answer> {
  const digest = requireDigest(target)
  const wanted = query.get('artifactType') ?? ''
  const referrers = (await store.manifests(repository, options)).filter(
    ({ subject, artifactType }) => subject === digest && (wanted === '' || artifactType === wanted),
  )
  return jsonAnswer(
    200,
    { schemaVersion: 2, mediaType: mediaTypes.index, manifests: referrers.map(descriptorOf) },
    {
      'Content-Type': mediaTypes.index,
      ...(wanted === '' ? {} : { 'OCI-Filters-Applied': 'artifactType' }),
    },
  )
}

function descriptorOf({ descriptor, artifactType, annotations }: ManifestFacts): unknown {
  const { mediaType, digest, size } = descriptor
  const isAnnotated = Object.keys(annotations).length > 0
  return { mediaType, digest, size, artifactType, ...(isAnnotated ? { annotations } : {}) }
}
