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
      ? (filled(env['TEMP']) ?? temporary)
      : platform === 'darwin'
        ? path.join(home, 'Library', 'Caches')
        : path.join(home, '.cache')
  return filled(env['HELM_CACHE_HOME']) ?? path.join(filled(env['XDG_CACHE_HOME']) ?? standard, 'helm')
}

/** Helm's configuration home, for example `~/.config/helm`. */
export function helmConfigHome(around: Surroundings): string {
  return filled(around.env['HELM_CONFIG_HOME']) ?? pathOf(around).join(configHome(around), 'helm')
}

/** Where programs keep their configuration, as Helm finds it, for example `~/.config`. */
export function configHome(around: Surroundings): string {
  const { env, platform, home } = around
  const path = pathOf(around)
  const standard =
    platform === 'win32'
      ? (filled(env['APPDATA']) ?? path.join(home, 'AppData', 'Roaming'))
      : platform === 'darwin'
        ? path.join(home, 'Library', 'Preferences')
        : path.join(home, '.config')
  return filled(env['XDG_CONFIG_HOME']) ?? standard
}

/** Where Helm 3.0-3.6 keeps saved and pulled charts: the OCI layout `registry/cache` in the cache home. */
export function helmChartCache(around: Surroundings): string {
  return pathOf(around).join(helmCacheHome(around), 'registry', 'cache')
}

function filled(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}

function pathOf({ platform }: Surroundings): typeof posix {
  return platform === 'win32' ? win32 : posix
}
