import type { CancellationToken, Event, Uri } from 'vscode'

/*
 * What other extensions get from Chartroom. This file needs nothing but the types of VS Code, so it can be copied. A version
 * only ever gains: what would take something away, or mean something else, becomes the next version.
 */

/** The exports of the extension `chartroom.chartroom`. */
export interface ChartroomExports {
  /** @throws Error, a sentence for people, where this Chartroom does not have that version */
  getApi(version: 1): ChartroomApi
}

/**
 * Version 1. Nothing of it asks or shows anything: it works with the cache and the logins that the window has, and leaves
 * questions and messages to its caller. What fails rejects with an `ApiError`, what is cancelled with the
 * `CancellationError` of VS Code.
 */
export interface ChartroomApi {
  readonly version: 1
  /** The charts of the cache changed, whoever changed them, or it is another cache now. The cache is watched while somebody listens. */
  readonly onDidChangeCharts: Event<void>
  /** All charts of the cache, sorted by reference. */
  list(options?: CallOptions): Promise<readonly (Chart | BrokenChart)[]>
  /**
   * What a reference stands for: in the cache, where it is looked up first, else at its registry, which is asked without
   * fetching the chart.
   *
   * @param reference for example `localhost:5000/myrepo/mychart:2.7.0`
   */
  resolve(reference: string, options?: CallOptions): Promise<ResolvedChart>
  /** Brings a chart from its registry into the cache. */
  pull(reference: string, options?: TransferOptions): Promise<PulledChart>
  /**
   * Sends a chart of the cache to the registry that its reference names. A tag that holds another chart is left alone, and
   * the call rejects with the kind `target-exists`, unless `overwrite` is set. Nothing is pushed in Restricted Mode.
   */
  push(reference: string, options?: PushOptions): Promise<Chart>
}

export interface CallOptions {
  readonly token?: CancellationToken
}

export interface TransferOptions extends CallOptions {
  /** Hears how far it is, in bytes; `total` is missing as long as it is not known. */
  readonly onProgress?: (progress: { readonly done: number; readonly total?: number }) => void
}

export interface PushOptions extends TransferOptions {
  readonly overwrite?: boolean
}

/** A chart of the cache, with the fields that `chartroom chart list --output json` prints. */
export interface Chart {
  readonly reference: string
  readonly name: string
  readonly version: string
  readonly appVersion?: string
  readonly description?: string
  readonly deprecated: boolean
  /** `sha256:…` of the chart content, and its size in bytes. */
  readonly digest: string
  readonly size: number
  readonly manifestDigest: string
  /** ISO 8601; missing where a registry does not say it. */
  readonly created?: string
  readonly format: 'legacy' | 'modern' | 'beta'
  readonly problem?: undefined
}

/** An entry of the cache that cannot be read. */
export interface BrokenChart {
  readonly reference: string
  readonly problem: { readonly kind: string; readonly message: string }
}

export interface ResolvedChart extends Chart {
  readonly place: 'cache' | 'registry'
  /** The folder with the files of the chart, in a read-only file system: `workspace.fs` reads it, and nothing is saved. */
  readonly files: Uri
}

export interface PulledChart extends Chart {
  /** `false` where the cache had this very chart under this reference already. */
  readonly isNewer: boolean
}

/** What failed, as a sentence for people, and what can be done about it. */
export interface ApiError extends Error {
  /** One of the kinds that `chartroom … --output json` prints, for example `not-found` or `unauthorized`; `unexpected` where Chartroom itself is wrong. */
  readonly kind: string
  readonly advice?: string | undefined
}
