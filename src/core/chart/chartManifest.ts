import { ChartroomError } from '../base/errors.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import type { Digest } from '../oci/digest.ts'
import { encodeManifest, isIndex, parseManifest, type Manifest, type RawManifest } from '../oci/manifest.ts'
import { bareMediaType } from '../oci/mediaTypes.ts'
import { chartMediaTypes, formatOfLayer, type ChartFormat } from './mediaTypes.ts'
import { maintainerName, type Metadata } from './metadata.ts'

/** A manifest, seen as a chart. */
export interface ChartManifest {
  readonly config: Descriptor
  /** The layer that holds the chart, wherever it stands among the layers. */
  readonly layer: Descriptor
  readonly layers: readonly Descriptor[]
  readonly format: ChartFormat
  readonly provenance?: Descriptor
  readonly annotations: Readonly<Record<string, string>>
}

/** What a manifest is that is no chart. */
export interface OtherManifest {
  readonly what: 'image' | 'index' | 'artifact'
  /** Of the config, or of the index. */
  readonly mediaType: string
  /** Bytes of the layers; of an index, of the manifests in it. */
  readonly size: number
  /** What it is in place of a chart, to follow a colon: "it is a container image (layers: …)". */
  readonly why: string
}

/**
 * Finds the chart in a manifest.
 *
 * @param what names the manifest in errors, for example the reference
 * @throws ChartroomError `not-a-chart`, saying what it is in place of a chart; `integrity` where it cannot be read
 */
export function readChartManifest(raw: RawManifest, what: string): ChartManifest {
  const manifest = classifyManifest(raw, what)
  if (!('why' in manifest)) return manifest
  throw new ChartroomError('not-a-chart', { message: `${what} is not a Helm chart: ${manifest.why}.` })
}

/**
 * Tells a chart from everything else that a registry keeps, by media types and never by position: Helm 3.8 and later sort
 * layers by digest.
 *
 * @param what names the manifest in errors, for example the reference
 * @throws ChartroomError `integrity` where it cannot be read
 */
export function classifyManifest(raw: RawManifest, what: string): ChartManifest | OtherManifest {
  const manifest = parseManifest(raw, what)
  if (isIndex(manifest)) {
    return {
      what: 'index',
      mediaType: raw.descriptor.mediaType,
      size: sizeOf(manifest.manifests),
      why: `it is an index of ${manifest.manifests.length} manifests, such as a multi-platform image`,
    }
  }
  const { config, layers, annotations } = manifest
  if (bareMediaType(config.mediaType) !== chartMediaTypes.config)
    return other(manifest, kindOfConfig(manifest))
  const charts = layers.filter((layer) => formatOfLayer(layer.mediaType) !== undefined)
  const [layer, second] = charts
  const format = layer === undefined ? undefined : formatOfLayer(layer.mediaType)
  if (layer === undefined || format === undefined) {
    return other(manifest, `it has the config of a chart, but no layer with one (${typesOf(layers)})`)
  }
  if (second !== undefined) return other(manifest, `it has ${charts.length} layers that could be the chart`)
  const provenance = layers.find(({ mediaType }) => mediaType === chartMediaTypes.provenance)
  return { config, layer, layers, format, annotations, ...(provenance === undefined ? {} : { provenance }) }
}

/** What a list says about the content of a chart. */
export interface ContentFacts {
  /** Of the chart content layer, as the guide's `digest:` lines show it. */
  readonly digest: Digest
  /** Bytes of the chart content layer. */
  readonly size: number
  readonly format: ChartFormat
  /** Whether a provenance file travels with it. Nothing is said about whether it is valid. */
  readonly signed: boolean
  /** ISO 8601; when the chart was made, where that is known. */
  readonly created?: string
}

/** The facts that a manifest gives without its config. A date that is none is left out. */
export function contentFacts({ layer, format, provenance, annotations }: ChartManifest): ContentFacts {
  const created = Date.parse(annotations[`${image}.created`] ?? '')
  return {
    digest: layer.digest,
    size: layer.size,
    format,
    signed: provenance !== undefined,
    ...(Number.isNaN(created) ? {} : { created: new Date(created).toISOString() }),
  }
}

export interface ChartManifestContent {
  readonly config: Descriptor
  readonly layer: Descriptor
  readonly format: ChartFormat
  /** Only a modern manifest can carry one. */
  readonly provenance?: Descriptor
  readonly metadata: Metadata
  /** For the annotation `org.opencontainers.image.created` of a modern manifest. */
  readonly created?: Date
}

/**
 * Writes the manifest of a chart: legacy and beta with the bytes of Helm 3.0-3.6, modern with those of Helm 3.15 and
 * later, layers sorted by digest and the annotations that Helm derives from Chart.yaml.
 * @see Helm 3.15 pkg/registry/util.go generateOCIAnnotations
 */
export function encodeChartManifest(content: ChartManifestContent): RawManifest {
  const { config, layer, format, provenance, metadata, created } = content
  if (format !== 'modern') return encodeManifest({ config, layers: [layer] })
  const layers = provenance === undefined ? [layer] : [layer, provenance]
  return encodeManifest({
    config,
    layers: layers.sort((a, b) => (a.digest < b.digest ? -1 : 1)),
    annotations: annotationsOf(metadata, created),
  })
}

const image = 'org.opencontainers.image'

function annotationsOf(metadata: Metadata, created: Date | undefined): Record<string, string> {
  const derived: [string, string][] = [
    [`${image}.description`, metadata.description ?? ''],
    [`${image}.title`, metadata.name],
    [`${image}.version`, metadata.version],
    [`${image}.url`, metadata.home ?? ''],
    [`${image}.created`, created === undefined ? '' : rfc3339(created)],
    [`${image}.source`, metadata.sources?.[0] ?? ''],
    [`${image}.authors`, metadata.maintainers?.map(maintainerName).join(', ') ?? ''],
  ]
  const own = Object.entries(metadata.annotations ?? {}).filter(
    ([key]) => key !== `${image}.title` && key !== `${image}.version`,
  )
  return Object.fromEntries([...derived.filter(([, value]) => value.trim() !== ''), ...own])
}

/** In whole seconds and in UTC, so that the bytes do not depend on where they are written. */
function rfc3339(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z')
}

function other({ config, layers }: Manifest, why: string): OtherManifest {
  const mediaType = bareMediaType(config.mediaType)
  return {
    what: imageConfigs.includes(mediaType) ? 'image' : 'artifact',
    mediaType,
    size: sizeOf(layers),
    why,
  }
}

function sizeOf(contents: readonly Descriptor[]): number {
  return contents.reduce((sum, { size }) => sum + size, 0)
}

function kindOfConfig({ config, layers }: Manifest): string {
  const type = bareMediaType(config.mediaType)
  if (imageConfigs.includes(type)) return `it is a container image (${typesOf(layers)})`
  const artifact = artifacts.find(([prefix]) => type.startsWith(prefix))
  return artifact === undefined ? `its config is ${type}` : `it is ${artifact[1]}`
}

const imageConfigs: readonly string[] = [
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
]

const artifacts: readonly (readonly [string, string])[] = [
  ['application/vnd.oci.empty.v1+json', 'an artifact of another kind'],
  ['application/vnd.cncf.flux.', 'a Flux artifact'],
  ['application/vnd.wasm.', 'a WebAssembly module'],
  ['application/vnd.cncf.openpolicyagent.', 'a policy bundle'],
]

function typesOf(layers: readonly Descriptor[]): string {
  const types = [...new Set(layers.map(({ mediaType }) => mediaType))]
  return types.length === 0 ? 'it has no layers' : `layers: ${types.slice(0, 3).join(', ')}`
}
