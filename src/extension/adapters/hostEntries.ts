import { layHostSettings, type HostOptions, type HostSettings } from '../../core/index.ts'

/** A registry that the window knows, and why. */
export interface HostEntry {
  /** In lower case, for example `localhost:5000`. */
  readonly host: string
  readonly sources: readonly ('setting' | 'file' | 'login' | 'local')[]
  readonly login?: {
    readonly username?: string
    /** The file or store that has it, for people. */
    readonly origin: string
    /** Whether Chartroom keeps it in the editor's secret storage. */
    readonly own: boolean
  }
  readonly options: HostOptions
  /** Repositories without the host. */
  readonly pinned: readonly string[]
  readonly manifestFormat?: 'legacy' | 'modern'
  /** The shared file, where it says something of the host that counts, what that is about, and what it has pinned. */
  readonly file?: {
    readonly name: string
    readonly keys: readonly string[]
    readonly pinned: readonly string[]
  }
}

/** A host that some store or file has a login for. */
export interface KnownLogin {
  readonly host: string
  readonly username?: string
  readonly origin: string
}

export interface HostSources {
  /** Of the editor. */
  readonly settings: ReadonlyMap<string, HostSettings>
  /** Of the file that the command line reads too; those of the editor count before them. */
  readonly shared: { readonly name: string; readonly settings: ReadonlyMap<string, HostSettings> }
  /** Those that answer first stand first. */
  readonly logins: readonly KnownLogin[]
  /** The registry for test purposes on this machine. */
  readonly local: string | undefined
  /** What people call the editor's secret storage. */
  readonly ownStore: string
}

/** Every host once: the local registry, those of the setting and of the file in their order, those that only a login names. */
export function hostEntries({ settings, shared, logins, local, ownStore }: HostSources): HostEntry[] {
  const byHost = new Map<string, KnownLogin>()
  for (const login of logins) {
    const host = login.host.toLowerCase()
    if (!byHost.has(host)) byHost.set(host, login)
  }
  const fromLogins = [...byHost.keys()].sort()
  const layered = layHostSettings(settings, shared.settings)
  const hosts = new Set([...(local === undefined ? [] : [local]), ...layered.keys(), ...fromLogins])
  return [...hosts].map((host) => {
    const login = byHost.get(host)
    const inFile = shared.settings.get(host)
    const keys = keysFromFile(settings.get(host), inFile)
    const sources: HostEntry['sources'][number][] = []
    if (settings.has(host)) sources.push('setting')
    if (inFile !== undefined) sources.push('file')
    if (login !== undefined) sources.push('login')
    if (host === local) sources.push('local')
    return {
      host,
      sources,
      ...(login === undefined ? {} : { login: loginOf(login, ownStore) }),
      ...(layered.get(host) ?? { options: {}, pinned: [] }),
      ...(inFile === undefined ? {} : { file: { name: shared.name, keys, pinned: inFile.pinned } }),
    }
  })
}

/** The pinned repositories that only the setting has: they go when the host is taken out of it. */
export function ownPinned({ pinned, file }: HostEntry): readonly string[] {
  return pinned.filter((repository) => file?.pinned.includes(repository) !== true)
}

/** What only the file says, or, of repositories, says as well. */
function keysFromFile(setting: HostSettings | undefined, file: HostSettings | undefined): string[] {
  if (file === undefined) return []
  const keys = Object.keys(file.options).filter((key) => !Object.hasOwn(setting?.options ?? {}, key))
  if (file.pinned.length > 0) keys.push('repositories')
  if (file.manifestFormat !== undefined && setting?.manifestFormat === undefined) keys.push('manifestFormat')
  return keys
}

function loginOf({ username, origin }: KnownLogin, ownStore: string): NonNullable<HostEntry['login']> {
  return { ...(username === undefined ? {} : { username }), origin, own: origin === ownStore }
}
