import type { HostOptions } from '../../core/index.ts'
import type { RegistrySetting } from './registrySettings.ts'

/** A registry that the window knows, and why. */
export interface HostEntry {
  /** In lower case, for example `localhost:5000`. */
  readonly host: string
  readonly sources: readonly ('setting' | 'login' | 'local')[]
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
}

/** A host that some store or file has a login for. */
export interface KnownLogin {
  readonly host: string
  readonly username?: string
  readonly origin: string
}

export interface HostSources {
  readonly settings: ReadonlyMap<string, RegistrySetting>
  /** Those that answer first stand first. */
  readonly logins: readonly KnownLogin[]
  /** The registry for test purposes on this machine. */
  readonly local: string | undefined
  /** What people call the editor's secret storage. */
  readonly ownStore: string
}

/** Every host once: the local registry, then those of the setting in its order, then those that only a login names. */
export function hostEntries({ settings, logins, local, ownStore }: HostSources): HostEntry[] {
  const byHost = new Map<string, KnownLogin>()
  for (const login of logins) {
    const host = login.host.toLowerCase()
    if (!byHost.has(host)) byHost.set(host, login)
  }
  const fromLogins = [...byHost.keys()].sort()
  const hosts = new Set([...(local === undefined ? [] : [local]), ...settings.keys(), ...fromLogins])
  return [...hosts].map((host) => {
    const setting = settings.get(host)
    const login = byHost.get(host)
    const sources: HostEntry['sources'][number][] = []
    if (setting !== undefined) sources.push('setting')
    if (login !== undefined) sources.push('login')
    if (host === local) sources.push('local')
    return {
      host,
      sources,
      ...(login === undefined ? {} : { login: loginOf(login, ownStore) }),
      options: setting?.options ?? {},
      pinned: setting?.pinned ?? [],
      ...(setting?.manifestFormat === undefined ? {} : { manifestFormat: setting.manifestFormat }),
    }
  })
}

function loginOf({ username, origin }: KnownLogin, ownStore: string): NonNullable<HostEntry['login']> {
  return { ...(username === undefined ? {} : { username }), origin, own: origin === ownStore }
}
