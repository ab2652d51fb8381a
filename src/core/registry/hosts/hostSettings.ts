import { kindOf, printable } from '../../base/errors.ts'
import { isRepository, parseHost } from '../../oci/reference.ts'
import type { HostOptions } from './hostOptions.ts'
import { hostSchema, isAsRuled, wordsFor } from './hostSchema.ts'

/** What a person has set for one registry: how to speak to it, and what belongs there. */
export interface HostSettings {
  readonly options: HostOptions
  /** Repositories without the host, for example `team/shop`, in their order. */
  readonly pinned: readonly string[]
  /** Who reads the charts of this registry: Helm 3.0-3.6 and later, or Helm 3.7 and later. */
  readonly manifestFormat?: 'legacy' | 'modern'
}

export interface SettingsSource {
  /** What people call it, to begin a sentence with, for example `chartroom.registries`. */
  readonly name: string
  /** Makes an absolute path of one as a person writes it. */
  readonly pathOf: (text: string) => string
  /** Told what does not count, a sentence each. */
  readonly tell: (problem: string) => void
}

/**
 * Reads the settings of all hosts, `{ "HOST": { KEY: VALUE, … }, … }`. What somebody mistyped is left out and told; the
 * rest counts. Of two spellings of one host the first counts, which is also the one that is changed where something is set.
 *
 * @returns by host in lower case, in the order of the source
 */
export function readHostSettings(value: unknown, source: SettingsSource): ReadonlyMap<string, HostSettings> {
  const read = new Map<string, HostSettings>()
  const spelled = new Map<string, string>()
  for (const [key, entry] of Object.entries(objectOf(value))) {
    const host = hostNamed(key)
    if (host === undefined) {
      source.tell(`${source.name}: "${printable(key)}" is not a host.`)
      continue
    }
    const earlier = spelled.get(host)
    if (earlier !== undefined) {
      const both = `"${printable(earlier)}" and "${printable(key)}"`
      source.tell(`${source.name}: ${both} are one host, and what stands under the second does not count.`)
      continue
    }
    spelled.set(host, key)
    const { repositories, manifestFormat, ...options } = soundIn(host, objectOf(entry), source)
    read.set(host, {
      options,
      pinned: pinnedIn(host, repositories, source),
      ...(manifestFormat === 'legacy' || manifestFormat === 'modern' ? { manifestFormat } : {}),
    })
  }
  tellOfPorts(read, source)
  return read
}

/** The port that everybody takes where none is written can be written, too; in a reference that is another name. */
function tellOfPorts(read: ReadonlyMap<string, HostSettings>, { name, tell }: SettingsSource): void {
  for (const [host, { options }] of read) {
    const port = options.plainHttp === true ? 80 : 443
    if (!read.has(`${host}:${port}`)) continue
    const both = `"${host}" and "${host}:${port}"`
    tell(`${name}: ${both} lead to one registry, and each counts for references that write it so.`)
  }
}

/** Settings above others: key by key the upper ones count. Repositories that either pins are pinned. */
export function layHostSettings(
  upper: ReadonlyMap<string, HostSettings>,
  lower: ReadonlyMap<string, HostSettings>,
): ReadonlyMap<string, HostSettings> {
  const hosts = [...new Set([...upper.keys(), ...lower.keys()])]
  return new Map(
    hosts.map((host) => {
      const [above, below] = [upper.get(host), lower.get(host)]
      const options = { ...below?.options, ...above?.options }
      const pinned = [...new Set([...(above?.pinned ?? []), ...(below?.pinned ?? [])])]
      const manifestFormat = above?.manifestFormat ?? below?.manifestFormat
      return [host, { options, pinned, ...(manifestFormat === undefined ? {} : { manifestFormat }) }]
    }),
  )
}

/** The host that a key names, as references write it, in lower case; `undefined` where it names none. */
export function hostNamed(key: string): string | undefined {
  try {
    return parseHost(key.trim()).toLowerCase()
  } catch (error) {
    if (kindOf(error) === 'invalid-reference') return undefined
    throw error
  }
}

/** The part of a value that is an object; everything else counts as nothing. */
function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

function soundIn(
  host: string,
  entry: Readonly<Record<string, unknown>>,
  { name, pathOf, tell }: SettingsSource,
): Record<string, unknown> {
  const sound: Record<string, unknown> = {}
  for (const [key, rule] of Object.entries(hostSchema)) {
    const value = entry[key]
    if (value === undefined) continue
    if (!isAsRuled(rule, value))
      tell(`${name}: ${key} of ${host} is not ${wordsFor(rule)} and does not count.`)
    else sound[key] = rule.kind === 'path' && typeof value === 'string' ? pathOf(value) : value
  }
  for (const key of Object.keys(entry).filter((other) => !Object.hasOwn(hostSchema, other))) {
    tell(`${name}: "${printable(key)}" of ${host} is nothing that can be set.`)
  }
  return sound
}

function pinnedIn(host: string, repositories: unknown, { name, tell }: SettingsSource): string[] {
  const given: readonly unknown[] = Array.isArray(repositories) ? repositories : []
  const pinned = new Set<string>()
  for (const item of given) {
    if (typeof item === 'string' && isRepository(item)) pinned.add(item)
    else
      tell(`${name}: ${printable(JSON.stringify(item))} of ${host} is not a repository and does not count.`)
  }
  return [...pinned]
}
