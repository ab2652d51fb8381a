import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'

/** The variables and the platform that decide where Helm keeps things. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  readonly home: string
  readonly temporary: string
}

/** The surroundings of this process. */
export function surroundings(): Surroundings {
  return { env: process.env, platform: process.platform, home: homedir(), temporary: tmpdir() }
}

/**
 * Helm's cache home, for example `~/.cache/helm`. Empty variables count as unset, `HELM_CACHE_HOME` is used as it is.
 * @see Helm 3.6.3 pkg/helmpath/lazypath_*.go
 */
export function helmCacheHome({ env, platform, home, temporary }: Surroundings): string {
  const standard =
    platform === 'win32'
      ? join(env['TEMP'] ?? temporary, 'helm')
      : platform === 'darwin'
        ? join(home, 'Library', 'Caches', 'helm')
        : join(home, '.cache', 'helm')
  return helmHome(env['HELM_CACHE_HOME'], env['XDG_CACHE_HOME'], standard)
}

/** Helm's configuration home, for example `~/.config/helm`. */
export function helmConfigHome({ env, platform, home }: Surroundings): string {
  const standard =
    platform === 'win32'
      ? join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'helm')
      : platform === 'darwin'
        ? join(home, 'Library', 'Preferences', 'helm')
        : join(home, '.config', 'helm')
  return helmHome(env['HELM_CONFIG_HOME'], env['XDG_CONFIG_HOME'], standard)
}

/** Where Helm 3.0-3.6 keeps saved and pulled charts: the OCI layout `registry/cache` in the cache home. */
export function helmChartCache(around: Surroundings): string {
  return join(helmCacheHome(around), 'registry', 'cache')
}

function helmHome(own: string | undefined, xdg: string | undefined, standard: string): string {
  if (own !== undefined && own !== '') return own
  return xdg !== undefined && xdg !== '' ? join(xdg, 'helm') : standard
}
