/** Where the registry's image expects things. */
const storageInside = '/var/lib/registry'
const htpasswdInside = '/etc/docker/registry/auth.htpasswd'

export interface DockerRun {
  readonly port: number
  readonly restart: boolean
  /** Absolute paths on this machine. */
  readonly storage?: string
  readonly htpasswd?: string
}

/**
 * What `docker` is called with to start a registry: the line of Helm's guide, each of its options where it was chosen.
 * @see https://helm.sh/docs/topics/registries (Helm 3.0-3.6, "Running a registry")
 */
export function dockerRun({ port, restart, storage, htpasswd }: DockerRun): string[] {
  const keeping = storage === undefined ? [] : ['-v', `${storage}:${storageInside}`]
  const auth = `REGISTRY_AUTH={htpasswd: {realm: localhost, path: ${htpasswdInside}}}`
  const guarding = htpasswd === undefined ? [] : ['-v', `${htpasswd}:${htpasswdInside}`, '-e', auth]
  return [
    ...['run', '-dp', `${port}:5000`],
    ...(restart ? ['--restart=always'] : []),
    ...['--name', 'registry'],
    ...keeping,
    ...guarding,
    'registry',
  ]
}

/** What `docker` is called with to follow the registry's log. */
export const dockerLogs: readonly string[] = ['logs', '-f', 'registry']

/** What `docker` is called with to stop the registry; its container goes, and what was pushed unless a folder keeps it. */
export const dockerRemove: readonly string[] = ['rm', '-f', 'registry']

/** Whether Docker would take a part of the path for something else: it separates the two ends of a mount by a colon. */
export function canMount(path: string): boolean {
  return !path.replace(/^[A-Za-z]:(?=[\\/])/, '').includes(':')
}
