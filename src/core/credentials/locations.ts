import { join, resolve, sep } from 'node:path'
import { helmCacheHome, helmConfigHome, type Surroundings } from '../base/helmHome.ts'

export interface CredentialLocation {
  readonly path: string
  /** The path as people write it, with `~` for the home directory. */
  readonly origin: string
  /** Whose file it is. Logins may be written to Helm's own, but never to Docker's or podman's. */
  readonly program: 'helm' | 'docker' | 'podman'
}

/**
 * The files that may hold logins, in the order in which they are asked: `$HELM_REGISTRY_CONFIG`, the files of Helm
 * 3.0-3.2, 3.8 and later, and 3.3-3.7, then Docker's and podman's. A path that comes up twice counts where it comes first.
 *
 * @see Helm pkg/cli/environment.go, containers-auth.json(5)
 */
export function credentialFiles(around: Surroundings): CredentialLocation[] {
  const { env, home } = around
  const helm = [
    newHelmFile(around).path,
    join(helmCacheHome(around), 'registry', 'config.json'),
    join(helmConfigHome(around), 'registry', 'config.json'),
    join(helmConfigHome(around), 'registry.json'),
  ]
  const docker = join(set(env['DOCKER_CONFIG']) ?? join(home, '.docker'), 'config.json')
  const locations = [
    ...helm.map((path) => location(path, 'helm', around)),
    location(docker, 'docker', around),
    ...podmanFiles(around).map((path) => location(path, 'podman', around)),
  ]
  return locations.filter(
    ({ path }, position) => locations.findIndex((other) => other.path === path) === position,
  )
}

/** Where a login goes while none of Helm's files exists: to the one that is chosen, else to that of Helm 3.0-3.2. */
export function newHelmFile(around: Surroundings): CredentialLocation {
  const path = explicitFile(around) ?? join(helmCacheHome(around), 'registry', 'config.json')
  return location(path, 'helm', around)
}

/** The file that `$HELM_REGISTRY_CONFIG` names. An empty variable counts as unset. */
export function explicitFile({ env }: Surroundings): string | undefined {
  const path = set(env['HELM_REGISTRY_CONFIG'])
  return path === undefined ? undefined : resolve(path)
}

function podmanFiles({ env, home }: Surroundings): string[] {
  const chosen = set(env['REGISTRY_AUTH_FILE'])
  if (chosen !== undefined) return [chosen]
  const homes = [set(env['XDG_RUNTIME_DIR']), set(env['XDG_CONFIG_HOME']) ?? join(home, '.config')]
  return homes.flatMap((directory) =>
    directory === undefined ? [] : [join(directory, 'containers', 'auth.json')],
  )
}

function set(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}

function location(
  given: string,
  program: CredentialLocation['program'],
  { home }: Surroundings,
): CredentialLocation {
  const path = resolve(given)
  const inHome = home !== '' && path.startsWith(home + sep)
  return { path, origin: inHome ? `~${path.slice(home.length)}` : path, program }
}
