import type { ChartCache, SoundChart } from '../cache/cache.ts'
import type { OperationOptions } from '../base/progress.ts'
import type { Registries } from '../registry/registries.ts'
import { ChartroomError } from '../base/errors.ts'
import { copy } from '../oci/copy.ts'
import { parseReference, tagOrDigest } from '../oci/reference.ts'
import { whileDoing } from './failure.ts'
import { requireFree, type Claim } from './requireFree.ts'

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
    if (options.overwrite === false) {
      const { reference: wanted, manifestDigest } = chart
      const claim: Claim = { reference: wanted, manifestDigest, where: 'at the registry', done: 'pushed' }
      await requireFree(repository, name, claim, options)
    }
    await copy(cache, repository, manifest, name, { ...options, step: 'pushing', what: chart.reference })
    return { ...chart, layers: layers.length, total: layers.reduce((sum, layer) => sum + layer.size, 0) }
  })
}
