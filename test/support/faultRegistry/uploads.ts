import { empty, errorAnswer, type Answer, type Asked } from './exchange.ts'
import type { Manners } from './manners.ts'
import { digestOf, type Store, type StoredUpload } from './store.ts'

/** Opens an upload; or takes a blob over from another repository, or in one request, where the registry does that. */
export function openUpload(store: Store, manners: Manners, repository: string, asked: Asked): Answer {
  const { searchParams } = asked.url
  const mounted = store.blobs.get(`${searchParams.get('from') ?? ''}@${searchParams.get('mount') ?? ''}`)
  if (mounted !== undefined && manners.mount === 201) {
    const digest = store.addBlob(repository, mounted)
    return created(`/v2/${repository}/blobs/${digest}`, digest)
  }
  const wanted = searchParams.get('digest')
  if (wanted !== null && manners.singlePost === 201) {
    if (digestOf(asked.body) !== wanted) return errorAnswer(400, 'DIGEST_INVALID')
    // zot does not say the digest here.
    return empty(201, { location: `/v2/${repository}/blobs/${store.addBlob(repository, asked.body)}` })
  }
  return accepted(store, manners, store.open(repository), asked)
}

/** Takes a chunk, the end of an upload, a question about it, or its end without a blob. */
export function continueUpload(store: Store, manners: Manners, name: string, asked: Asked): Answer {
  const upload = store.uploads.get(name)
  if (upload === undefined) return errorAnswer(404, 'BLOB_UPLOAD_UNKNOWN')
  if (isStale(upload, manners, asked)) return errorAnswer(manners.staleLocation ?? 404, 'BLOB_UPLOAD_INVALID')
  if (asked.method === 'DELETE') {
    store.uploads.delete(name)
    return empty(204)
  }
  const start = Number(/^(\d+)-/.exec(asked.headers['content-range'] ?? '')?.[1] ?? upload.content.length)
  if (start !== upload.content.length && manners.overlappingChunk === 416) {
    return errorAnswer(416, 'RANGE_INVALID')
  }
  upload.content = Buffer.concat([upload.content, asked.body])
  if (asked.method !== 'PUT') return accepted(store, manners, name, asked)
  const wanted = asked.url.searchParams.get('digest')
  if (digestOf(upload.content) !== wanted) return errorAnswer(400, 'DIGEST_INVALID')
  store.uploads.delete(name)
  store.addBlob(upload.repository, upload.content)
  return created(`/v2/${upload.repository}/blobs/${wanted}`, wanted)
}

function isStale({ state }: StoredUpload, { staleLocation }: Manners, { url }: Asked): boolean {
  return staleLocation !== undefined && url.searchParams.get('_state') !== stateText(state)
}

function accepted(store: Store, { location }: Manners, name: string, { url }: Asked): Answer {
  const upload = store.uploads.get(name)
  if (upload === undefined) return errorAnswer(404, 'BLOB_UPLOAD_UNKNOWN')
  upload.state++
  const path = `/v2/${upload.repository}/blobs/uploads/${name}`
  const state = encodeURIComponent(stateText(upload.state))
  return empty(202, {
    location: location === 'relative' ? path : `${url.origin}${path}?_state=${state}`,
    range: `0-${Math.max(0, upload.content.length - 1)}`,
  })
}

/** With what has to be escaped in a query, as a signed state has. */
function stateText(state: number): string {
  return `a+b/${state}==`
}

function created(location: string, digest: string): Answer {
  return empty(201, { location, 'docker-content-digest': digest })
}
