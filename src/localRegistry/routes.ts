import type { IncomingMessage } from 'node:http'
import { isRepository } from '../core/oci/reference.ts'
import type { OperationOptions } from '../core/base/progress.ts'
import { jsonAnswer, type Answer } from './answer.ts'
import { deleteBlob, getBlob } from './blobs.ts'
import type { Call } from './call.ts'
import { listRepositories, listTags } from './lists.ts'
import { deleteManifest, getManifest, putManifest } from './manifests.ts'
import { listReferrers } from './referrers.ts'
import { RegistryError } from './registryError.ts'
import type { Store } from './store.ts'
import { appendUpload, cancelUpload, finishUpload, showUpload, startUpload } from './uploadSteps.ts'

type Handler = (call: Call) => Promise<Answer>

interface Route {
  readonly path: RegExp
  readonly methods: Readonly<Partial<Record<string, Handler>>>
}

/** The endpoints of the distribution API that there are; the first path that fits counts. */
const routes: readonly Route[] = [
  { path: /^\/v2\/?$/, methods: reading(() => Promise.resolve(jsonAnswer(200, {}))) },
  { path: /^\/v2\/_catalog$/, methods: reading(listRepositories) },
  { path: /^\/v2\/(?<repository>.+)\/tags\/list$/, methods: reading(listTags) },
  {
    path: /^\/v2\/(?<repository>.+)\/manifests\/(?<target>[^/]+)$/,
    methods: { ...reading(getManifest), PUT: putManifest, DELETE: deleteManifest },
  },
  { path: /^\/v2\/(?<repository>.+)\/blobs\/uploads\/?$/, methods: { POST: startUpload } },
  {
    path: /^\/v2\/(?<repository>.+)\/blobs\/uploads\/(?<target>[^/]+)$/,
    methods: { GET: showUpload, PATCH: appendUpload, PUT: finishUpload, DELETE: cancelUpload },
  },
  {
    path: /^\/v2\/(?<repository>.+)\/blobs\/(?<target>[^/]+)$/,
    methods: { ...reading(getBlob), DELETE: deleteBlob },
  },
  { path: /^\/v2\/(?<repository>.+)\/referrers\/(?<target>[^/]+)$/, methods: reading(listReferrers) },
]

/**
 * Finds who answers a request, and lets him.
 * @throws RegistryError, as every handler does
 */
export async function route(
  store: Store,
  request: IncomingMessage,
  options: OperationOptions,
): Promise<Answer> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
  const path = decoded(pathname)
  for (const { path: pattern, methods } of routes) {
    const match = pattern.exec(path)
    if (match === null) continue
    const handler = methods[request.method ?? '']
    if (handler === undefined) throw notAllowed(request.method, methods)
    const { repository = '', target = '' } = match.groups ?? {}
    if (repository !== '' && !isRepository(repository)) throw badName(repository)
    const { headers } = request
    // Where reading stops half-way, the connection must stay: the client is to hear why.
    const body = request.iterator({ destroyOnReturn: false })
    return await handler({ store, repository, target, query: searchParams, headers, body, options })
  }
  throw new RegistryError('UNSUPPORTED', `There is nothing at ${path}.`, { status: 404 })
}

function reading(handler: Handler): Record<string, Handler> {
  return { GET: handler, HEAD: handler }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch (error) {
    if (error instanceof URIError) throw badName(path)
    throw error
  }
}

function badName(repository: string): RegistryError {
  return new RegistryError('NAME_INVALID', `${JSON.stringify(repository)} is not the name of a repository.`)
}

function notAllowed(method: string | undefined, methods: Route['methods']): RegistryError {
  return new RegistryError('UNSUPPORTED', `${method ?? 'The method'} is not supported here.`, {
    headers: { Allow: Object.keys(methods).join(', ') },
  })
}
