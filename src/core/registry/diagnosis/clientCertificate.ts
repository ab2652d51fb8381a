import { connect as connectPlain, type Socket } from 'node:net'
import { isIP } from 'node:net'
import { Duplex } from 'node:stream'
import { connect, type ConnectionOptions } from 'node:tls'
import type { Address } from './name.ts'

const handshakeRecord = 22
const certificateRequest = 13

/**
 * Whether a server asks its clients for a certificate. TLS 1.3 asks in a message that nobody else can read, and Node does not
 * tell; TLS 1.2 asks in the open, so this begins such a handshake, reads what the server says, and ends it.
 *
 * @returns `undefined` where the server does not speak TLS 1.2
 * @see https://www.rfc-editor.org/rfc/rfc5246#section-7.4.4
 */
export async function asksForCertificate(
  { address }: Address,
  port: number,
  hostname: string,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  signal.throwIfAborted()
  const socket = connectPlain({ host: address, port })
  const tap = new Tap(socket)
  const options: ConnectionOptions = {
    socket: tap,
    maxVersion: 'TLSv1.2',
    rejectUnauthorized: false,
    ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
  }
  const secure = connect(options)
  const abort = (): void => {
    secure.destroy(signal.reason as Error)
  }
  signal.addEventListener('abort', abort, { once: true })
  try {
    // However the handshake ends: a server that insists on a certificate says so after it has asked.
    await new Promise<void>((resolve) => {
      for (const event of ['secureConnect', 'error', 'close'])
        secure.once(event, () => {
          resolve()
        })
      socket.once('error', () => {
        resolve()
      })
      secure.on('error', () => undefined)
      socket.on('error', () => undefined)
    })
    signal.throwIfAborted()
    return tap.types.length === 0 ? undefined : tap.types.includes(certificateRequest)
  } finally {
    signal.removeEventListener('abort', abort)
    secure.destroy()
    socket.destroy()
  }
}

/** Passes a connection on and reads along the beginning of what the server sends. */
class Tap extends Duplex {
  /** The types of the handshake's messages that came in the open. */
  readonly types: number[] = []
  readonly #socket: Socket
  #records = Buffer.alloc(0)
  #messages = Buffer.alloc(0)
  #isOpen = true

  constructor(socket: Socket) {
    super()
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.#look(chunk)
      this.push(chunk)
    })
    socket.on('end', () => this.push(null))
  }

  override _read(): void {
    this.#socket.resume()
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done)
  }

  override _final(done: () => void): void {
    this.#socket.end(done)
  }

  #look(chunk: Buffer): void {
    this.#records = Buffer.concat([this.#records, chunk])
    while (this.#isOpen && this.#records.length >= 5) {
      const end = 5 + this.#records.readUInt16BE(3)
      if (this.#records.length < end) return
      // Whatever is no message of the handshake ends the part that can be read.
      this.#isOpen = this.#records[0] === handshakeRecord
      if (this.#isOpen) this.#messages = Buffer.concat([this.#messages, this.#records.subarray(5, end)])
      this.#records = this.#records.subarray(end)
      this.#readMessages()
    }
  }

  #readMessages(): void {
    while (this.#messages.length >= 4) {
      const end = 4 + this.#messages.readUIntBE(1, 3)
      if (this.#messages.length < end) return
      this.types.push(this.#messages.readUInt8(0))
      this.#messages = this.#messages.subarray(end)
    }
  }
}
