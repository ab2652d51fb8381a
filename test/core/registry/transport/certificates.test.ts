import { X509Certificate } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { silent } from '../../../../src/core/base/logger.ts'
import { describe as descriptorOf } from '../../../../src/core/oci/descriptor.ts'
import type { HostOptions } from '../../../../src/core/registry/hosts/hostOptions.ts'
import { Registries } from '../../../../src/core/registry/registries.ts'
import {
  certificatePlaces,
  type CertificatePlaces,
} from '../../../../src/core/registry/transport/tlsSettings.ts'
import { listenOnLoopback } from '../../../support/loopback.ts'
import { temporaryDirectory } from '../../../support/temporary.ts'
import { certificate, farCertificate, nameCertificate } from '../certificate.ts'
import { answerJson, failureOf, registriesAt, startServer, type Script } from '../scriptedServer.ts'

const empty: Script = (_request, response) => {
  answerJson(response, { tags: [] })
}
const clientWanted = { ...certificate, ca: farCertificate.cert, requestCert: true, rejectUnauthorized: true }

describe('a certificate authority that is set for a host', () => {
  it.each([
    ['PEM', Buffer.from(certificate.cert)],
    ['DER, as Windows writes it', new X509Certificate(certificate.cert).raw],
    ['several, one of which it is', Buffer.from(farCertificate.cert + certificate.cert)],
  ])('may be %s', async (_name, bytes) => {
    const { host } = await startServer(empty, certificate)

    expect(await tagsOf(host, { caFile: await file('ca', bytes) })).toEqual([])
  })

  it('is no reason to trust less', async () => {
    const { host } = await startServer(empty, certificate)
    const [caFile, known] = [await file('ca', farCertificate.cert), await file('known', certificate.cert)]

    expect(await tagsOf(host, { caFile }, { files: [known] })).toEqual([])
  })

  it('that is missing or none is said to be', async () => {
    const { host } = await startServer(empty, certificate)
    const nothing = join(await temporaryDirectory(), 'ca.pem')
    const text = await file('ca', 'not a certificate')

    expect(await failureOf(tagsOf(host, { caFile: nothing }))).toEqual({
      kind: 'tls',
      message: `The certificate or key ${nothing} does not exist.`,
    })
    expect(await failureOf(tagsOf(host, { caFile: text }))).toEqual({
      kind: 'tls',
      message: `${text} holds no certificate.`,
    })
  })

  it('is read again after it was mended', async () => {
    const { host } = await startServer(empty, certificate)
    const caFile = await file('ca', 'not a certificate')
    const repository = registriesAt(host, { options: { caFile } }).registry(host).repository('team/chart')

    await failureOf(repository.tags())
    await writeFile(caFile, certificate.cert)

    expect(await repository.tags()).toEqual([])
  })

  it('is looked at again where TLS comes to nothing, and what has changed is told', async () => {
    const server = createServer(certificate, (_request, response) => {
      answerJson(response, { tags: [] })
    })
    const host = `localhost:${await listenOnLoopback(server)}`
    const caFile = await file('ca', certificate.cert)
    const repository = registriesAt(host, { options: { caFile } }).registry(host).repository('team/chart')
    const lines: string[] = []
    const log = { ...silent, info: (line: string) => lines.push(line) }
    await repository.tags({ log })

    server.setSecureContext(nameCertificate)
    server.closeAllConnections()
    await writeFile(caFile, nameCertificate.cert)

    expect(await repository.tags({ log })).toEqual([])
    expect(lines).toEqual([
      `TLS with ${host} came to nothing (DEPTH_ZERO_SELF_SIGNED_CERT). It is tried again with what has changed: ${caFile}`,
    ])
  })

  it('is not read again where something else goes wrong', async () => {
    const broken: string[] = []
    let isSound = true
    const { host } = await startServer((request, response) => {
      if (isSound) {
        answerJson(response, { tags: [] })
        return
      }
      isSound = true
      broken.push(request.url ?? '')
      response.destroy()
    }, certificate)
    const caFile = await file('ca', certificate.cert)
    const repository = registriesAt(host, { options: { caFile } }).registry(host).repository('team/chart')
    await repository.tags()
    await writeFile(caFile, 'not a certificate')
    isSound = false

    expect(await repository.tags()).toEqual([])
    expect(broken).toEqual(['/v2/team/chart/tags/list'])
  })

  it('counts for the token server of the registry, too', async () => {
    const { server } = await startWithTokenServer()

    expect(await tagsOf(server.host, { caFile: await file('ca', certificate.cert) })).toEqual([])
  })

  it('of the token server itself counts there', async () => {
    const { server, tokens } = await startWithTokenServer()
    const registries = new Registries({
      findCredential: () => Promise.resolve(undefined),
      hosts: {
        [server.host]: { insecureSkipVerify: true },
        [tokens.host]: { caFile: await file('ca', certificate.cert) },
      },
    })

    expect(await registries.registry(server.host).repository('team/chart').tags()).toEqual([])
  })
})

describe('a client certificate', () => {
  it('is presented where it is set, and asked for where it is not', async () => {
    const { host } = await startServer(empty, clientWanted)
    const caFile = await file('ca', certificate.cert)
    const clientCert = await file('client.cert', farCertificate.cert)
    const clientKey = await file('client.key', farCertificate.key)

    expect(await tagsOf(host, { caFile, clientCert, clientKey })).toEqual([])
    expect(await failureOf(tagsOf(host, { caFile }))).toEqual({
      kind: 'tls',
      message: `No secure connection to ${host}: it wants a client certificate.`,
    })
  })

  it('is presented where another registry sends us to read, and not where it sends us to change something', async () => {
    const known: string[] = []
    const other = await startServer((request, response) => {
      known.push(request.method ?? '')
      response.writeHead(request.method === 'HEAD' ? 200 : 201).end()
    }, clientWanted)
    const registry = await startServer((request, response) => {
      response.writeHead(307, { location: `https://${other.host}${request.url ?? ''}` }).end()
    })
    const registries = new Registries({
      findCredential: () => Promise.resolve(undefined),
      hosts: {
        [registry.host]: { plainHttp: true },
        [other.host]: {
          caFile: await file('ca', certificate.cert),
          clientCert: await file('client.cert', farCertificate.cert),
          clientKey: await file('client.key', farCertificate.key),
        },
      },
    })
    const repository = registries.registry(registry.host).repository('team/chart')
    const manifest = descriptorOf('application/vnd.oci.image.manifest.v1+json', Buffer.from('{}'))

    await repository.digestOf('1.0.0')
    const failure = await failureOf(
      repository.tag({ descriptor: manifest, bytes: Buffer.from('{}') }, '1.0.0'),
    )

    expect(failure).toEqual({
      kind: 'tls',
      message: `No secure connection to ${other.host}: it wants a client certificate.`,
    })
    expect(known).toEqual(['HEAD'])
  })

  it('with the key of another one is said to be', async () => {
    const { host } = await startServer(empty, clientWanted)
    const clientCert = await file('client.cert', farCertificate.cert)
    const clientKey = await file('client.key', certificate.key)

    expect(await failureOf(tagsOf(host, { clientCert, clientKey }))).toEqual({
      kind: 'tls',
      message: `No secure connection to ${host}: the client certificate and its key do not belong together.`,
    })
  })
})

describe("Docker's directory of certificates", () => {
  it('is read for the host it names', async () => {
    const { host } = await startServer(empty, clientWanted)
    const byHost = await temporaryDirectory()
    await write(join(byHost, host, 'ca.crt'), certificate.cert)
    await write(join(byHost, host, 'client.cert'), farCertificate.cert)
    await write(join(byHost, host, 'client.key'), farCertificate.key)
    await write(join(byHost, host, 'lonely.cert'), 'without a key')

    expect(await tagsOf(host, {}, { byHost })).toEqual([])
  })

  it('is passed over where it is a file, or has nothing of the host', async () => {
    const { host } = await startServer(empty, certificate)
    const byHost = await temporaryDirectory()
    await writeFile(join(byHost, host), '')

    expect(await failureOf(tagsOf(host, {}, { byHost }))).toMatchObject({ kind: 'tls' })
    expect(await failureOf(tagsOf(host, {}, { byHost: join(byHost, 'missing') }))).toMatchObject({
      kind: 'tls',
    })
  })

  it('is where Docker has it', () => {
    expect(certificatePlaces({}, 'linux').byHost).toBe('/etc/docker/certs.d')
  })
})

describe("OpenSSL's variables", () => {
  it('name files and directories of authorities for every host', async () => {
    const { host } = await startServer(empty, certificate)
    const path = await file('authority.pem', certificate.cert)

    for (const env of [{ SSL_CERT_FILE: path }, { SSL_CERT_DIR: `/nowhere:${dirname(path)}` }]) {
      const { files = [], directories = [] } = certificatePlaces(env, 'linux')
      expect(await tagsOf(host, {}, { files, directories })).toEqual([])
    }
  })

  it('name nothing where they are empty', () => {
    expect(certificatePlaces({ SSL_CERT_FILE: '', SSL_CERT_DIR: '' }, 'linux')).toMatchObject({
      files: [],
      directories: [],
    })
  })
})

async function tagsOf(
  host: string,
  options: HostOptions,
  certificates: CertificatePlaces = {},
): Promise<string[]> {
  const registries = new Registries({
    findCredential: () => Promise.resolve(undefined),
    hosts: { [host]: options },
    certificates,
  })
  return await registries.registry(host).repository('team/chart').tags()
}

/** A registry, and the token server that it names under the same certificate. */
async function startWithTokenServer(): Promise<Record<'server' | 'tokens', { readonly host: string }>> {
  const tokens = await startServer((_request, response) => {
    answerJson(response, { token: 'abc' })
  }, certificate)
  const server = await startServer((request, response) => {
    if (request.headers.authorization === 'Bearer abc') answerJson(response, { tags: [] })
    else response.writeHead(401, { 'www-authenticate': `Bearer realm="https://${tokens.host}/token"` }).end()
  }, certificate)
  return { server, tokens }
}

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(await temporaryDirectory(), name)
  await writeFile(path, content)
  return path
}

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
}
