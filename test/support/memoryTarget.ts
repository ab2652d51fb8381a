import { ChartroomError } from '../../src/core/base/errors.ts'
import type { Descriptor } from '../../src/core/oci/descriptor.ts'
import { isDigest } from '../../src/core/oci/digest.ts'
import type { RawManifest } from '../../src/core/oci/manifest.ts'
import type { Content, Target } from '../../src/core/oci/target.ts'
import { verified } from '../../src/core/oci/verify.ts'
import type { OperationOptions } from '../../src/core/base/progress.ts'

/** The simplest target there is: two maps. */
export class MemoryTarget implements Target {
  readonly #blobs = new Map<string, Buffer>()
  readonly #manifests = new Map<string, RawManifest>()

  exists({ digest, size }: Descriptor): Promise<boolean> {
    return Promise.resolve(this.#blobs.get(digest)?.length === size)
  }

  fetch({ digest }: Descriptor): Promise<AsyncIterable<Uint8Array>> {
    const bytes = this.#blobs.get(digest)
    return bytes === undefined ? Promise.reject(unknown(digest)) : Promise.resolve(once(bytes))
  }

  async push(descriptor: Descriptor, content: Content, { signal }: OperationOptions = {}): Promise<void> {
    if (await this.exists(descriptor)) return
    const chunks: Uint8Array[] = []
    for await (const chunk of verified(await content(), descriptor, descriptor.digest)) {
      signal?.throwIfAborted()
      chunks.push(chunk)
    }
    signal?.throwIfAborted()
    this.#blobs.set(descriptor.digest, Buffer.concat(chunks))
  }

  resolve(name: string): Promise<RawManifest> {
    const manifest = this.#manifests.get(name)
    return manifest === undefined ? Promise.reject(unknown(name)) : Promise.resolve(manifest)
  }

  tag(manifest: RawManifest, name: string): Promise<void> {
    this.#manifests.set(manifest.descriptor.digest, manifest)
    if (!isDigest(name)) this.#manifests.set(name, manifest)
    return Promise.resolve()
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes)
}

function unknown(name: string): ChartroomError {
  return new ChartroomError('not-found', { message: `There is no ${name}.` })
}
