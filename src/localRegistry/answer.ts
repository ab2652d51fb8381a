import type { ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { Content } from '../core/oci/target.ts'

/** What a request is answered with. Plain data, so that the handlers know nothing of sockets. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Content is opened only where it is really sent, so not for HEAD; its `Content-Length` is among the headers. */
  readonly body?: Buffer | Content
}

export function jsonAnswer(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify(value)),
  }
}

/** Writes an answer; rejects where the client goes away before it has everything. */
export async function sendAnswer(
  response: ServerResponse,
  { status, headers = {}, body = Buffer.alloc(0) }: Answer,
  headersOnly: boolean,
  signal: AbortSignal,
): Promise<void> {
  const length = Buffer.isBuffer(body) && status !== 204 ? { 'Content-Length': String(body.length) } : {}
  // Docker's clients know a registry by this header.
  const version = { 'Docker-Distribution-Api-Version': 'registry/2.0' }
  response.writeHead(status, { ...version, ...length, ...headers })
  if (headersOnly) response.end()
  else if (Buffer.isBuffer(body)) response.end(body)
  else await pipeline(await body(), response, { signal })
}
