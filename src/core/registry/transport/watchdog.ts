import type { Socket } from 'node:net'
import { setTimeout, clearTimeout } from 'node:timers'
import { messageOf } from '../../base/errors.ts'
import { TransportError, defaultTimeouts } from './transport.ts'
import type { RequestBody, SendOptions, Timeouts } from './transport.ts'

/** Bytes a second; an answer that comes more slowly would hold an operation for hours. */
const slowest = 1024

/** Why an exchange that was watched has ended. Without a reason, each would make an exception with a trace of its own. */
const ended = new Error('the exchange has ended')

/** Sockets with TLS say whether it is about to stand. */
type ConnectingSocket = Socket & { readonly secureConnecting?: boolean }

/** Watches one exchange: ends it when the caller aborts or when nothing happens for too long, and remembers why. */
export class Watchdog {
  /** Aborted when the exchange has to end. */
  readonly signal: AbortSignal
  readonly #timeouts: Timeouts
  readonly #own = new AbortController()
  readonly #caller: AbortSignal | undefined
  #timer: NodeJS.Timeout | undefined
  #connectTimer: NodeJS.Timeout | undefined
  #reason: { readonly error: unknown } | undefined

  constructor({ signal, timeouts = defaultTimeouts }: SendOptions) {
    signal?.throwIfAborted()
    this.#caller = signal
    this.#timeouts = timeouts
    this.signal = signal === undefined ? this.#own.signal : AbortSignal.any([signal, this.#own.signal])
  }

  /** From now on something has to happen within this time. */
  expect(what: keyof Timeouts): void {
    clearTimeout(this.#timer)
    this.#timer = this.#timeout(what)
  }

  /** Nothing is expected: the exchange waits for us. */
  rest(): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#connectTimer)
  }

  /** Connecting has a time of its own, and with TLS it lasts until that stands. What a proxy or the editor has connected is there. */
  connecting(socket: ConnectingSocket): void {
    const isSecure = socket.secureConnecting === true
    if ((!socket.connecting && !isSecure) || this.signal.aborted) return
    this.#connectTimer = this.#timeout('connect')
    socket.once(isSecure ? 'secureConnect' : 'connect', () => {
      clearTimeout(this.#connectTimer)
    })
  }

  /** Ends the exchange. */
  close(): void {
    this.rest()
    this.#own.abort(ended)
  }

  #timeout(what: keyof Timeouts): NodeJS.Timeout {
    const milliseconds = this.#timeouts[what]
    return setTimeout(() => {
      this.#reason ??= { error: new TransportError('ETIMEDOUT', `nothing came for ${milliseconds / 1000} s`) }
      this.#own.abort(ended)
    }, milliseconds)
  }

  /** Passes the body of a request on as it is sent. */
  async *sent(body: RequestBody): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of await body.open()) {
        this.expect('idle')
        yield chunk
        this.rest()
      }
      this.expect('commit')
    } catch (error) {
      this.#reason ??= { error }
      throw error
    }
  }

  /** Passes the body of an answer on; only the time that the reader waits counts. */
  async *received(body: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array> {
    let waited = 0
    let received = 0
    try {
      this.expect('idle')
      let since = performance.now()
      for await (const chunk of body) {
        this.rest()
        waited += performance.now() - since
        received += chunk.length
        if (waited >= this.#timeouts.slow) {
          if (received < (slowest * waited) / 1000) throw tooSlow()
          waited = 0
          received = 0
        }
        yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
        this.expect('idle')
        since = performance.now()
      }
    } catch (error) {
      throw this.reasonFor(error)
    } finally {
      this.rest()
    }
  }

  /** What to tell the caller when the HTTP client fails with an error. */
  reasonFor(error: unknown): unknown {
    this.rest()
    if (this.#caller?.aborted === true) return this.#caller.reason
    if (this.#reason !== undefined) return this.#reason.error
    if (error instanceof TransportError) return error
    const message = withoutUrl(messageOf(error))
    return new TransportError(codeOf(error, message), message)
  }
}

function tooSlow(): TransportError {
  return new TransportError('TOO_SLOW', `less than ${slowest} bytes a second came`)
}

function codeOf(error: unknown, message: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  // OpenSSL's own reason says more than "protocol error".
  const reason = code === 'EPROTO' ? /:SSL routines:[^:]*:([^:]+):/.exec(message)?.[1] : undefined
  const found = reason === undefined ? code : `ERR_SSL_${reason.toUpperCase().replaceAll(' ', '_')}`
  // Newer versions of OpenSSL write "ssl/tls" where older ones write "sslv3".
  return typeof found === 'string' ? found.replace('SSL/TLS', 'SSLV3') : 'UNKNOWN'
}

/** node-fetch puts a sentence with the whole URL in front of the message of the system. */
function withoutUrl(message: string): string {
  return message.replace(/^.*?, reason: /, '').replace(/\bhttps?:\/\/\S+/g, 'the URL')
}
