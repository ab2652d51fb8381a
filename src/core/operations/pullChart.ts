import type { ChartCache, SoundChart } from '../cache/cache.ts'
import { defaultLimits, type ChartOptions } from '../chart/limits.ts'
import type { OperationOptions } from '../base/progress.ts'
import type { Registries } from '../registry/registries.ts'
import type { RegistryRepository } from '../registry/repository.ts'
import { checkSizes } from '../chart/checkSizes.ts'
import { readArchive } from '../chart/readArchive.ts'
import { readChartManifest } from '../chart/chartManifest.ts'
import { ChartroomError } from '../base/errors.ts'
import { copy } from '../oci/copy.ts'
import { formatReference, parseReference, tagOrDigest, type Reference } from '../oci/reference.ts'
import { whileDoing } from './failure.ts'
import { ReadAlong } from './readAlong.ts'

export interface PulledChart extends SoundChart {
  /** `false` when the cache held this very manifest under this reference already. */
  readonly isNewer: boolean
}

/**
 * Brings a chart from its registry into the cache.
 *
 * Every blob is verified before it gets its name, the archive is read as a chart before the chart gets its name, and the index is
 * written last: a pull that fails or is cancelled leaves nothing but unreferenced blobs, which the next pull uses.
 *
 * @param reference with a tag or a digest, for example `localhost:5000/myrepo/mychart:2.7.0`
 * @throws ChartroomError `not-found`, `unauthorized`, `not-a-chart` (an image under that tag), `integrity`, …
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pull
 */
export async function pullChart(
  cache: ChartCache,
  registries: Registries,
  reference: string,
  options: ChartOptions = {},
): Promise<PulledChart> {
  const wanted = parseReference(reference)
  const name = formatReference(wanted)
  return await whileDoing(`pull ${name}`, async () => {
    if (wanted.host === '') {
      throw new ChartroomError('invalid-reference', {
        message: `${name} names no registry, so it cannot be pulled.`,
        advice: 'Write the host in front, for example localhost:5000/myrepo/mychart:1.0.0.',
        reference: name,
      })
    }
    const repository = registries.repository(wanted)
    const tag = tagOrDigest(wanted)
    if (tag === '') throw await tagMissing(repository, wanted, options)
    const manifest = await repository.resolve(tag, options)
    const { layer } = readChartManifest(manifest, name)
    checkSizes(manifest, options.limits ?? defaultLimits, name)
    const before = await cache.find(name, options)
    const source = new ReadAlong(repository, layer, async (content) => {
      await readArchive(content, name, options)
    })
    await cache.whileStoring(async () => {
      await copy(source, cache, manifest, name, {
        ...options,
        step: 'pulling',
        what: name,
        beforeTag: async () => {
          await source.finish(async () => await cache.fetch(layer, options))
        },
      })
    })
    const { manifest: _, layers: __, ...chart } = await cache.require(name, options)
    return { ...chart, isNewer: before?.manifestDigest !== manifest.descriptor.digest }
  })
}

async function tagMissing(
  repository: RegistryRepository,
  wanted: Reference,
  options: OperationOptions,
): Promise<ChartroomError> {
  const name = formatReference(wanted)
  const tags = await repository.tags(options)
  const shown = tags.slice(0, 10).join(', ')
  return new ChartroomError('invalid-reference', {
    message: `${name} needs a tag.`,
    advice:
      tags.length === 0
        ? 'The repository has no tags.'
        : `The registry has: ${shown}${tags.length > 10 ? ', …' : ''}.`,
    reference: name,
  })
}
