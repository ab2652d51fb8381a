import type { IncomingHttpHeaders } from 'node:http'
import type { OperationOptions } from '../core/base/progress.ts'
import type { Store } from './store.ts'

/** One request, taken apart. */
export interface Call {
  readonly store: Store
  /** Valid by its grammar; empty where the path has none. */
  readonly repository: string
  /** What stands at the end of the path: a tag or digest, a digest, the id of an upload. */
  readonly target: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: AsyncIterable<Uint8Array>
  readonly options: OperationOptions
}
