/** Docker Hub has its API under another name than the one that references have. */
export function isDockerHub(host: string): boolean {
  return host === 'docker.io' || host === 'index.docker.io'
}

/** Where the API of a registry is: Docker Hub has it under another name than the one that references have. */
export function apiHostOf(host: string): string {
  return isDockerHub(host) ? 'registry-1.docker.io' : host
}
