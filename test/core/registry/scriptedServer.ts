import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import type { Credential } from '../../../src/core/base/credential.ts'
import type { HostOptions } from '../../../src/core/registry/hosts/hostOptions.ts'
import { Registries } from '../../../src/core/registry/registries.ts'
import type { RegistryRepository } from '../../../src/core/registry/repository.ts'
import { listenOnLoopback } from '../../support/loopback.ts'

export interface Seen {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly authorization: string | undefined
}

export interface ScriptedServer {
  /** `127.0.0.1:PORT` */
  readonly host: string
  readonly seen: Seen[]
}

export type Script = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

/** A server that answers as the script says and remembers what it was asked; it stops with the test. */
export async function startServer(script: Script, tls?: ServerOptions): Promise<ScriptedServer> {
  const seen: Seen[] = []
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    seen.push({
      method: request.method ?? '',
      url: request.url ?? '',
      authorization: request.headers.authorization,
    })
    void Promise.resolve(script(request, response)).catch((error: unknown) => {
      // A client that goes away in the middle is what some of the tests are about.
      if (!request.destroyed) throw error
    })
  }
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener)
  return { host: `127.0.0.1:${await listenOnLoopback(server)}`, seen }
}

export interface Visitor {
  readonly credential?: Partial<Credential>
  readonly options?: HostOptions
  /** Collects how long was waited between tries; the waiting itself takes no time. */
  readonly waits?: number[]
}

/** Registries that know one scripted server, over plain HTTP unless the options say otherwise. */
export function registriesAt(host: string, { credential, options, waits }: Visitor = {}): Registries {
  const found =
    credential === undefined
      ? undefined
      : { username: '', password: '', origin: '~/.docker/config.json', ...credential }
  return new Registries({
    findCredential: () => Promise.resolve(found),
    hosts: { [host]: options ?? { plainHttp: true } },
    wait: (milliseconds) => {
      waits?.push(milliseconds)
      return Promise.resolve()
    },
  })
}

/** The repository `team/chart` of a scripted server. */
export function repositoryAt(host: string, visitor: Visitor = {}): RegistryRepository {
  return registriesAt(host, visitor).registry(host).repository('team/chart')
}

export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

export function answerJson(
  response: ServerResponse,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

/** An error as the distribution specification writes it. */
export function answerError(response: ServerResponse, status: number, code: string, message: string): void {
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(JSON.stringify({ errors: [{ code, message }] }))
}

export async function read(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** What a promise fails with. */
export async function failureOf(work: Promise<unknown>): Promise<{ kind: string; message: string }> {
  try {
    await work
  } catch (error) {
    const { kind = 'none', name, message } = error as { kind?: string; name: string; message: string }
    return { kind: kind === 'none' ? name : kind, message }
  }
  return { kind: 'nothing', message: 'it did not fail' }
}
