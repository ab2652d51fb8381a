import type { Socket } from 'node:net'

/** What a client asks of a registry. An upload is three requests, and each of them can go wrong. */
export const operations = [
  'ping',
  'token',
  'catalogue',
  'tags',
  'head',
  'manifest',
  'blob',
  'blob head',
  'upload open',
  'upload content',
  'upload close',
  'manifest put',
] as const

export type Operation = (typeof operations)[number]

/** A request, read to its end. */
export interface Asked {
  readonly method: string
  readonly url: URL
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Buffer
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** One request that is answered, well or badly. */
export interface Exchange {
  readonly operation: Operation
  readonly asked: Asked
  readonly socket: Socket
  /** Another server, which writes down what it is sent; it has the registry's content and wants no login. */
  readonly stranger: URL
  /** Does what is asked and says what a sound registry answers to it. */
  readonly answer: () => Answer
  /** Takes back all tokens and says that the login is not good enough. */
  readonly refuse: (error?: string) => Answer
}

const ways: readonly (readonly [method: string, path: RegExp, operation: Operation])[] = [
  ['GET', /^\/v2\/$/, 'ping'],
  ['GET', /^\/token$/, 'token'],
  ['POST', /^\/token$/, 'token'],
  ['GET', /^\/v2\/_catalog$/, 'catalogue'],
  ['GET', /\/tags\/list$/, 'tags'],
  ['HEAD', /\/manifests\/[^/]+$/, 'head'],
  ['GET', /\/manifests\/[^/]+$/, 'manifest'],
  ['PUT', /\/manifests\/[^/]+$/, 'manifest put'],
  ['GET', /\/blobs\/sha\d+:[^/]+$/, 'blob'],
  ['HEAD', /\/blobs\/sha\d+:[^/]+$/, 'blob head'],
  ['POST', /\/blobs\/uploads\/$/, 'upload open'],
  ['PATCH', /\/blobs\/uploads\/[^/]+$/, 'upload content'],
  ['PUT', /\/blobs\/uploads\/[^/]+$/, 'upload close'],
]

/** `undefined` for what is none of these, such as the end of an upload that is given up. */
export function operationOf({ method, url }: Asked): Operation | undefined {
  return ways.find(([verb, path]) => verb === method && path.test(url.pathname))?.[2]
}

/** An answer in JSON. */
export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify(value)),
  }
}

/** An error as the distribution specification writes it. */
export function errorAnswer(
  status: number,
  code: string,
  message = code.toLowerCase().replaceAll('_', ' '),
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return json(status, { errors: [{ code, message }] }, headers)
}

/** An answer without a body. */
export function empty(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers, body: Buffer.alloc(0) }
}

/** An answer in words. */
export function text(status: number, words: string, type = 'text/plain; charset=utf-8'): Answer {
  return { status, headers: { 'content-type': type }, body: Buffer.from(words) }
}
