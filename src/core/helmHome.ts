import { homedir, tmpdir } from 'node:os'
import { posix, win32 } from 'node:path'

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
export function helmCacheHome(around: Surroundings): string {
  const { env, platform, home, temporary } = around
  const path = pathOf(around)
  const standard =
    platform === 'win32'
      ? path.join(filled(env['TEMP']) ?? temporary, 'helm')
      : platform === 'darwin'
        ? path.join(home, 'Library', 'Caches', 'helm')
        : path.join(home, '.cache', 'helm')
  return helmHome(around, 'HELM_CACHE_HOME', 'XDG_CACHE_HOME', standard)
}

/** Helm's configuration home, for example `~/.config/helm`. */
export function helmConfigHome(around: Surroundings): string {
  const { env, platform, home } = around
  const path = pathOf(around)
  const standard =
    platform === 'win32'
      ? path.join(filled(env['APPDATA']) ?? path.join(home, 'AppData', 'Roaming'), 'helm')
      : platform === 'darwin'
        ? path.join(home, 'Library', 'Preferences', 'helm')
        : path.join(home, '.config', 'helm')
  return helmHome(around, 'HELM_CONFIG_HOME', 'XDG_CONFIG_HOME', standard)
}

/** Where Helm 3.0-3.6 keeps saved and pulled charts: the OCI layout `registry/cache` in the cache home. */
export function helmChartCache(around: Surroundings): string {
  return pathOf(around).join(helmCacheHome(around), 'registry', 'cache')
}

function helmHome(around: Surroundings, own: string, xdg: string, standard: string): string {
  const [ownHome, xdgHome] = [filled(around.env[own]), filled(around.env[xdg])]
  if (ownHome !== undefined) return ownHome
  return xdgHome === undefined ? standard : pathOf(around).join(xdgHome, 'helm')
}

function filled(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}

function pathOf({ platform }: Surroundings): typeof posix {
  return platform === 'win32' ? win32 : posix
}
