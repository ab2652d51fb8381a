import { setTimeout, clearTimeout } from 'node:timers'
import { ChartroomError, kindOf, messageOf } from '../base/errors.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import type { Digest } from '../oci/digest.ts'
import type { Content } from '../oci/target.ts'
import { readVerified, verified } from '../oci/verify.ts'
import type { OperationOptions } from '../base/progress.ts'
import type { RegistryClient, RegistryRequest, RegistryResponse } from './client.ts'
import { checkReturnedDigest } from './manifestAnswer.ts'
import { checkedHop, resolveUrl } from './origin.ts'
import { TransientError } from './transport/retry.ts'
import { bodyOf, emptyBody, header, type RequestBody } from './transport/transport.ts'

export interface UploadSettings {
  readonly client: RegistryClient
  /** `myrepo/mychart` */
  readonly repository: string
  readonly scope: string
  /** Another repository of the registry that may have the blob, to be asked to share it before anything is sent. */
  readonly mountFrom?: string
  /** Names the blob in errors. */
  readonly what: string
}

/** How long an aborted upload may take to end in good order, and to be cancelled at the registry, in milliseconds. */
const grace = 2000

/** Bytes of a blob that is sent in one piece at most. */
const onePiece = 256 * 1024

/**
 * Sends a blob as Docker does: opens an upload, streams the content into it, and closes it with the digest. Where that
 * fails or is aborted, the upload is cancelled at the registry, so that nothing half-sent stays there; a second try is a
 * new upload.
 *
 * Large content is not sent in one request of known length, because such a request can only be broken off, and what
 * distribution has received of it then cannot be cancelled by anybody: its size is not the one in the upload's location. A
 * small blob, as those of most charts are, is read first, and the request that closes the upload brings it.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-a-blob-in-chunks
 */
export async function uploadBlob(
  settings: UploadSettings,
  descriptor: Descriptor,
  content: Content,
  options: OperationOptions,
): Promise<void> {
  const { client, what } = settings
  let abandoned: Upload | undefined
  const work = async (): Promise<void> => {
    options.signal?.throwIfAborted()
    // Before anything is sent, who gives up is not held up.
    await client.settings.pace.ready(options)
    await abandoned?.cancel(options)
    abandoned = undefined
    const late = new LateAbort(options.signal, grace)
    const patiently = { ...options, signal: late.signal }
    try {
      const upload = await Upload.open(settings, descriptor, patiently)
      if (upload === undefined) return
      try {
        options.signal?.throwIfAborted()
        if (descriptor.size > onePiece) {
          await upload.send(descriptor, content, patiently, options.signal)
          await upload.finish(descriptor, emptyBody, options)
        } else {
          const bytes = await readVerified(await content(), descriptor, what)
          await upload.finish(descriptor, bodyOf(bytes), patiently)
        }
      } catch (error) {
        // A registry that wants to be left alone is, until there is another try.
        if (client.settings.pace.isOpen) await upload.cancel(options)
        else abandoned = upload
        throw error
      }
    } finally {
      late.dispose()
    }
  }
  try {
    await client.retrying(work, options)
  } finally {
    if (abandoned !== undefined)
      options.log?.info(`The upload of ${what} stays open until ${client.settings.host} drops it.`)
  }
}

class Upload {
  readonly #settings: UploadSettings
  /** Where the next request goes. Registries keep their state in it, so it is the newest one and is not changed. */
  #location: URL
  /** Whether the registry has said that the content is stored before the upload was closed. ECR does, and may refuse to close it. */
  #isCreated = false

  private constructor(settings: UploadSettings, location: URL) {
    this.#settings = settings
    this.#location = location
  }

  /** @returns `undefined` where the registry took the blob over from another repository, so that there is nothing to send */
  static async open(
    settings: UploadSettings,
    { digest }: Descriptor,
    options: OperationOptions,
  ): Promise<Upload | undefined> {
    const { client, repository, scope, mountFrom, what } = settings
    const query =
      mountFrom === undefined ? '' : `?${new URLSearchParams({ mount: digest, from: mountFrom }).toString()}`
    const response = await client.readOnce(
      {
        method: 'POST',
        to: `/v2/${repository}/blobs/uploads/${query}`,
        body: emptyBody,
        scope,
        expect: mountFrom === undefined ? [202] : [201, 202],
        what,
      },
      options,
    )
    if (response.status === 201) return undefined
    const location = locationOf(response)
    if (location !== undefined) return new Upload(settings, location)
    throw new ChartroomError('unavailable', {
      message: `${client.settings.host} does not say where to send ${what}.`,
      host: client.settings.host,
      status: response.status,
    })
  }

  /** Streams the content. Whatever goes wrong with it ends the request in good order, so that it can be cancelled. */
  async send(
    descriptor: Descriptor,
    content: Content,
    options: OperationOptions,
    aborted: AbortSignal | undefined,
  ): Promise<void> {
    const { what } = this.#settings
    const source: { failure?: { readonly error: unknown } } = {}
    const open = async function* (): AsyncGenerator<Uint8Array> {
      delete source.failure
      try {
        for await (const chunk of verified(await content(), descriptor, what)) {
          if (aborted?.aborted === true) return
          yield chunk
        }
      } catch (error) {
        source.failure = { error }
      }
    }
    const response = await this.#proceed(
      {
        method: 'PATCH',
        to: this.#location,
        headers: { 'content-type': 'application/octet-stream' },
        body: { open },
        expect: [201, 202, 204],
      },
      options,
    )
    this.#location = locationOf(response) ?? this.#location
    this.#isCreated = response.status === 201
    aborted?.throwIfAborted()
    if (source.failure !== undefined) throw source.failure.error
  }

  /** Closes the upload with what is still to be sent. */
  async finish({ digest }: Descriptor, body: RequestBody, options: OperationOptions): Promise<void> {
    const to = new URL(this.#location)
    to.search += `${to.search === '' ? '' : '&'}digest=${encodeURIComponent(digest)}`
    const headers = { 'content-type': 'application/octet-stream' }
    const close = { method: 'PUT', to, headers, body, expect: [201, 204] } as const
    try {
      checkReturnedDigest(await this.#proceed(close, options), digest, this.#settings.what)
    } catch (error) {
      if (kindOf(error) === 'integrity' || !this.#isCreated) throw error
      if (!(await this.#isThere(digest, options))) throw error
    }
  }

  /** Best effort: a registry that does not know the upload any more needs no cancelling, and one that is silent gets none. */
  async cancel({ log }: OperationOptions): Promise<void> {
    const to = this.#location
    const options = { signal: AbortSignal.timeout(grace), ...(log === undefined ? {} : { log }) }
    try {
      await this.#request({ method: 'DELETE', to, expect: [200, 202, 204, 404] }, options)
    } catch (error) {
      log?.info(
        `The upload of ${this.#settings.what} could not be cancelled at the registry: ${messageOf(error)}`,
      )
    }
  }

  async #isThere(digest: Digest, options: OperationOptions): Promise<boolean> {
    const to = `/v2/${this.#settings.repository}/blobs/${digest}`
    return (await this.#request({ method: 'HEAD', to, expect: [200, 404, 405] }, options)).status === 200
  }

  /**
   * Goes on with the upload.
   * @throws TransientError where the registry does not know it any more, or not in this state: another one may do better
   */
  async #proceed(
    request: Omit<RegistryRequest, 'scope' | 'what'>,
    options: OperationOptions,
  ): Promise<RegistryResponse> {
    const response = await this.#request({ ...request, expect: [...request.expect, 404, 416] }, options)
    const { status } = response
    if (status !== 404 && status !== 416) return response
    const { host } = this.#settings.client.settings
    const message = `${host} does not know the upload of ${this.#settings.what} any more.`
    throw new TransientError('unavailable', { message, host, status }, { tries: 2 })
  }

  async #request(
    request: Omit<RegistryRequest, 'scope' | 'what'>,
    options: OperationOptions,
  ): Promise<RegistryResponse> {
    const { client, scope, what } = this.#settings
    return await client.readOnce({ ...request, scope, what }, options)
  }
}

function locationOf(response: RegistryResponse): URL | undefined {
  const location = resolveUrl(header(response, 'location') ?? '//', response.url)
  return location === undefined ? undefined : checkedHop(response.url, location, 'the location of the upload')
}

/** A signal that is aborted some time after another one. */
class LateAbort {
  readonly #own = new AbortController()
  readonly #earlier: AbortSignal | undefined
  readonly #milliseconds: number
  #timer: NodeJS.Timeout | undefined

  constructor(earlier: AbortSignal | undefined, milliseconds: number) {
    this.#earlier = earlier
    this.#milliseconds = milliseconds
    earlier?.addEventListener('abort', this.#onAbort)
  }

  get signal(): AbortSignal {
    return this.#own.signal
  }

  dispose(): void {
    clearTimeout(this.#timer)
    this.#earlier?.removeEventListener('abort', this.#onAbort)
  }

  readonly #onAbort = (): void => {
    this.#timer = setTimeout(() => {
      this.#own.abort(this.#earlier?.reason)
    }, this.#milliseconds)
  }
}
