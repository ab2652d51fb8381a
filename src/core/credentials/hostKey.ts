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

/** What one of several keys the host is found under: the exact one first, then any other spelling. */
export function keysFor(keys: readonly string[], host: string): string[] {
  const exact = keyOf(host)
  const spellings = keys.filter((key) => means(key, host))
  return [...spellings.filter((key) => key === exact), ...spellings.filter((key) => key !== exact)]
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
