import { createHash } from 'node:crypto'

export interface StoredManifest {
  readonly mediaType: string
  readonly bytes: Buffer
}

export interface StoredUpload {
  readonly repository: string
  content: Buffer
  /** Changes with every request, as the state in a location does. */
  state: number
}

/** What a registry holds, in memory. */
export class Store {
  /** `REPOSITORY@DIGEST` → bytes */
  readonly blobs = new Map<string, Buffer>()
  /** `REPOSITORY@DIGEST` and `REPOSITORY:TAG` */
  readonly manifests = new Map<string, StoredManifest>()
  readonly uploads = new Map<string, StoredUpload>()
  #opened = 0

  get repositories(): string[] {
    return [...new Set([...this.manifests.keys()].map((key) => key.replace(/[:@].*$/, '')))].sort()
  }

  tagsOf(repository: string): string[] {
    const prefix = `${repository}:`
    const names = [...this.manifests.keys()].filter((key) => key.startsWith(prefix))
    return names.map((key) => key.slice(prefix.length)).sort()
  }

  manifest(repository: string, name: string): StoredManifest | undefined {
    return this.manifests.get(`${repository}${name.includes(':') ? '@' : ':'}${name}`)
  }

  /** @returns its digest */
  addManifest(repository: string, name: string, manifest: StoredManifest): string {
    const digest = digestOf(manifest.bytes)
    this.manifests.set(`${repository}@${digest}`, manifest)
    if (!name.includes(':')) this.manifests.set(`${repository}:${name}`, manifest)
    return digest
  }

  /** @returns its digest */
  addBlob(repository: string, bytes: Buffer): string {
    const digest = digestOf(bytes)
    this.blobs.set(`${repository}@${digest}`, bytes)
    return digest
  }

  /** @returns the name of the upload */
  open(repository: string): string {
    const name = `upload-${++this.#opened}`
    this.uploads.set(name, { repository, content: Buffer.alloc(0), state: 0 })
    return name
  }
}

export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}
