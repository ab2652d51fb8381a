import type { ChartFacts } from '../chart/chartFacts.ts'
import type { Digest } from '../oci/digest.ts'
import type { OperationOptions } from '../base/progress.ts'
import type { Registries } from '../registry/registries.ts'
import { factsIn } from '../chart/chartFacts.ts'
import {
  classifyManifest,
  contentFacts,
  type ContentFacts,
  type OtherManifest,
} from '../chart/chartManifest.ts'
import { readConfig } from '../chart/readConfig.ts'
import { formatReference, parseReference } from '../oci/reference.ts'
import { whileDoing } from './failure.ts'
import { requireName } from './requireName.ts'

/** What lies at a registry under a name. */
export type InspectedTag = InspectedChart | InspectedOther

export interface InspectedChart extends ChartFacts, ContentFacts {
  readonly kind: 'chart'
  readonly reference: string
  readonly manifestDigest: Digest
}

/** Something that is no chart, for example a container image. */
export interface InspectedOther extends OtherManifest {
  readonly kind: 'other'
  readonly reference: string
  readonly manifestDigest: Digest
}

export interface InspectOptions extends OperationOptions {
  /** What an earlier look at the same name gave. */
  readonly known?: InspectedTag
}

/**
 * Looks at what a name stands for at its registry, without its content: one request for the manifest and, where it is a
 * chart, one for its config. With `known`, one HEAD first, and nothing more where the name still means the same manifest;
 * then the answer is `known` itself.
 *
 * @param reference with a tag or a digest, for example `localhost:5000/myrepo/mychart:2.7.0`
 * @throws ChartroomError `invalid-reference`, `not-found`, `unauthorized`, `integrity`; `too-large` and `invalid-chart` where it has
 *   the manifest of a chart, but a config that no list can show; …
 */
export async function inspectTag(
  registries: Registries,
  reference: string,
  { known, ...options }: InspectOptions = {},
): Promise<InspectedTag> {
  const wanted = parseReference(reference)
  const name = formatReference(wanted)
  return await whileDoing(`look at ${name}`, async () => {
    const repository = registries.repository(wanted)
    const tag = requireName(wanted)
    if (known?.reference === name && (await repository.digestOf(tag, options)) === known.manifestDigest) {
      return known
    }
    const raw = await repository.resolve(tag, options)
    const manifest = classifyManifest(raw, name)
    const common = { reference: name, manifestDigest: raw.descriptor.digest }
    if ('why' in manifest) return { kind: 'other', ...common, ...manifest }
    const { config } = manifest
    const metadata = await readConfig(() => repository.fetch(config, options), config, name)
    return { kind: 'chart', ...common, ...factsIn(metadata), ...contentFacts(manifest) }
  })
}
