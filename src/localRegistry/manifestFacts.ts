import { isStringRecord, parseDescriptor, type Descriptor } from '../core/oci/descriptor.ts'
import type { Digest } from '../core/oci/digest.ts'
import { isIndex, parseManifest, type RawManifest } from '../core/oci/manifest.ts'

/** What the registry needs to know of a manifest. */
export interface ManifestFacts {
  readonly descriptor: Descriptor
  /** What must be there before it: the config and the layers of an image, the manifests of an index. */
  readonly parts: readonly Descriptor[]
  /** Whether the parts are manifests themselves. */
  readonly isIndex: boolean
  /** What the manifest is about, such as the chart that it signs. That need not be there. */
  readonly subject?: Digest
  /** Missing where an index does not say it. */
  readonly artifactType?: string
  readonly annotations: Readonly<Record<string, string>>
}

/**
 * @param what names the manifest in errors
 * @throws ChartroomError `integrity` where it cannot be read
 * @see https://github.com/opencontainers/image-spec/blob/main/manifest.md
 */
export function factsOfManifest(manifest: RawManifest, what: string): ManifestFacts {
  const parsed = parseManifest(manifest, what)
  const { subject, artifactType, annotations } = JSON.parse(manifest.bytes.toString('utf8')) as Fields
  const isNamed = typeof artifactType === 'string' && artifactType !== ''
  const type = isNamed ? artifactType : isIndex(parsed) ? undefined : parsed.config.mediaType
  return {
    descriptor: manifest.descriptor,
    parts: isIndex(parsed) ? parsed.manifests : [parsed.config, ...parsed.layers],
    isIndex: isIndex(parsed),
    ...(subject === undefined || subject === null
      ? {}
      : { subject: parseDescriptor(subject, `the subject of ${what}`).digest }),
    ...(type === undefined ? {} : { artifactType: type }),
    annotations: isStringRecord(annotations) ? annotations : {},
  }
}

/** The fields that Chartroom itself has no use for. */
interface Fields {
  readonly subject?: unknown
  readonly artifactType?: unknown
  readonly annotations?: unknown
}
