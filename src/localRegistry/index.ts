import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ChartroomError, messageOf } from '../core/base/errors.ts'
import { codeOf } from '../core/base/files.ts'
import { silent, type Logger } from '../core/base/logger.ts'
import { sendAnswer, type Answer } from './answer.ts'
import { defaultStorage } from './defaultStorage.ts'
import { Htpasswd } from './htpasswd.ts'
import { errorAnswer, RegistryError } from './registryError.ts'
import { route } from './routes.ts'
import { StateFile } from './stateFile.ts'
import { Store } from './store.ts'

export interface LocalRegistryOptions {
  /** 0 takes any free port. */
  readonly port: number
  /** The directory that everything is kept in; made where it is missing. By default one of the user's. */
  readonly storage?: string
  /** The file with the logins that are let in, as `htpasswd -B` writes it; without it everybody is. */
  readonly htpasswd?: string
  /** The file in which the registry says that it runs, for as long as it does. */
  readonly state?: string
  readonly log?: Logger
  /** Hears of every request when it has been answered, or when the client has gone away. */
  readonly onRequest?: (request: ServedRequest) => void
}

export interface ServedRequest {
  readonly method: string
  /** With the query, as the client sent it. */
  readonly path: string
  readonly status: number
  readonly milliseconds: number
}

export interface LocalRegistry {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /** `localhost:PORT`, as references name it. */
  readonly host: string
  readonly port: number
  readonly storage: string
  /**
   * Resolves, with a sentence, when the state file has gone away or names another process. The registry should be
   * stopped then, because nobody can find it any more.
   */
  readonly abandoned: Promise<string>
  /** Ends every connection, resolves when no work is left, and takes the state file away. */
  stop(): Promise<void>
}

/** Another program listens on the port. The caller may try the next one. */
export class PortTaken extends ChartroomError {
  readonly port: number

  constructor(port: number, cause: unknown) {
    super('unavailable', {
      message: `Port ${port} is taken by another program, so the registry was not started.`,
      advice: 'End that program, or choose another port.',
      host: `127.0.0.1:${port}`,
      cause,
    })
    this.port = port
  }
}

/**
 * Starts the embedded registry: the distribution API over image layouts on disk, for development and tests. It listens
 * on 127.0.0.1 only, speaks plain HTTP and lets everybody in, unless an htpasswd file says whom.
 *
 * What was pushed stays in `storage` and is there again at the next start.
 *
 * @throws PortTaken; ChartroomError `unavailable` where the system refuses the port or the state file names a registry
 *   that runs, `not-found` where there is no htpasswd file
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */
export async function startLocalRegistry(options: LocalRegistryOptions): Promise<LocalRegistry> {
  const { log = silent, onRequest = nobodyListens } = options
  const store = new Store(options.storage ?? defaultStorage())
  const htpasswd = options.htpasswd === undefined ? undefined : new Htpasswd(options.htpasswd, log)
  const state = options.state === undefined ? undefined : new StateFile(options.state, log)
  await state?.claim()
  await htpasswd?.open()
  const working = new Set<Promise<void>>()
  const server = createServer((request, response) => {
    const work = serve({ store, htpasswd, log, onRequest }, request, response)
    working.add(work)
    void work.finally(() => working.delete(work))
  })
  // A large layer may take longer than the five minutes that Node gives a request.
  server.requestTimeout = 0
  const port = await listen(server, options.port)
  const url = `http://127.0.0.1:${port}`
  const stopped = new AbortController()
  try {
    await store.uploads.clear()
    await state?.write({
      port,
      url,
      storage: store.root,
      ...(htpasswd === undefined ? {} : { htpasswd: htpasswd.path }),
    })
  } catch (error) {
    await close(server)
    throw error
  }
  return {
    url,
    host: `localhost:${port}`,
    port,
    storage: store.root,
    abandoned: state?.lost(stopped.signal) ?? new Promise(never),
    stop: async () => {
      stopped.abort()
      await close(server)
      await Promise.all(working)
      await store.uploads.close()
      await state?.remove()
    },
  }
}

interface Serving {
  readonly store: Store
  readonly htpasswd: Htpasswd | undefined
  readonly log: Logger
  readonly onRequest: (request: ServedRequest) => void
}

/** Answers one request. Never rejects: what goes wrong is an answer or, where the client has gone, a line in the log. */
async function serve(serving: Serving, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url = '/' } = request
  const start = performance.now()
  const gone = new AbortController()
  response.once('close', () => {
    gone.abort()
  })
  const answer = await answerTo(serving, request, gone.signal)
  try {
    await sendAnswer(response, answer, method === 'HEAD', gone.signal)
  } catch (error) {
    serving.log.debug(`${method} ${url}: ${messageOf(error)}`)
    response.destroy()
  }
  serving.onRequest({ method, path: url, status: answer.status, milliseconds: performance.now() - start })
}

async function answerTo(
  { store, htpasswd, log }: Serving,
  request: IncomingMessage,
  signal: AbortSignal,
): Promise<Answer> {
  try {
    if ((await htpasswd?.accepts(request.headers.authorization)) === false) throw loginWanted()
    return await route(store, request, { signal, log })
  } catch (error) {
    const answer = errorAnswer(error)
    if (answer.status >= 500 && !signal.aborted) {
      log.warn(`${request.method ?? ''} ${request.url ?? ''}: ${messageOf(error)}`)
    }
    return answer
  }
}

/** @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
function loginWanted(): RegistryError {
  return new RegistryError('UNAUTHORIZED', 'The registry wants a login that it knows.', {
    headers: { 'WWW-Authenticate': 'Basic realm="localhost"' },
  })
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(codeOf(error) === 'EADDRINUSE' ? new PortTaken(port, error) : cannotListen(port, error))
    })
    server.listen(port, '127.0.0.1', resolve)
  })
  // An address is a text only for a server on a pipe.
  return (server.address() as AddressInfo).port
}

function cannotListen(port: number, cause: Error): ChartroomError {
  return new ChartroomError('unavailable', {
    message: `The registry cannot listen on port ${port}: ${messageOf(cause)}.`,
    advice: 'Choose another port.',
    cause,
  })
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve()
    })
    server.closeAllConnections()
  })
}

function never(): void {
  // Deliberately nothing: without a state file nobody can miss it.
}

function nobodyListens(): void {
  // Deliberately nothing: the caller did not ask to hear.
}
