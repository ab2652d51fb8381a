import { hostNamed } from '../../core/index.ts'

/** The setting `chartroom.registries` as it stands in the file: hosts with their options, keys included that nobody here knows. */
export type RawRegistries = Readonly<Record<string, unknown>>

/** The setting with a host more; as it was where the host is there already. */
export function withHost(raw: RawRegistries, host: string): RawRegistries {
  return keyOf(raw, host) === undefined ? { ...raw, [host]: {} } : raw
}

export function withoutHost(raw: RawRegistries, host: string): RawRegistries {
  return Object.fromEntries(Object.entries(raw).filter(([key]) => hostNamed(key) !== host.toLowerCase()))
}

/** The setting with an option of a host; the host is added where it is missing. */
export function withOption(raw: RawRegistries, host: string, name: string, value: unknown): RawRegistries {
  const key = keyOf(raw, host) ?? host
  return { ...raw, [key]: { ...objectOf(raw[key]), [name]: value } }
}

/** The setting with a repository pinned; its host is added where it is missing. */
export function withPinned(raw: RawRegistries, host: string, repository: string): RawRegistries {
  return withRepositories(raw, host, (pinned) =>
    pinned.includes(repository) ? pinned : [...pinned, repository],
  )
}

export function withoutPinned(raw: RawRegistries, host: string, repository: string): RawRegistries {
  return withRepositories(raw, host, (pinned) => pinned.filter((other) => other !== repository))
}

/** The part of a setting that is an object; everything else counts as nothing. */
export function objectOf(value: unknown): RawRegistries {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

function withRepositories(
  raw: RawRegistries,
  host: string,
  change: (pinned: string[]) => string[],
): RawRegistries {
  const key = keyOf(raw, host) ?? host
  const { repositories, ...others } = objectOf(raw[key])
  const pinned = change(stringsOf(repositories))
  return { ...raw, [key]: pinned.length === 0 ? others : { ...others, repositories: pinned } }
}

/** How the setting spells a host. */
function keyOf(raw: RawRegistries, host: string): string | undefined {
  return Object.keys(raw).find((key) => hostNamed(key) === host.toLowerCase())
}

function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
