import { empty, errorAnswer, json, text, type Answer, type Asked } from './exchange.ts'
import type { Manners } from './manners.ts'
import type { Store } from './store.ts'
import { continueUpload, openUpload } from './uploads.ts'

/** Answers as a sound registry of some manners does, to somebody who may do everything. */
export function behave(store: Store, manners: Manners, asked: Asked): Answer {
  const { method, url } = asked
  const path = url.pathname
  if (path === '/v2/') return json(200, {})
  if (path === '/v2') return manners.rootWithoutSlash === 404 ? empty(404) : empty(301, { location: '/v2/' })
  if (path === '/v2/_catalog') return json(200, { repositories: store.repositories })
  const [, repository = '', kind, rest = ''] = /^\/v2\/(.+)\/(tags|manifests|blobs)\/(.*)$/.exec(path) ?? []
  if (kind === 'tags') return listTags(store, repository)
  if (kind === 'manifests') {
    const name = decodeURIComponent(rest)
    return method === 'PUT'
      ? putManifest(store, manners, repository, name, asked)
      : getManifest(store, manners, repository, name, asked)
  }
  if (kind === 'blobs') {
    if (rest === 'uploads' && method === 'POST') return withoutSlash(manners, path)
    if (rest === 'uploads/') return openUpload(store, manners, repository, asked)
    if (rest.startsWith('uploads/')) return continueUpload(store, manners, rest.slice(8), asked)
    return getBlob(store, repository, rest, asked)
  }
  return text(404, '404 page not found\n')
}

function withoutSlash({ uploadsWithoutSlash }: Manners, path: string): Answer {
  return uploadsWithoutSlash === 405 ? empty(405) : empty(301, { location: `${path}/` })
}

function listTags(store: Store, repository: string): Answer {
  const tags = store.tagsOf(repository)
  if (tags.length === 0) return errorAnswer(404, 'NAME_UNKNOWN')
  return json(200, { name: repository, tags })
}

function getBlob(store: Store, repository: string, digest: string, { headers }: Asked): Answer {
  const body = store.blobs.get(`${repository}@${digest}`)
  if (body === undefined) return errorAnswer(404, 'BLOB_UNKNOWN')
  const common = { 'content-type': 'application/octet-stream', 'docker-content-digest': digest }
  const start = Number(/^bytes=(\d+)-$/.exec(headers['range'] ?? '')?.[1] ?? 0)
  if (start === 0) return { status: 200, headers: { ...common, 'accept-ranges': 'bytes' }, body }
  if (start >= body.length) return empty(416, { 'content-range': `bytes */${body.length}` })
  const range = `bytes ${start}-${body.length - 1}/${body.length}`
  return { status: 206, headers: { ...common, 'content-range': range }, body: body.subarray(start) }
}

const manifestTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]

function getManifest(
  store: Store,
  manners: Manners,
  repository: string,
  name: string,
  { headers }: Asked,
): Answer {
  const manifest = store.manifest(repository, name)
  if (manifest === undefined) {
    const isKnown = store.repositories.includes(repository)
    return errorAnswer(404, isKnown ? 'MANIFEST_UNKNOWN' : manners.unknownRepository)
  }
  if (manners.hidesManifests && headers['accept']?.includes(manifest.mediaType) !== true) {
    const why = 'OCI manifest found, but accept header does not support OCI manifests'
    return errorAnswer(404, 'MANIFEST_UNKNOWN', why)
  }
  const digest = store.addManifest(repository, name, manifest)
  const told = { 'content-type': manifest.mediaType, 'docker-content-digest': digest }
  return { status: 200, headers: told, body: manifest.bytes }
}

function putManifest(
  store: Store,
  manners: Manners,
  repository: string,
  name: string,
  { headers, body }: Asked,
): Answer {
  const mediaType = headers['content-type'] ?? ''
  if (!manifestTypes.includes(mediaType)) {
    return errorAnswer(manners.badContentType, 'MANIFEST_INVALID', 'manifest invalid')
  }
  if (name.includes('+') && !manners.takesPlus) return text(404, '404 page not found\n')
  if (body.length > 4 * 1024 * 1024) {
    return manners.largeManifest === 413
      ? empty(413)
      : errorAnswer(400, 'MANIFEST_INVALID', 'http: request body too large')
  }
  const { config, layers } = JSON.parse(body.toString()) as { config: Named; layers: readonly Named[] }
  // Sizes are not compared by any registry.
  const isComplete = [config, ...layers].every(({ digest }) => store.blobs.has(`${repository}@${digest}`))
  if (!isComplete && !manners.takesUnknownBlobs) return errorAnswer(400, 'MANIFEST_BLOB_UNKNOWN')
  const digest = store.addManifest(repository, name, { mediaType, bytes: body })
  return empty(201, { location: `/v2/${repository}/manifests/${digest}`, 'docker-content-digest': digest })
}

interface Named {
  readonly digest: string
}
