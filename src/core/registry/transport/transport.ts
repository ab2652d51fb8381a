import { Readable } from 'node:stream'
import type { Content } from '../../oci/target.ts'
import type { OperationOptions } from '../../base/progress.ts'

/** The one door to the network: sends a request and gives the answer as it is, redirects and errors included. */
export interface Transport {
  /**
   * @returns as soon as the headers of the answer are there
   * @throws TransportError where there is no answer; the reason of an aborted signal; what opening the body threw
   */
  send(request: HttpRequest, options?: SendOptions): Promise<HttpResponse>
}

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: RequestBody
}

export interface RequestBody {
  /** Bytes that `open` gives; unset where the body ends when it ends. */
  readonly size?: number
  readonly open: Content
}

export interface HttpResponse {
  readonly status: number
  readonly headers: HttpHeaders
  /** Can be read once; fails with a TransportError where the connection ends too early. */
  readonly body: AsyncIterable<Uint8Array>
  /** Ends the exchange wherever it is. Harmless after its end. */
  close(): void
}

/** Names are in lower case; a header that was sent several times has several values. */
export type HttpHeaders = ReadonlyMap<string, readonly string[]>

export interface SendOptions extends OperationOptions {
  readonly timeouts?: Timeouts
  /**
   * To see whether somebody speaks TLS: where nothing is set for the host, no authority is trusted, so that who does is told nothing.
   * To read all that there are is a third of what a command costs, and for nothing where a registry speaks plain HTTP.
   */
  readonly isLook?: boolean
}

/** All in milliseconds. */
export interface Timeouts {
  /** Until the connection stands, TLS included, where Node tells how far it is; else it counts as part of the answer. */
  readonly connect: number
  /** From the request, or from when the connection stands, to the headers of the answer. */
  readonly answer: number
  /** Between two chunks of a body, in either direction. */
  readonly idle: number
  /** From the last byte of an upload to the headers of the answer: the registry hashes and moves the blob then. */
  readonly commit: number
  /** In so much waiting for the body of an answer at least a KiB a second has to come. */
  readonly slow: number
}

export const defaultTimeouts: Timeouts = {
  connect: 10_000,
  answer: 30_000,
  idle: 30_000,
  commit: 120_000,
  slow: 60_000,
}

/** There was no answer, or it was cut. Its text holds no URL, because a URL can hold a secret. */
export class TransportError extends Error {
  override readonly name = 'TransportError'
  /** The system's, OpenSSL's or Node's code, such as `ECONNREFUSED` or `CERT_HAS_EXPIRED`. */
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** The first value of a header. */
export function header(response: Pick<HttpResponse, 'headers'>, name: string): string | undefined {
  return response.headers.get(name)?.[0]
}

/** A body without bytes. */
export const emptyBody: RequestBody = { size: 0, open: () => Readable.from([]) }

/** Bytes in memory as the body of a request. */
export function bodyOf(bytes: Uint8Array): RequestBody {
  return { size: bytes.length, open: () => Readable.from([bytes]) }
}
