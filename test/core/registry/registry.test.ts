import { describe, expect, it } from 'vitest'
import { parseReference } from '../../../src/core/oci/reference.ts'
import { Registries } from '../../../src/core/registry/registries.ts'
import type { HttpRequest, Transport } from '../../../src/core/registry/transport/transport.ts'
import { answerError, answerJson, failureOf, registriesAt, startServer } from './scriptedServer.ts'

describe('what is set for hosts', () => {
  it('can be replaced, and a host whose options changed is asked anew how it is spoken to', async () => {
    const server = await startServer((_request, response) => {
      answerJson(response, { tags: ['1.0.0'] })
    })
    const registries = registriesAt(server.host)
    const before = registries.registry(server.host)

    registries.configure({ [server.host.toUpperCase()]: { plainHttp: true }, 'other.example.com': {} })
    expect(registries.registry(server.host)).toBe(before)

    registries.configure({ [server.host]: { plainHttp: false } })
    expect(registries.registry(server.host)).not.toBe(before)
    expect((await failureOf(registries.registry(server.host).repository('a').tags())).kind).toBe('tls')

    registries.configure({})
    expect(await registries.registry(server.host).repository('a').tags()).toEqual(['1.0.0'])
  })
})

describe('what a registry says is wrong', () => {
  it.each([
    [
      403,
      'DENIED',
      'requested access to the resource is denied',
      'forbidden',
      'HOST does not allow this for HOST/team/chart: requested access to the resource is denied.',
    ],
    [
      404,
      'NAME_UNKNOWN',
      'repository name not known to registry',
      'not-found',
      'HOST/team/chart was not found: HOST does not have this repository.',
    ],
    [
      405,
      'UNSUPPORTED',
      'The operation is unsupported.',
      'unsupported',
      'HOST does not support this for HOST/team/chart: The operation is unsupported.',
    ],
    [
      400,
      'NAME_INVALID',
      'invalid repository name',
      'invalid-reference',
      'HOST does not accept the name of HOST/team/chart: invalid repository name.',
    ],
    [
      400,
      'MANIFEST_INVALID',
      '',
      'refused',
      'HOST did not accept the request for HOST/team/chart (status 400).',
    ],
    [413, 'SIZE_INVALID', 'too big', 'too-large', 'HOST/team/chart is larger than HOST accepts: too big.'],
    [
      418,
      'ODD',
      'a\u001b[31m\nteapot',
      'refused',
      'HOST did not accept the request for HOST/team/chart (status 418: a[31m teapot).',
    ],
  ])('with status %d %s becomes a sentence', async (status, code, message, kind, sentence) => {
    const server = await startServer((_request, response) => {
      answerError(response, status, code, message)
    })

    const failure = await failureOf(
      registriesAt(server.host).registry(server.host).repository('team/chart').tags(),
    )

    expect(failure).toEqual({ kind, message: sentence.replaceAll('HOST', server.host) })
  })

  it('may come without the list around it, as plain text, as HTML or not at all', async () => {
    const bodies = ['{"code":"DENIED","message":"not you"}', 'not you.', '<html>not you</html>', '']
    const types = ['application/json', 'text/plain; charset=utf-8', 'text/html', 'text/plain']
    const said: string[] = []
    for (const [position, body] of bodies.entries()) {
      const server = await startServer((_request, response) => {
        response.writeHead(403, { 'content-type': types[position] }).end(body)
      })
      said.push(
        (await failureOf(registriesAt(server.host).registry(server.host).repository('a').tags())).message,
      )
    }

    expect(said.map((message) => /for \S+?(?:: (.*))?\.$/.exec(message)?.[1])).toEqual([
      'not you',
      'not you',
      undefined,
      undefined,
    ])
  })
})

describe('the log of requests', () => {
  it('has one line a request, without what may be a secret', async () => {
    const server = await startServer((request, response) => {
      if (request.url?.startsWith('/storage') === true) response.end('{"tags":[]}')
      else response.writeHead(307, { location: '/storage?X-Amz-Signature=secret&n=5' }).end()
    })
    const lines: string[] = []
    const log = { debug: (line: string) => lines.push(line), info: () => undefined, warn: () => undefined }

    await registriesAt(server.host).registry(server.host).repository('a').tags({ log })

    expect(lines.map((line) => line.replace(/\d+ ms/, 'N ms').replaceAll(server.host, 'HOST'))).toEqual([
      'GET http://HOST/v2/a/tags/list 307 N ms 0 bytes',
      'GET http://HOST/storage?X-Amz-Signature=REDACTED&n=5 200 N ms 11 bytes',
    ])
  })
})

describe('a reference', () => {
  it('leads to the repository of its registry, on Docker Hub to where its API is', async () => {
    const sent: HttpRequest[] = []
    const transport: Transport = {
      send: (request) => {
        sent.push(request)
        return Promise.reject(new Error('enough'))
      },
    }
    const registries = new Registries({ findCredential: () => Promise.resolve(undefined), transport })
    const ask = async (reference: string): Promise<string> => {
      await failureOf(registries.repository(parseReference(reference)).tags())
      return sent.at(-1)?.url.href ?? ''
    }

    expect(await ask('Registry.example.com/a/b:1')).toBe('https://registry.example.com/v2/a/b/tags/list')
    expect(await ask('docker.io/chart:1')).toBe('https://registry-1.docker.io/v2/library/chart/tags/list')
    expect(() => registries.repository(parseReference('mychart:1'))).toThrow('mychart:1 names no registry.')
  })
})
