/** Docker Hub has its API under another name than the one that references have. */
export function isDockerHub(host: string): boolean {
  return host === 'docker.io' || host === 'index.docker.io'
}
