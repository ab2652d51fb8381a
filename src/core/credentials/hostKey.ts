import { parseReference } from '../oci/reference.ts'

/** The key under which Docker, and every program that shares its files, keeps the login of Docker Hub. */
const dockerHubKey = 'https://index.docker.io/v1/'

const dockerHubHosts: readonly string[] = ['docker.io', 'index.docker.io', 'registry-1.docker.io']

/** The key under which a login is written: the host in lower case, or Docker's key for Docker Hub. */
export function keyOf(host: string): string {
  const plain = hostOf(host)
  return plain === 'docker.io' ? dockerHubKey : plain
}

/**
 * Whether a key that some program wrote means a host. Programs wrote schemes, paths and capitals; the host itself is
 * compared whole, so that `registry.example.com.evil.org` never gets what belongs to `registry.example.com`.
 */
export function means(key: string, host: string): boolean {
  return hostOf(key) === hostOf(host)
}

/**
 * What one of several keys the host is found under: the one that names most of a repository first, as podman looks, then the
 * exact one, then any other spelling.
 */
export function keysFor(keys: readonly string[], host: string, repository?: string): string[] {
  const exact = keyOf(host)
  const rank = (key: string): number => {
    const part = partOf(key)
    if (part !== undefined && `${repository ?? ''}/`.startsWith(`${part}/`)) return 2 + part.length
    return key === exact ? 1 : 0
  }
  return keys.filter((key) => means(key, host)).sort((one, other) => rank(other) - rank(one))
}

/** The part of a registry that a key is for: `team` of `registry.example.com/team`; `undefined` where it is for all of it. */
export function partOf(key: string): string | undefined {
  // With a scheme it is an address, as Docker once wrote it.
  return /^[^/]+\/(.*[^/])\/*$/.exec(key.includes('://') ? '' : key.trim())?.[1]
}

/** The host that a key means; `undefined` where it is none that a reference could name. */
export function hostIn(key: string): string | undefined {
  const host = hostOf(key)
  try {
    return parseReference(`${host}/any`).host === host ? host : undefined
  } catch {
    return undefined
  }
}

function hostOf(key: string): string {
  const host = key
    .trim()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/\/.*$/s, '')
    .toLowerCase()
  return dockerHubHosts.includes(host) ? 'docker.io' : host
}
