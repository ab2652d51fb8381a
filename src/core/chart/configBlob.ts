import { ChartroomError } from '../base/errors.ts'
import type { Dependency, Maintainer, Metadata } from './metadata.ts'
import { goJson, goMap } from '../oci/goJson.ts'
import { metadataFromJson } from './decodeMetadata.ts'

/**
 * The config blob of a chart, byte for byte as Helm 3.0-3.6 writes it: Go's JSON of the metadata, compact, keys in the
 * order of Helm's struct, empty ones left out.
 * @see Helm 3.6.3 pkg/chart/metadata.go and pkg/chart/dependency.go for the order
 */
export function encodeConfig(metadata: Metadata): Buffer {
  return Buffer.from(
    goJson({
      name: metadata.name,
      home: text(metadata.home),
      sources: list(metadata.sources),
      version: metadata.version,
      description: text(metadata.description),
      keywords: list(metadata.keywords),
      maintainers: list(metadata.maintainers?.map(maintainer)),
      icon: text(metadata.icon),
      apiVersion: text(metadata.apiVersion),
      condition: text(metadata.condition),
      tags: text(metadata.tags),
      appVersion: text(metadata.appVersion),
      deprecated: flag(metadata.deprecated),
      annotations: map(metadata.annotations),
      kubeVersion: text(metadata.kubeVersion),
      dependencies: list(metadata.dependencies?.map(dependency)),
      type: text(metadata.type),
    }),
  )
}

/**
 * Reads a config blob, whoever wrote it. Keys that Helm does not know are dropped.
 *
 * @param what names the chart in the error
 * @throws ChartroomError `integrity` where it is not the JSON of a chart's metadata
 */
export function decodeConfig(bytes: Buffer, what: string): Metadata {
  let document: unknown
  try {
    document = JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw unreadable(what, 'it is not JSON', cause)
  }
  const decoded = metadataFromJson(document)
  if ('problem' in decoded) throw unreadable(what, decoded.problem)
  return decoded.metadata
}

function maintainer({ name, email, url }: Maintainer): object {
  return { name: text(name), email: text(email), url: text(url) }
}

function dependency(item: Dependency): object {
  return {
    name: item.name ?? '',
    version: text(item.version),
    repository: item.repository ?? '',
    condition: text(item.condition),
    tags: list(item.tags),
    enabled: flag(item.enabled),
    'import-values': list(item['import-values']?.map(sorted)),
    alias: text(item.alias),
  }
}

// What is `undefined` is left out, as Go leaves out what is empty.
function text(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}

function flag(value: boolean | undefined): true | undefined {
  return value === true ? true : undefined
}

function list<Item>(items: readonly Item[] | undefined): readonly Item[] | undefined {
  return items === undefined || items.length === 0 ? undefined : items
}

function map(values: Readonly<Record<string, string>> | undefined): unknown {
  return values === undefined || Object.keys(values).length === 0 ? undefined : goMap(values)
}

/** Maps inside a value are written in the order of their keys, as all maps of Go. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  return typeof value === 'object' && value !== null ? goMap(value) : value
}

function unreadable(what: string, why: string, cause?: unknown): ChartroomError {
  return new ChartroomError('integrity', {
    message: `The config of ${what} is not that of a chart: ${why}.`,
    cause,
  })
}
