import { messageOf } from '../base/errors.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import { digestsIn, type Digest } from '../oci/digest.ts'
import { isIndex, maxManifestSize, parseManifest, type Index, type Manifest } from '../oci/manifest.ts'
import { bareMediaType, mediaTypes } from '../oci/mediaTypes.ts'
import type { OperationOptions } from '../base/progress.ts'
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
 * last one, and the subjects of both where they are there. Of a manifest of another kind, such as the artifact manifests that
 * ORAS wrote, every digest in it may be needed. A manifest is read once.
 */
export class NeedReader {
  readonly #layout: Layout
  readonly #read = new Map<Digest, readonly Need[] | { readonly message: string }>()

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
      const isContent = need.role === 'config' || need.role === 'layer'
      if (isContent && !isManifest(need.descriptor)) continue
      if (need.role === 'subject' && (await this.#layout.factsOf(need.descriptor)) === undefined) continue
      const children = await this.#children(need.descriptor, what, options)
      if ('message' in children) unreadable.push({ digest, message: children.message })
      else waiting.push(...children)
    }
    return { needs: [...needs.values()], unreadable }
  }

  async #children(
    descriptor: Descriptor,
    what: string,
    options: OperationOptions,
  ): Promise<readonly Need[] | { readonly message: string }> {
    const known = this.#read.get(descriptor.digest)
    if (known !== undefined) return known
    const read = await this.#readChildren(descriptor, what, options)
    this.#read.set(descriptor.digest, read)
    return read
  }

  async #readChildren(
    descriptor: Descriptor,
    what: string,
    options: OperationOptions,
  ): Promise<readonly Need[] | { readonly message: string }> {
    try {
      // The digest alone says what the bytes have to be; whether the size is right is another question.
      const { size = descriptor.size } = (await this.#layout.factsOf(descriptor)) ?? {}
      const isKnown = isManifest(descriptor)
      if (!isKnown && size > maxManifestSize) return []
      const actual = { ...descriptor, size }
      const manifest = await this.#layout.readManifest(
        { raw: actual, descriptor: actual, name: what },
        options,
      )
      return isKnown ? childrenOf(parseManifest(manifest, what)) : await this.#mentionedIn(manifest.bytes)
    } catch (error) {
      options.signal?.throwIfAborted()
      return { message: messageOf(error) }
    }
  }

  /** What a manifest of an unknown kind may need: what it mentions and what is there. Nothing says that it has to be there. */
  async #mentionedIn(bytes: Buffer): Promise<Need[]> {
    const needs: Need[] = []
    for (const digest of digestsIn(bytes.toString())) {
      const facts = await this.#layout.factsOf({ digest })
      if (facts !== undefined)
        needs.push({ descriptor: { mediaType: '', digest, size: facts.size }, role: 'subject' })
    }
    return needs
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
