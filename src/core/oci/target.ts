import type { OperationOptions } from '../base/progress.ts'
import type { Descriptor } from './descriptor.ts'
import type { RawManifest } from './manifest.ts'

/**
 * Content as a way to open it, so that a retry starts again at byte one.
 * Every call gives a fresh iteration over the same bytes.
 */
export type Content = () => AsyncIterable<Uint8Array> | Promise<AsyncIterable<Uint8Array>>

/**
 * A place where content lies under digests and manifests have names: the layout on disk, a repository of a registry,
 * a map in a test. Five verbs; push and pull are one `copy` between two of these.
 */
export interface Target extends ReadableTarget {
  /**
   * Stores a blob. Its bytes are verified before they can be found by digest; a blob that is there and sound is left
   * alone.
   */
  push(descriptor: Descriptor, content: Content, options?: OperationOptions): Promise<void>

  /** Stores a manifest, whose blobs are all there, and gives it a name. What had the name before loses it. */
  tag(manifest: RawManifest, name: string, options?: OperationOptions): Promise<void>
}

export interface FetchOptions extends OperationOptions {
  /**
   * Called where the bytes go on in another answer than they began in. Content that is damaged then may come whole when it
   * is fetched once more.
   */
  readonly onResume?: () => void
}

export interface ReadableTarget {
  /** Whether content with this digest and size is there. */
  exists(descriptor: Descriptor, options?: OperationOptions): Promise<boolean>

  /**
   * Opens a blob. The bytes are **not** verified; pass them through `verified`.
   * @throws ChartroomError `not-found`
   */
  fetch(descriptor: Descriptor, options?: FetchOptions): Promise<AsyncIterable<Uint8Array>>

  /**
   * The manifest that a name (tag or digest) means, its bytes checked against its digest.
   * @throws ChartroomError `not-found`
   */
  resolve(name: string, options?: OperationOptions): Promise<RawManifest>
}
