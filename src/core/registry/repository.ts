import { bytewiseTexts } from '../base/bytewise.ts'
import { ChartroomError, kindOf, messageOf, type ErrorKind } from '../base/errors.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import { isDigest, shortDigest, type Digest } from '../oci/digest.ts'
import { maxManifestSize, type RawManifest } from '../oci/manifest.ts'
import { acceptedManifests } from '../oci/mediaTypes.ts'
import { isTag, wireTag } from '../oci/reference.ts'
import { tagOfWire } from '../oci/tags.ts'
import type { Content, FetchOptions, Target } from '../oci/target.ts'
import type { OperationOptions } from '../base/progress.ts'
import type { RegistryClient } from './client.ts'
import { deleteManifest } from './deleteManifest.ts'
import { downloadBlob } from './download.ts'
import { checkReturnedDigest, receivedManifest } from './manifestAnswer.ts'
import { ListPages, namesUnder } from './lists/listPages.ts'
import type { Pages } from './lists/pages.ts'
import { fetchReferrers, type Referrer } from './lists/referrers.ts'
import { repositoryScope } from './login/scope.ts'
import { bodyOf, header } from './transport/transport.ts'
import { uploadBlob } from './upload.ts'

/**
 * One repository of a registry as a place for content.
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */
export class RegistryRepository implements Target {
  /** For example `localhost:5000/myrepo/mychart`. */
  readonly name: string
  readonly #client: RegistryClient
  readonly #path: string
  readonly #repository: string
  readonly #mountFrom: string | undefined

  /** @param mountFrom another repository of the registry, from which blobs are taken over where the registry can do that */
  constructor(client: RegistryClient, repository: string, mountFrom?: string) {
    this.#client = client
    this.#repository = repository
    this.#mountFrom = mountFrom
    this.#path = `/v2/${repository}`
    this.name = `${client.settings.host}/${repository}`
  }

  async exists(descriptor: Descriptor, options: OperationOptions = {}): Promise<boolean> {
    const response = await this.#client.read(
      {
        method: 'HEAD',
        to: `${this.#path}/blobs/${descriptor.digest}`,
        scope: this.#pull,
        // Some registries have no HEAD; what is there already is sent once more then.
        expect: [200, 404, 405],
        what: this.#blobName(descriptor),
      },
      options,
    )
    const length = header(response, 'content-length')
    return response.status === 200 && (length === undefined || Number(length) === descriptor.size)
  }

  async fetch(descriptor: Descriptor, options: FetchOptions = {}): Promise<AsyncIterable<Uint8Array>> {
    const download = {
      client: this.#client,
      path: `${this.#path}/blobs/${descriptor.digest}`,
      scope: this.#pull,
      what: this.#blobName(descriptor),
    }
    return await downloadBlob(download, descriptor, options)
  }

  async push(descriptor: Descriptor, content: Content, options: OperationOptions = {}): Promise<void> {
    const upload = {
      client: this.#client,
      repository: this.#repository,
      scope: this.#push,
      what: this.#blobName(descriptor),
    }
    const mountFrom = this.#mountFrom
    try {
      if (mountFrom !== undefined) {
        const scope = `${this.#push} ${repositoryScope(mountFrom, 'pull')}`
        await uploadBlob({ ...upload, scope, mountFrom }, descriptor, content, options)
        return
      }
    } catch (error) {
      if (!isMountRefused(error)) throw error
      options.log?.debug(`${upload.what} is sent, because it cannot be taken over: ${messageOf(error)}`)
    }
    await uploadBlob(upload, descriptor, content, options)
  }

  /**
   * The same repository, taking blobs over from another one where that is of the same registry and the registry can do it.
   * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#mounting-a-blob-from-another-repository
   */
  takingFrom(source: RegistryRepository): RegistryRepository {
    const isNeighbour = source.#client === this.#client && source.#repository !== this.#repository
    return isNeighbour ? new RegistryRepository(this.#client, this.#repository, source.#repository) : this
  }

  /** @param name a digest, or a tag as a person writes it: its `+` travels as `_` */
  async resolve(name: string, options: OperationOptions = {}): Promise<RawManifest> {
    const request = {
      method: 'GET',
      to: this.#manifestPath(name),
      headers: { accept: acceptedManifests.join(', ') },
      scope: this.#pull,
      expect: [200],
      what: this.#manifestName(name),
    } as const
    const wanted = {
      digest: isDigest(name) ? name : undefined,
      what: this.#manifestName(name),
      ignoreHeader: this.#client.settings.options.ignoreContentDigestHeader === true,
    }
    const ask = async (): Promise<RawManifest> =>
      receivedManifest(await this.#client.readOnce(request, options), wanted)
    return await this.#client.retrying(ask, options)
  }

  /** @param name a tag as a person writes it, or the manifest's own digest */
  async tag({ descriptor, bytes }: RawManifest, name: string, options: OperationOptions = {}): Promise<void> {
    const what = this.#manifestName(name)
    // Registries answer a manifest that is too large in ways that nobody understands.
    if (bytes.length > maxManifestSize) {
      throw new ChartroomError('too-large', {
        message: `The manifest of ${what} has ${bytes.length} bytes; registries take ${maxManifestSize} at most.`,
        expected: maxManifestSize,
        actual: bytes.length,
      })
    }
    const response = await this.#client.read(
      {
        method: 'PUT',
        to: this.#manifestPath(name),
        headers: { 'content-type': descriptor.mediaType },
        body: bodyOf(bytes),
        scope: this.#push,
        expect: [200, 201, 202, 204],
        what,
      },
      options,
    )
    checkReturnedDigest(response, descriptor.digest, what)
  }

  /**
   * The digest of the manifest that a name stands for, without the manifest.
   *
   * @param name a digest, or a tag as a person writes it
   * @returns `undefined` where the registry does not say it, or says it wrongly
   * @throws ChartroomError `not-found`
   */
  async digestOf(name: string, options: OperationOptions = {}): Promise<Digest | undefined> {
    const response = await this.#client.read(
      {
        method: 'HEAD',
        to: this.#manifestPath(name),
        headers: { accept: acceptedManifests.join(', ') },
        scope: this.#pull,
        expect: [200, 405],
        what: this.#manifestName(name),
      },
      options,
    )
    if (this.#client.settings.options.ignoreContentDigestHeader === true) return undefined
    const digest = response.status === 200 ? header(response, 'docker-content-digest') : undefined
    return isDigest(digest) ? digest : undefined
  }

  /**
   * The digest of the manifest that a name stands for: one HEAD, and the manifest itself where the registry does not say it.
   * @throws ChartroomError `not-found`
   */
  async requireDigest(name: string, options: OperationOptions = {}): Promise<Digest> {
    return (await this.digestOf(name, options)) ?? (await this.resolve(name, options)).descriptor.digest
  }

  /**
   * Deletes a manifest with every tag that points to it; with a tag for a name, that tag alone, where the registry can.
   *
   * @param name a digest, or a tag as a person writes it
   * @throws ChartroomError `not-found`; `unsupported` where the registry deletes nothing, or no tag alone; …
   */
  async delete(name: string, options: OperationOptions = {}): Promise<void> {
    await deleteManifest(
      this.#client,
      {
        to: this.#manifestPath(name),
        scope: repositoryScope(this.#repository, 'delete'),
        what: this.#manifestName(name),
        isTag: !isDigest(name),
      },
      options,
    )
  }

  /**
   * What is about a manifest of the repository, such as its signatures, in the registry's order.
   * @throws ChartroomError `not-found` where there is no such repository, …
   */
  async referrers(digest: Digest, options: OperationOptions = {}): Promise<Referrer[]> {
    const what = this.#manifestName(digest)
    const request = { client: this.#client, path: this.#path, scope: this.#pull, digest, what }
    return await fetchReferrers(request, options)
  }

  /**
   * What cosign keeps about a manifest, under a tag made of its digest.
   * @param suffix how the tag ends, for example `sig`
   * @returns `undefined` where there is none, and where the option `referrers` leaves tags out
   */
  async cosignManifest(
    digest: Digest,
    suffix: string,
    options: OperationOptions = {},
  ): Promise<RawManifest | undefined> {
    const { referrers = 'auto' } = this.#client.settings.options
    if (referrers === 'off' || referrers === 'api') return undefined
    try {
      return await this.resolve(`${digest.replace(':', '-')}.${suffix}`, options)
    } catch (error) {
      if (kindOf(error) === 'not-found') return undefined
      throw error
    }
  }

  /**
   * The tags of the repository as people write them, in the registry's order, page by page, without those that only stand
   * for signatures and other attachments. A repository that is not there fails with `not-found`.
   */
  tagPages(options: OperationOptions = {}): Pages {
    const { pageSize } = this.#client.settings.options
    const request = {
      method: 'GET',
      // Unless a person sets how many tags a page has, the registry is not asked for pages: ECR refuses large ones, and
      // Artifactory counts wrongly then.
      to: `${this.#path}/tags/list${pageSize === undefined ? '' : `?n=${pageSize}`}`,
      scope: this.#pull,
      expect: [200],
      what: this.name,
    } as const
    const show = (tag: string): string | undefined => (attachment.test(tag) ? undefined : tagOfWire(tag))
    return new ListPages(
      { client: this.#client, request, namesIn: namesUnder('tags'), show, isName: isTag },
      options,
    )
  }

  /**
   * All tags of the repository, as `tagPages` gives them, sorted bytewise.
   * @throws ChartroomError `not-found`
   */
  async tags(options: OperationOptions = {}): Promise<string[]> {
    const tags: string[] = []
    for await (const page of this.tagPages(options)) tags.push(...page)
    return bytewiseTexts(tags)
  }

  get #pull(): string {
    return repositoryScope(this.#repository, 'pull')
  }

  get #push(): string {
    return repositoryScope(this.#repository, 'pull,push')
  }

  #manifestPath(name: string): string {
    return `${this.#path}/manifests/${isDigest(name) ? name : encodeURIComponent(wireTag(name))}`
  }

  #manifestName(name: string): string {
    return isDigest(name) ? `${this.name}@${name}` : `${this.name}:${name}`
  }

  #blobName({ digest }: Descriptor): string {
    return `Blob ${shortDigest(digest)} of ${this.name}`
  }
}

/** What is wrong with more than the mount shows again when the blob is sent. */
function isMountRefused(error: unknown): boolean {
  const kind = kindOf(error)
  return kind !== undefined && mountRefusals.has(kind)
}

const mountRefusals: ReadonlySet<ErrorKind> = new Set([
  'unauthorized',
  'forbidden',
  'not-found',
  'unsupported',
  'invalid-reference',
  'refused',
])

/** Tags of the fallback for the referrers API, and of cosign. */
const attachment = /^sha(?:256-[a-f0-9]{64}|512-[a-f0-9]{128})(?:\.\w+)?$/
