import type { ChartCache } from '../cache/cache.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import type { RawManifest } from '../oci/manifest.ts'
import type { Content } from '../oci/target.ts'
import type { OperationOptions } from '../base/progress.ts'
import type { Registries } from '../registry/registries.ts'
import type { RegistryRepository } from '../registry/repository.ts'
import { formatReference, parseReference, tagOrDigest } from '../oci/reference.ts'
import { verified } from '../oci/verify.ts'
import { requireName } from './requireName.ts'

/** Where charts are looked for. */
export interface ChartPlaces {
  readonly cache: ChartCache
  readonly registries: Registries
}

export interface FindOptions extends OperationOptions {
  /** The only place to look; by default in the cache, then at the registry. */
  readonly place?: 'cache' | 'registry'
}

/** A chart that has been found, to be read where it is. */
export type FoundChart = ChartInCache | ChartAtRegistry

interface ChartInCache extends Readable {
  readonly place: 'cache'
}

export interface ChartAtRegistry extends Readable {
  readonly place: 'registry'
  readonly repository: RegistryRepository
}

interface Readable {
  /** The name in the index, byte for byte; at a registry, the reference in full. */
  readonly reference: string
  readonly manifest: RawManifest
  /** Opens a blob of it. The iteration fails at the end of a damaged one, wherever it comes from. */
  readonly open: (blob: Descriptor) => Content
}

/**
 * Finds a chart: in the cache, where it is looked up first, else at the registry that its reference names.
 * @throws ChartroomError `not-found`, `invalid-reference`, `unauthorized`, …; whatever is wrong with an entry of the cache
 */
export async function findChart(
  { cache, registries }: ChartPlaces,
  reference: string,
  options: FindOptions,
): Promise<FoundChart> {
  if ((options.place ?? (await placeOf(cache, reference, options))) === 'cache') {
    const { manifest, reference: name } = await cache.require(reference, options)
    const open = (blob: Descriptor) => async () => await cache.fetch(blob, options)
    return { place: 'cache', reference: name, manifest, open }
  }
  const wanted = parseReference(reference)
  const name = formatReference(wanted)
  const repository = registries.repository(wanted)
  const open = (blob: Descriptor) => async () =>
    verified(await repository.fetch(blob, options), blob, `The blob ${blob.digest} of ${name}`)
  return {
    place: 'registry',
    reference: name,
    manifest: await repository.resolve(requireName(wanted), options),
    repository,
    open,
  }
}

/** Where to look for a chart. What is neither in the cache nor names a manifest of a registry fails as the cache words it. */
export async function placeOf(
  cache: ChartCache,
  reference: string,
  options: OperationOptions,
): Promise<'cache' | 'registry'> {
  if ((await cache.find(reference, options)) !== undefined) return 'cache'
  const wanted = parseReference(reference)
  if (wanted.host === '' || tagOrDigest(wanted) === '') await cache.require(reference, options)
  return 'registry'
}
