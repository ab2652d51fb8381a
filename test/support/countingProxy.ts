import { EventEmitter, once } from 'node:events'
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http'
import { listenOnLoopback } from './loopback.ts'

/** A request as the registry saw it. */
export interface CountedRequest {
  readonly method: string
  /** Path and query. */
  readonly path: string
  /** Of the answer; `closed` where the client went away before it had all of it; unset while it is on its way. */
  readonly outcome?: number | 'closed'
}

export interface CountingProxy {
  /** `localhost:PORT` */
  readonly host: string
  /** Everything that was asked, oldest first. */
  readonly requests: readonly CountedRequest[]
  /** The requests as lines, for example `GET /v2/_catalog 200`. */
  lines(): string[]
  /** Forgets what was asked so far. */
  clear(): void
  /** Leaves requests unanswered, from now on, whose path matches. */
  hold(path: RegExp): void
  /** Answers what was held, and holds nothing any more. */
  release(): void
  /** Resolves when a request fits, at once where one does already. */
  until(fits: (request: CountedRequest) => boolean): Promise<void>
}

/**
 * Stands in front of a registry, passes everything on and writes down what was asked. What is no HTTP, such as an attempt
 * at TLS, is no request.
 *
 * @param registry `localhost:PORT`
 */
export async function startCountingProxy(registry: string): Promise<CountingProxy> {
  const port = Number(registry.slice(registry.lastIndexOf(':') + 1))
  const requests: { method: string; path: string; outcome?: number | 'closed' }[] = []
  const changed = new EventEmitter().setMaxListeners(0)
  const waiting = new Set<() => void>()
  let held: RegExp | undefined
  const server = createServer((request, response) => {
    const { method = '', url: path = '' } = request
    const counted: (typeof requests)[number] = { method, path }
    requests.push(counted)
    changed.emit('change')
    response.on('close', () => {
      counted.outcome = response.writableFinished ? response.statusCode : 'closed'
      changed.emit('change')
    })
    const pass = (): void => {
      forward(port, request, response)
    }
    if (held?.test(path) === true) waiting.add(pass)
    else pass()
  })
  return {
    host: `localhost:${await listenOnLoopback(server)}`,
    requests,
    lines: () => requests.map(({ method, path, outcome }) => `${method} ${path} ${outcome ?? ''}`.trimEnd()),
    clear: () => {
      requests.length = 0
    },
    hold: (path) => {
      held = path
    },
    release: () => {
      held = undefined
      for (const pass of waiting) pass()
      waiting.clear()
    },
    until: async (fits) => {
      while (!requests.some(fits)) await once(changed, 'change')
    },
  }
}

function forward(port: number, request: IncomingMessage, response: ServerResponse): void {
  const { method, url: path, headers } = request
  const upstream = send({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
    answer.pipe(response)
  })
  // What breaks on one side breaks on the other, too.
  upstream.on('error', () => response.destroy())
  response.on('close', () => upstream.destroy())
  request.pipe(upstream)
}
