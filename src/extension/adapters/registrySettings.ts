import { isRepository, kindOf, parseHost, type HostOptions } from '../../core/index.ts'

/** What a person has set for one registry. */
export interface RegistrySetting {
  readonly options: HostOptions
  /** Repositories without the host, for example `team/shop`, in their order. */
  readonly pinned: readonly string[]
  /** Who reads the charts of this registry: Helm 3.0-3.6 and later, or Helm 3.7 and later. */
  readonly manifestFormat?: 'legacy' | 'modern'
}

/** The setting as it stands in the file: hosts with their options, keys included that nobody here knows. */
export type RawRegistries = Readonly<Record<string, unknown>>

type Kind = 'boolean' | 'number' | 'path' | 'strings'

const optionKinds: Readonly<Record<keyof HostOptions, Kind>> = {
  plainHttp: 'boolean',
  insecureSkipVerify: 'boolean',
  caFile: 'path',
  clientCert: 'path',
  clientKey: 'path',
  trustedRealms: 'strings',
  requestTimeoutMs: 'number',
  idleTimeoutMs: 'number',
  ignoreContentDigestHeader: 'boolean',
  pageSize: 'number',
}

/**
 * Reads the setting `chartroom.registries`. What somebody mistyped is left out and told; the rest counts.
 *
 * @param pathOf makes an absolute path of one as a person writes it
 * @returns by host in lower case, in the setting's order
 */
export function readRegistries(
  value: unknown,
  pathOf: (text: string) => string,
  tell: (problem: string) => void,
): ReadonlyMap<string, RegistrySetting> {
  const registries = new Map<string, RegistrySetting>()
  for (const [key, entry] of Object.entries(objectOf(value))) {
    const host = hostNamed(key)
    if (host === undefined) {
      tell(`chartroom.registries: "${key}" is not a host.`)
      continue
    }
    const { repositories, manifestFormat } = objectOf(entry)
    const pinned = [...new Set(stringsOf(repositories).filter(isRepository))]
    registries.set(host, {
      options: optionsOf(host, objectOf(entry), pathOf, tell),
      pinned,
      ...(manifestFormat === 'legacy' || manifestFormat === 'modern' ? { manifestFormat } : {}),
    })
  }
  return registries
}

/** The setting with a host more; as it was where the host is there already. */
export function withHost(raw: RawRegistries, host: string): RawRegistries {
  return keyOf(raw, host) === undefined ? { ...raw, [host]: {} } : raw
}

export function withoutHost(raw: RawRegistries, host: string): RawRegistries {
  return Object.fromEntries(Object.entries(raw).filter(([key]) => hostNamed(key) !== host.toLowerCase()))
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

function hostNamed(key: string): string | undefined {
  try {
    return parseHost(key.trim()).toLowerCase()
  } catch (error) {
    if (kindOf(error) === 'invalid-reference') return undefined
    throw error
  }
}

function optionsOf(
  host: string,
  entry: RawRegistries,
  pathOf: (text: string) => string,
  tell: (problem: string) => void,
): HostOptions {
  const options: Record<string, unknown> = {}
  for (const [name, kind] of Object.entries(optionKinds)) {
    const value = entry[name]
    if (value === undefined) continue
    if (!isOf(kind, value)) {
      tell(`chartroom.registries: ${name} of ${host} is not what it should be and does not count.`)
      continue
    }
    options[name] = kind === 'path' && typeof value === 'string' ? pathOf(value) : value
  }
  return options
}

function isOf(kind: Kind, value: unknown): boolean {
  switch (kind) {
    case 'boolean':
      return typeof value === 'boolean'
    case 'number':
      return typeof value === 'number' && Number.isInteger(value) && value > 0
    case 'path':
      return typeof value === 'string' && value.trim() !== ''
    case 'strings':
      return Array.isArray(value) && value.every((item) => typeof item === 'string')
  }
}

function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
