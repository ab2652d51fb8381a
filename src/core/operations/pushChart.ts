import type { ChartCache, SoundChart } from '../cache.ts'
import type { RawManifest } from '../oci/manifest.ts'
import type { OperationOptions } from '../progress.ts'
import type { Registries } from '../registry/registries.ts'
import type { RegistryRepository } from '../registry/repository.ts'
import { ChartroomError, kindOf } from '../errors.ts'
import { copy } from '../oci/copy.ts'
import { shortDigest } from '../oci/digest.ts'
import { parseReference, tagOrDigest } from '../oci/reference.ts'
import { whileDoing } from './failure.ts'

export interface PushOptions extends OperationOptions {
  /** `false`: a tag that holds another manifest is left alone and reported as `target-exists`. By default it moves. */
  readonly overwrite?: boolean
}

export interface PushedChart extends SoundChart {
  /** Number of layers pushed with the manifest. */
  readonly layers: number
  /** Bytes of these layers. */
  readonly total: number
}

/**
 * Sends a cached chart to the registry that its reference names: blobs first, those that the registry has left out, the
 * manifest last and byte for byte as it is stored, so the digest is the same here and there.
 *
 * @throws ChartroomError `not-found` (not in the cache), `invalid-reference` (names no registry), `target-exists`, `unauthorized`, …
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#push
 */
export async function pushChart(
  cache: ChartCache,
  registries: Registries,
  reference: string,
  options: PushOptions = {},
): Promise<PushedChart> {
  return await whileDoing(`push ${reference}`, async () => {
    const { manifest, layers, ...chart } = await cache.require(reference, options)
    const target = parseReference(chart.reference)
    if (target.host === '') {
      throw new ChartroomError('invalid-reference', {
        message: `${chart.reference} names no registry, so it cannot be pushed.`,
        advice: `Save the chart under a name with a host, for example localhost:5000/${chart.reference}.`,
        reference: chart.reference,
      })
    }
    const repository = registries.repository(target)
    const name = tagOrDigest(target)
    if (options.overwrite === false) await requireFree(repository, name, manifest, chart.reference, options)
    await copy(cache, repository, manifest, name, { ...options, step: 'pushing', what: chart.reference })
    return { ...chart, layers: layers.length, total: layers.reduce((sum, layer) => sum + layer.size, 0) }
  })
}

async function requireFree(
  repository: RegistryRepository,
  name: string,
  manifest: RawManifest,
  reference: string,
  options: OperationOptions,
): Promise<void> {
  const there = await repository.resolve(name, options).catch((error: unknown) => {
    if (kindOf(error) === 'not-found') return undefined
    throw error
  })
  if (there === undefined || there.descriptor.digest === manifest.descriptor.digest) return
  throw new ChartroomError('target-exists', {
    message: `${reference} holds another chart at the registry (${shortDigest(there.descriptor.digest)}). Nothing was pushed.`,
    reference,
    expected: manifest.descriptor.digest,
    actual: there.descriptor.digest,
  })
}
