import { Branch } from '../base/branch.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import type { RawManifest } from '../oci/manifest.ts'
import type { Content, FetchOptions, ReadableTarget } from '../oci/target.ts'
import type { OperationOptions } from '../base/progress.ts'

/** Reads a blob for what it is, and throws what is wrong with it. */
type Read = (content: Content) => Promise<unknown>

/**
 * A source whose blob is read while it is copied, so that it need not be read again from where it was copied to. What is wrong
 * with it is kept until somebody asks, because of a blob that is damaged on its way the copy has the better word.
 */
export class ReadAlong implements ReadableTarget {
  readonly #source: ReadableTarget
  readonly #blob: Descriptor
  readonly #read: Read
  #reading: Promise<unknown> | undefined

  constructor(source: ReadableTarget, blob: Descriptor, read: Read) {
    this.#source = source
    this.#blob = blob
    this.#read = read
  }

  async exists(descriptor: Descriptor, options?: OperationOptions): Promise<boolean> {
    return await this.#source.exists(descriptor, options)
  }

  async resolve(name: string, options?: OperationOptions): Promise<RawManifest> {
    return await this.#source.resolve(name, options)
  }

  async fetch(descriptor: Descriptor, options?: FetchOptions): Promise<AsyncIterable<Uint8Array>> {
    const bytes = await this.#source.fetch(descriptor, options)
    if (descriptor.digest !== this.#blob.digest) return bytes
    const branch = new Branch()
    const reading = this.#read(() => branch.read())
    this.#reading = reading
    // Whoever has read enough, or never began, must not be waited for. What it failed with is kept.
    const done = (): void => {
      branch.close()
    }
    reading.then(done, done)
    return passed(bytes, branch)
  }

  /**
   * Waits until the blob is read.
   * @param stored opens it where it was not copied, because it was there already
   * @throws what is wrong with it
   */
  async finish(stored: Content): Promise<void> {
    await (this.#reading ?? this.#read(stored))
  }
}

/** Passes bytes on and writes them into a branch, at the pace of the slower one. */
async function* passed(bytes: AsyncIterable<Uint8Array>, branch: Branch): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of bytes) {
      await branch.write(chunk)
      yield chunk
    }
    branch.end()
  } finally {
    branch.close()
  }
}
