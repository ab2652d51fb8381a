import type { Descriptor } from '../oci/descriptor.ts'
import type { FetchOptions } from '../oci/target.ts'
import type { RegistryClient, RegistryResponse } from './client.ts'
import { connectionError } from './connectionError.ts'
import type { Tries } from './transport/retry.ts'
import { header, TransportError } from './transport/transport.ts'

export interface DownloadSettings {
  readonly client: RegistryClient
  /** Of the blob at the registry: `/v2/myrepo/mychart/blobs/sha256:…`. */
  readonly path: string
  readonly scope: string
  /** Names the blob in errors. */
  readonly what: string
}

/** An answer to the request for a blob. */
interface Part {
  readonly response: RegistryResponse
  /** Where in the blob its first byte belongs. */
  readonly start: number
}

/** Bytes after which a connection has been worth it: when it breaks then, tries are counted anew. */
const worthwhile = 1024 * 1024

/**
 * Opens a blob. Where its answer breaks off, the rest of it is asked for, and the bytes go on as if nothing had happened;
 * a registry that begins at the first byte again is read on from where the break was. Nothing is verified.
 *
 * The rest is always asked for at the registry itself: the address that it redirects to is good for a while only.
 *
 * @throws ChartroomError `not-found`, `unavailable`, … at once, or while the bytes are read
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-14.2
 */
export async function downloadBlob(
  settings: DownloadSettings,
  descriptor: Descriptor,
  options: FetchOptions,
): Promise<AsyncIterable<Uint8Array>> {
  const download = new Download(settings, descriptor, options)
  return download.bytes(await download.open())
}

class Download {
  readonly #settings: DownloadSettings
  readonly #size: number
  readonly #options: FetchOptions
  readonly #tries: Tries
  /** How many bytes have gone to the reader. */
  #received = 0
  /** As many as `#received` when tries were counted from the beginning. */
  #counted = 0
  /** Whether the registry has been asked for a part and did not understand. */
  #isWholeOnly = false
  #wasShort = false

  constructor(settings: DownloadSettings, { size }: Descriptor, options: FetchOptions) {
    this.#settings = settings
    this.#size = size
    this.#options = options
    this.#tries = settings.client.tries(options)
  }

  /** Asks for what is missing, again where that may help. */
  async open(): Promise<Part> {
    for (;;) {
      try {
        return await this.#ask()
      } catch (error) {
        await this.#tries.next(error)
      }
    }
  }

  async *bytes(first: Part): AsyncGenerator<Uint8Array> {
    for (let part = first; ; part = await this.open()) {
      try {
        yield* this.#newIn(part)
        return
      } catch (error) {
        if (this.#received >= this.#size) return
        if (this.#received - this.#counted >= worthwhile) {
          this.#counted = this.#received
          this.#tries.startAnew()
        }
        await this.#tries.next(connectionError(error, this.#settings.client.settings.host))
        this.#options.onResume?.()
      }
    }
  }

  async #ask(): Promise<Part> {
    const { client, path, scope, what } = this.#settings
    const request = { method: 'GET', to: path, scope, what } as const
    const start = this.#received
    if (start > 0 && !this.#isWholeOnly) {
      const range = { headers: { range: `bytes=${start}-` }, expect: [200, 206, 416] }
      const response = await client.sendOnce({ ...request, ...range }, this.#options)
      if (response.status === 200) return { response, start: 0 }
      if (response.status === 206 && beginsAt(response, start, this.#size)) return { response, start }
      response.close()
      this.#isWholeOnly = true
    }
    return { response: await client.sendOnce({ ...request, expect: [200] }, this.#options), start: 0 }
  }

  /** What an answer has beyond the bytes that were read before. */
  async *#newIn({ response, start }: Part): AsyncGenerator<Uint8Array> {
    let end = start
    try {
      for await (const chunk of response.body) {
        end += chunk.length
        const fresh = end - this.#received
        if (fresh <= 0) continue
        this.#received = end
        yield fresh < chunk.length ? chunk.subarray(chunk.length - fresh) : chunk
      }
    } finally {
      response.close()
    }
    // Where an answer does not say how long it is, a connection that is cut looks like its end.
    if (this.#received >= this.#size || this.#wasShort || response.headers.has('content-length')) return
    this.#wasShort = true
    throw new TransportError('ERR_STREAM_PREMATURE_CLOSE', 'the answer ended too early')
  }
}

/** Whether a part is the one that was asked for, of a blob as long as it should be. */
function beginsAt(response: RegistryResponse, start: number, size: number): boolean {
  const [, first, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(header(response, 'content-range') ?? '') ?? []
  return Number(first) === start && (total === '*' || Number(total) === size)
}
