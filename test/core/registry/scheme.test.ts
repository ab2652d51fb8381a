import { writeFile } from 'node:fs/promises'
import type { ServerOptions } from 'node:https'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { pipeline, Readable } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { silent } from '../../../src/core/base/logger.ts'
import { describe as descriptorOf } from '../../../src/core/oci/descriptor.ts'
import { listenOnLoopback } from '../../support/loopback.ts'
import { anyPort } from '../../support/ports.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { certificate, signingCertificate, weakCertificate } from './certificate.ts'
import {
  answerJson,
  bodyOf,
  failureOf,
  read,
  registriesAt,
  startServer,
  type Script,
  type Seen,
} from './scriptedServer.ts'

const empty: Script = (_request, response) => {
  answerJson(response, { repositories: [] })
}

describe('a loopback host', () => {
  it('is spoken to in plain HTTP where it answers so, found out once', async () => {
    const server = await startServer(empty)
    const registry = registriesAt(server.host, { options: {} }).registry(server.host)

    await registry.ping()
    await registry.ping()

    expect(server.seen).toHaveLength(3)
  })

  it('is named in the log as one of plain HTTP, not in the words of OpenSSL', async () => {
    const server = await startServer(empty)
    const lines: string[] = []
    const log = { ...silent, debug: (line: string) => lines.push(line) }

    await registriesAt(server.host, { options: {} }).registry(server.host).ping({ log })

    expect(lines[0]).toBe(`https://${server.host} answers in plain HTTP, trying http`)
    expect(lines.slice(1).every((line) => line.startsWith(`GET http://${server.host}/v2/ 200`))).toBe(true)
  })

  it('is not asked on how it is spoken to once nobody wants to know', async () => {
    const { host, closed, connected } = await silentServer()
    const controller = new AbortController()

    const ping = registriesAt(host, { options: {} }).registry(host).ping({ signal: controller.signal })
    await connected
    controller.abort()

    expect((await failureOf(ping)).kind).toBe('AbortError')
    await closed
  })

  it('is found by name where it listens on one of the addresses of localhost only', async () => {
    const server = await startServer(empty)
    const host = server.host.replace('127.0.0.1', 'localhost')

    await registriesAt(host, { options: {} }).registry(host).ping()
  })

  it('is never spoken to in plain HTTP where it has TLS, however bad its certificate', async () => {
    const server = await startServer(empty, certificate)

    expect(await failureOf(registriesAt(server.host, { options: {} }).registry(server.host).ping())).toEqual({
      kind: 'tls',
      message: `No secure connection to ${server.host}: its certificate is signed by itself.`,
    })
    expect(server.seen).toEqual([])
  })

  it.each([
    ['that is signed by nobody known', certificate],
    ['that is only good to sign others with', signingCertificate],
    ['with a weak key', weakCertificate],
  ])(
    'is never spoken to in plain HTTP where it has TLS, even if it would answer: a certificate %s',
    async (_, tls) => {
      const { host, inTls, inPlainHttp } = await startBoth(tls)
      await registriesAt(host).registry(host).ping()
      expect(inPlainHttp.splice(0)).toHaveLength(1)

      const { kind } = await failureOf(registriesAt(host, { options: {} }).registry(host).ping())
      await registriesAt(host, { options: { insecureSkipVerify: true } })
        .registry(host)
        .ping()

      expect(kind).toBe('tls')
      expect(inTls).not.toEqual([])
      expect(inPlainHttp).toEqual([])
    },
  )

  it('where nobody listens is unreachable', async () => {
    const host = await freeHost()

    expect(await failureOf(registriesAt(host, { options: {} }).registry(host).ping())).toEqual({
      kind: 'unavailable',
      message: `${host} could not be reached (connection refused).`,
    })
  })
})

describe('any other host', () => {
  it('is not spoken to in plain HTTP, but the error says that it may want that', async () => {
    const server = await startServer(empty)
    // The address is one of this machine's, but `plainHttp: false` makes it like any other.
    const registry = registriesAt(server.host, { options: { plainHttp: false } }).registry(server.host)

    expect(await failureOf(registry.ping())).toEqual({
      kind: 'tls',
      message: `${server.host} could not be reached over HTTPS: what it answers is not TLS.`,
    })
    expect(server.seen).toEqual([])
  })

  it('with an unknown name is unreachable', async () => {
    const host = 'registry.invalid:5000'

    expect(await failureOf(registriesAt(host, { options: {} }).registry(host).ping())).toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(/^registry\.invalid:5000 could not be reached/) as string,
    })
  })
})

describe('a registry with TLS settings of its own', () => {
  it('is trusted with its certificate authority, or when it is not verified at all', async () => {
    const server = await startServer(empty, certificate)
    const caFile = join(await temporaryDirectory(), 'ca.pem')
    await writeFile(caFile, certificate.cert)

    await registriesAt(server.host, { options: { caFile } }).registry(server.host).ping()
    await registriesAt(server.host, { options: { insecureSkipVerify: true } })
      .registry(server.host)
      .ping()
  })

  it('is shown the certificate of the client', async () => {
    const server = await startServer(
      (request, response) => {
        const isKnown = request.socket instanceof TLSSocket && request.socket.authorized
        response.writeHead(isKnown ? 200 : 403).end()
      },
      { ...certificate, ca: certificate.cert, requestCert: true, rejectUnauthorized: false },
    )
    const directory = await temporaryDirectory()
    const [caFile, clientKey] = [join(directory, 'cert.pem'), join(directory, 'key.pem')]
    await writeFile(caFile, certificate.cert)
    await writeFile(clientKey, certificate.key)
    const options = { caFile, clientCert: caFile, clientKey }

    await registriesAt(server.host, { options }).registry(server.host).ping()
  })

  it('whose certificate file is missing is an error that names the file', async () => {
    const host = 'localhost:1'

    expect(
      await failureOf(
        registriesAt(host, { options: { caFile: '/nowhere/ca.pem' } })
          .registry(host)
          .ping(),
      ),
    ).toEqual({ kind: 'tls', message: 'The certificate or key /nowhere/ca.pem does not exist.' })
  })

  it('is sent blobs, and sends them, like any other', async () => {
    const bytes = Buffer.alloc(300 * 1024, 'a chart layer')
    const blob = descriptorOf('application/tar+gzip', bytes)
    let stored: Buffer = Buffer.alloc(0)
    const server = await startServer(async (request, response) => {
      if (request.method === 'POST') response.writeHead(202, { location: '/upload' }).end()
      else if (request.method === 'PATCH') {
        stored = await bodyOf(request)
        response.writeHead(202).end()
      } else if (request.method === 'PUT') response.writeHead(201).end()
      else response.end(stored)
    }, certificate)
    const options = { insecureSkipVerify: true }
    const repository = registriesAt(server.host, { options }).registry(server.host).repository('a')

    await repository.push(blob, () => Readable.from([bytes]))

    expect(await read(await repository.fetch(blob))).toEqual(bytes)
  })
})

/** Takes a connection and says nothing; `closed` resolves when the other side has closed it. */
async function silentServer(): Promise<{ host: string; connected: Promise<void>; closed: Promise<void> }> {
  let tellConnected = (): void => undefined
  let tellClosed = (): void => undefined
  const connected = new Promise<void>((resolve) => (tellConnected = resolve))
  const closed = new Promise<void>((resolve) => (tellClosed = resolve))
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('close', tellClosed)
    socket.resume()
    tellConnected()
  })
  return { host: `127.0.0.1:${await listenOnLoopback(server)}`, connected, closed }
}

/** A registry that answers at one port, in TLS or in plain HTTP, as it is spoken to, and remembers what it was asked in which. */
async function startBoth(tls: ServerOptions): Promise<{ host: string; inTls: Seen[]; inPlainHttp: Seen[] }> {
  // At the default level OpenSSL does not even serve a weak key.
  const secure = await startServer(empty, { ...tls, ciphers: 'DEFAULT@SECLEVEL=0' })
  const plain = await startServer(empty)
  const door = createServer((socket) => {
    socket.once('data', (first) => {
      const { host } = first[0] === handshakeRecord ? secure : plain
      const inside = connect(Number(host.split(':')[1]), '127.0.0.1')
      inside.write(first)
      // Whoever leaves takes the other one along.
      pipeline(socket, inside, socket, () => undefined)
    })
  })
  return { host: `127.0.0.1:${await listenOnLoopback(door)}`, inTls: secure.seen, inPlainHttp: plain.seen }
}

/** How TLS begins. */
const handshakeRecord = 0x16

async function freeHost(): Promise<string> {
  return `localhost:${await anyPort()}`
}
