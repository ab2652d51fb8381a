import { messageOf } from '../errors.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import type { Digest } from '../oci/digest.ts'
import { isIndex, parseManifest, type Index, type Manifest } from '../oci/manifest.ts'
import { bareMediaType, mediaTypes } from '../oci/mediaTypes.ts'
import type { OperationOptions } from '../progress.ts'
import type { IndexEntry } from './indexFile.ts'
import type { Layout } from './layout.ts'

/** A blob that something needs. */
export interface Need {
  readonly descriptor: Descriptor
  /** What it is to the manifest that names it. A layout is complete without the subjects of its manifests. */
  readonly role: 'manifest' | 'config' | 'layer' | 'subject'
}

export interface Needs {
  /** The manifest itself comes first. Of what cannot be read, only itself is known. */
  readonly needs: readonly Need[]
  /** Sentences about the manifests that cannot be read, so that it is not known what they need. */
  readonly unreadable: readonly { readonly digest: Digest; readonly message: string }[]
}

/**
 * Finds out which blobs are needed: manifests with their configs and layers, indexes with what they name, down to the
 * last one, and the subjects of both where they are there. A manifest is read once.
 */
export class NeedReader {
  readonly #layout: Layout
  readonly #read = new Map<Digest, Manifest | Index | { readonly message: string }>()

  constructor(layout: Layout) {
    this.#layout = layout
  }

  /** What an entry of the index needs; nothing where it names no content. */
  async ofEntry({ descriptor, name }: IndexEntry, options: OperationOptions = {}): Promise<Needs> {
    if (descriptor === undefined) return { needs: [], unreadable: [] }
    return await this.of(descriptor, name ?? descriptor.digest, options)
  }

  /** @param what names the manifest in errors */
  async of(descriptor: Descriptor, what: string, options: OperationOptions = {}): Promise<Needs> {
    const needs = new Map<Digest, Need>()
    const unreadable: Needs['unreadable'][number][] = []
    const waiting: Need[] = [{ descriptor, role: 'manifest' }]
    for (let need = waiting.shift(); need !== undefined; need = waiting.shift()) {
      const { digest } = need.descriptor
      if (!isMore(need, needs.get(digest))) continue
      needs.set(digest, need)
      if (!isManifest(need.descriptor)) continue
      if (need.role === 'subject' && (await this.#layout.factsOf(need.descriptor)) === undefined) continue
      const manifest = await this.#manifest(need.descriptor, what, options)
      if ('message' in manifest) unreadable.push({ digest, message: manifest.message })
      else waiting.push(...childrenOf(manifest))
    }
    return { needs: [...needs.values()], unreadable }
  }

  async #manifest(
    descriptor: Descriptor,
    what: string,
    options: OperationOptions,
  ): Promise<Manifest | Index | { readonly message: string }> {
    const known = this.#read.get(descriptor.digest)
    if (known !== undefined) return known
    const read = await this.#readManifest(descriptor, what, options)
    this.#read.set(descriptor.digest, read)
    return read
  }

  async #readManifest(
    descriptor: Descriptor,
    what: string,
    options: OperationOptions,
  ): Promise<Manifest | Index | { readonly message: string }> {
    try {
      // The digest alone says what the bytes have to be; whether the size is right is another question.
      const { size = descriptor.size } = (await this.#layout.factsOf(descriptor)) ?? {}
      const actual = { ...descriptor, size }
      return parseManifest(
        await this.#layout.readManifest({ raw: actual, descriptor: actual, name: what }, options),
        what,
      )
    } catch (error) {
      options.signal?.throwIfAborted()
      return { message: messageOf(error) }
    }
  }
}

/** Whether a need says more than what is known of the blob: that something cannot do without it. */
export function isMore(need: Pick<Need, 'role'>, known: Pick<Need, 'role'> | undefined): boolean {
  return known === undefined || (known.role === 'subject' && need.role !== 'subject')
}

const manifestTypes: ReadonlySet<string> = new Set(Object.values(mediaTypes))

function isManifest({ mediaType }: Descriptor): boolean {
  return manifestTypes.has(bareMediaType(mediaType))
}

function childrenOf(manifest: Manifest | Index): Need[] {
  const { subject } = manifest
  const children: Need[] = isIndex(manifest)
    ? manifest.manifests.map((descriptor) => ({ descriptor, role: 'manifest' }))
    : [
        { descriptor: manifest.config, role: 'config' },
        ...manifest.layers.map((descriptor): Need => ({ descriptor, role: 'layer' })),
      ]
  return subject === undefined ? children : [...children, { descriptor: subject, role: 'subject' }]
}
