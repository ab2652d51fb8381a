import { ChartroomError } from '../base/errors.ts'
import { describe, isStringRecord, parseDescriptor, type Descriptor } from './descriptor.ts'
import { goJson, goMap } from './goJson.ts'
import { bareMediaType, mediaTypes } from './mediaTypes.ts'

/** Manifests above this size are refused; registries promise to take at least as much. */
export const maxManifestSize = 4 * 1024 * 1024

/** A manifest as it travels: its exact bytes and what they hash to. The bytes are what digests are made of. */
export interface RawManifest {
  readonly descriptor: Descriptor
  readonly bytes: Buffer
}

/** @see https://github.com/opencontainers/image-spec/blob/main/manifest.md */
export interface Manifest {
  readonly config: Descriptor
  readonly layers: readonly Descriptor[]
  readonly annotations: Readonly<Record<string, string>>
  /** The manifest that this one is about, such as the image that a signature signs. */
  readonly subject?: Descriptor
}

/** @see https://github.com/opencontainers/image-spec/blob/main/image-index.md */
export interface Index {
  readonly manifests: readonly Descriptor[]
  readonly subject?: Descriptor
}

export interface ManifestContent {
  readonly config: Descriptor
  readonly layers: readonly Descriptor[]
  readonly annotations?: Readonly<Record<string, string>>
}

/**
 * Writes a manifest with the bytes that Helm 3.0-3.6 writes for the same content: compact, in the guide's key order,
 * without a `mediaType` of its own.
 */
export function encodeManifest({ config, layers, annotations }: ManifestContent): RawManifest {
  const text = goJson({
    schemaVersion: 2,
    config: bare(config),
    layers: layers.map(bare),
    ...(annotations === undefined ? {} : { annotations: goMap(annotations) }),
  })
  const bytes = Buffer.from(text)
  return { descriptor: describe(mediaTypes.manifest, bytes), bytes }
}

const indexTypes: readonly string[] = [mediaTypes.index, mediaTypes.dockerManifestList]

/**
 * Reads an image manifest or an image index.
 *
 * A document that could be read as both, or whose own `mediaType` contradicts its descriptor, is refused, so that no
 * two readers can see different things in the same bytes (CVE-2021-41190).
 *
 * @param what names the manifest in errors
 * @throws ChartroomError `integrity`
 */
export function parseManifest({ descriptor, bytes }: RawManifest, what: string): Manifest | Index {
  const document = parseObject(bytes, what)
  const own = document['mediaType']
  if (own !== undefined && own !== '' && own !== bareMediaType(descriptor.mediaType)) {
    throw bad(what, `it calls itself ${JSON.stringify(own)} but came as ${descriptor.mediaType}`)
  }
  const isIndex = document['manifests'] !== undefined && document['manifests'] !== null
  if (isIndex && (document['layers'] !== undefined || document['config'] !== undefined)) {
    throw bad(what, 'it is a manifest and an index at once')
  }
  const subject = subjectIn(document, what)
  if (isIndex) {
    const index = { manifests: descriptors(document['manifests'], what) }
    return subject === undefined ? index : { ...index, subject }
  }
  if (indexTypes.includes(bareMediaType(descriptor.mediaType)))
    throw bad(what, 'it came as an index and is none')
  if (document['config'] === undefined) {
    throw bad(
      what,
      document['schemaVersion'] === 1 ? 'it is an image of an old kind, schema 1' : 'it has no config',
    )
  }
  const manifest = {
    config: parseDescriptor(document['config'], `the config of ${what}`),
    layers: descriptors(document['layers'], what),
    annotations: isStringRecord(document['annotations']) ? document['annotations'] : {},
  }
  return subject === undefined ? manifest : { ...manifest, subject }
}

export function isIndex(manifest: Manifest | Index): manifest is Index {
  return 'manifests' in manifest
}

function parseObject(bytes: Buffer, what: string): Record<string, unknown> {
  let document: unknown
  try {
    document = JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw bad(what, 'it is not JSON', cause)
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw bad(what, 'it is not an object')
  return document as Record<string, unknown>
}

function descriptors(value: unknown, what: string): Descriptor[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw bad(what, 'its list of contents is not a list')
  return value.map((item, position) => parseDescriptor(item, `item ${position + 1} of ${what}`))
}

function subjectIn({ subject }: Record<string, unknown>, what: string): Descriptor | undefined {
  return subject === undefined || subject === null
    ? undefined
    : parseDescriptor(subject, `the subject of ${what}`)
}

function bare({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size }
}

function bad(what: string, why: string, cause?: unknown): ChartroomError {
  return new ChartroomError('integrity', {
    message: `The manifest of ${what} cannot be read: ${why}.`,
    cause,
  })
}
