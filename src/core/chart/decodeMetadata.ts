import type { Dependency, Maintainer, Metadata } from './metadata.ts'
import { anything, flag, listOf, Misfit, struct, text, textMap, type Decode } from './goDecode.ts'
import type { Yaml } from './parseYaml.ts'

/** Metadata as decoded: any key may be missing, and lists may hold null where the document has an empty entry. */
export type RawMetadata = Partial<Omit<Metadata, 'maintainers' | 'dependencies'>> & {
  readonly maintainers?: readonly (Maintainer | null)[]
  readonly dependencies?: readonly (Dependency | null)[]
}

/**
 * Reads the value of a Chart.yaml.
 * @throws Misfit
 * @see Helm 3.6.3 pkg/chart/metadata.go
 */
export function decodeMetadata(value: Yaml): RawMetadata {
  return decodeChart(value, {}, '') ?? {}
}

/**
 * Takes the dependencies of a requirements.yaml, and nothing else of it, over those of Chart.yaml: what an item lacks
 * it inherits from the item at the same place.
 *
 * @returns the metadata as Chartroom takes it, and as Helm does, which must be valid, too, or Helm cannot load the chart
 * @throws Misfit
 * @see Helm 3.6.3 pkg/chart/loader/load.go, which unmarshals the whole file over the metadata
 */
export function decodeRequirements(
  value: Yaml,
  over: RawMetadata,
): { readonly taken: RawMetadata; readonly byHelm: RawMetadata } {
  const byHelm = decodeChart(value, over, '') ?? {}
  const { dependencies } = byHelm
  const { dependencies: _, ...rest } = over
  return { taken: dependencies === undefined ? rest : { ...rest, dependencies }, byHelm }
}

/**
 * Checks the value of a Chart.lock or requirements.lock.
 * @throws Misfit
 * @see Helm 3.6.3 pkg/chart/dependency.go Lock
 */
export function checkLock(value: Yaml): void {
  decodeLock(value, {}, '')
}

/**
 * Reads metadata from parsed JSON, whoever wrote it.
 * @returns the metadata, or what is wrong with it
 */
export function metadataFromJson(document: unknown): { metadata: Metadata } | { problem: string } {
  try {
    const raw = decodeMetadata(fromJson(document, 0))
    const { name = '', version = '', apiVersion = '' } = raw
    if (name === '' || version === '') return { problem: `it has no ${name === '' ? 'name' : 'version'}` }
    return { metadata: { ...withoutNull(raw), name, version, apiVersion } }
  } catch (error) {
    if (error instanceof Misfit) return { problem: error.message }
    throw error
  }
}

/** With an empty entry in the place of one that is null. */
function withoutNull(raw: RawMetadata): Partial<Metadata> {
  if (hasNoNull(raw)) return raw
  const { maintainers = [], dependencies = [], ...others } = raw
  return {
    ...others,
    maintainers: maintainers.map((item) => item ?? {}),
    dependencies: dependencies.map((item) => item ?? {}),
  }
}

function hasNoNull(raw: RawMetadata): raw is Partial<Metadata> {
  return raw.maintainers?.includes(null) !== true && raw.dependencies?.includes(null) !== true
}

const maintainer = struct<Maintainer>({ name: text, email: text, url: text })

const dependency = struct<Dependency>({
  name: text,
  version: text,
  repository: text,
  condition: text,
  tags: listOf(text, ''),
  enabled: flag,
  'import-values': listOf<unknown>(anything, null),
  alias: text,
})

const dependencies: Decode<readonly (Dependency | null)[]> = listOf<Dependency | null>(
  orNull(dependency),
  null,
)

const decodeChart = struct<Required<RawMetadata>>({
  name: text,
  home: text,
  sources: listOf(text, ''),
  version: text,
  description: text,
  keywords: listOf(text, ''),
  maintainers: listOf<Maintainer | null>(orNull(maintainer), null),
  icon: text,
  apiVersion: text,
  condition: text,
  tags: text,
  appVersion: text,
  deprecated: flag,
  annotations: textMap,
  kubeVersion: text,
  dependencies,
  type: text,
})

const decodeLock = struct<{
  generated: string
  digest: string
  dependencies: readonly (Dependency | null)[]
}>({
  generated: time,
  digest: text,
  dependencies,
})

/** A pointer of Go: what was null before is made anew. */
function orNull<Item>(decode: Decode<Item>): Decode<Item | null> {
  return (value, before, at) => decode(value, before ?? undefined, at)
}

/** Go reads a time from text in RFC 3339 and from nothing else. */
function time(value: Yaml, before: string | undefined, at: string): string | undefined {
  if (value === null) return before
  if (
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[-+]\d\d:\d\d)$/.test(value)
  )
    return value
  throw new Misfit(`${at} must be a time such as 2021-06-01T12:00:00Z`, at)
}

function fromJson(value: unknown, depth: number): Yaml {
  if (depth > 100) throw new Misfit('it is nested too deeply')
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string')
    return value
  if (Array.isArray(value)) return value.map((item) => fromJson(item, depth + 1))
  const map = new Map<string, Yaml>()
  const object = value as Record<string, unknown>
  for (const key of Object.keys(object)) map.set(key, fromJson(object[key], depth + 1))
  return map
}
