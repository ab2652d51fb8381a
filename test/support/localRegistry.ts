import {
  startLocalRegistry,
  type LocalRegistry,
  type LocalRegistryOptions,
} from '../../src/localRegistry/index.ts'
import { describe } from '../../src/core/oci/descriptor.ts'
import { digestOf } from '../../src/core/oci/digest.ts'
import { encodeManifest, type RawManifest } from '../../src/core/oci/manifest.ts'
import { cleanUp } from './cleanUp.ts'
import { temporaryDirectory } from './temporary.ts'

/** Starts the embedded registry on a free port, by default with an empty storage. It is stopped with the test. */
export async function localRegistry(
  storage?: string,
  options: Partial<LocalRegistryOptions> = {},
): Promise<LocalRegistry> {
  const registry = await startLocalRegistry({
    port: 0,
    storage: storage ?? (await temporaryDirectory()),
    ...options,
  })
  cleanUp(() => registry.stop())
  return registry
}

/** Pushes a blob with plain requests. Returns its digest. */
export async function pushBlob(url: string, repository: string, bytes: Uint8Array): Promise<string> {
  const digest = digestOf(bytes)
  const begun = await fetch(`${url}/v2/${repository}/blobs/uploads/`, { method: 'POST' })
  const place = new URL(begun.headers.get('location') ?? '', url)
  place.searchParams.set('digest', digest)
  const ended = await fetch(place, { method: 'PUT', body: Buffer.from(bytes) })
  if (ended.status !== 201) throw new Error(`The blob was not taken: ${ended.status} ${await ended.text()}`)
  return digest
}

/** A manifest with a config and a layer made of the text; other texts make other manifests. */
export function smallManifest(text: string): { blobs: readonly Buffer[]; manifest: RawManifest } {
  const config = Buffer.from(JSON.stringify({ name: text }))
  const layer = Buffer.from(`the layer of ${text}`)
  const manifest = encodeManifest({
    config: describe('application/vnd.cncf.helm.config.v1+json', config),
    layers: [describe('application/tar+gzip', layer)],
  })
  return { blobs: [config, layer], manifest }
}

/** Puts a manifest with a plain request. */
export async function putManifest(
  url: string,
  repository: string,
  name: string,
  { descriptor, bytes }: RawManifest,
): Promise<Response> {
  return await fetch(`${url}/v2/${repository}/manifests/${name}`, {
    method: 'PUT',
    headers: { 'content-type': descriptor.mediaType },
    body: new Uint8Array(bytes),
  })
}

/** Pushes a small manifest with its blobs under a tag. Returns the manifest. */
export async function pushSmall(
  url: string,
  repository: string,
  tag: string,
  text = tag,
): Promise<RawManifest> {
  const { blobs, manifest } = smallManifest(text)
  for (const blob of blobs) await pushBlob(url, repository, blob)
  const answer = await putManifest(url, repository, tag, manifest)
  if (answer.status !== 201) throw new Error(`The manifest was not taken: ${await answer.text()}`)
  return manifest
}

/** Status and first error code of an answer, for example `404 MANIFEST_UNKNOWN`. */
export async function outcome(answer: Response | Promise<Response>): Promise<string> {
  const { status, text } = await (async () => {
    const response = await answer
    return { status: response.status, text: await response.text() }
  })()
  const code = /^{"errors":\[{"code":"(\w+)"/.exec(text)?.[1]
  return code === undefined ? String(status) : `${status} ${code}`
}
