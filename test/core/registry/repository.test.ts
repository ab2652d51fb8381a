import { describe, expect, it } from 'vitest'
import { describe as descriptorOf } from '../../../src/core/oci/descriptor.ts'
import { digestOf } from '../../../src/core/oci/digest.ts'
import { encodeManifest } from '../../../src/core/oci/manifest.ts'
import { mediaTypes } from '../../../src/core/oci/mediaTypes.ts'
import {
  answerError,
  answerJson,
  bodyOf,
  failureOf,
  read,
  repositoryAt,
  startServer,
} from './scriptedServer.ts'

const bytes = Buffer.from('a chart layer')
const blob = descriptorOf('application/tar+gzip', bytes)
const manifest = encodeManifest({ config: blob, layers: [blob] })
const manifestHeaders = {
  'content-type': mediaTypes.manifest,
  'docker-content-digest': manifest.descriptor.digest,
}

describe('a blob at the registry', () => {
  it('exists where HEAD finds it in its size', async () => {
    const server = await startServer((request, response) => {
      if (request.url?.endsWith(blob.digest) !== true) response.writeHead(404).end()
      else response.writeHead(200, { 'content-length': bytes.length }).end()
    })
    const repository = repositoryAt(server.host)

    expect(await repository.exists(blob)).toBe(true)
    expect(await repository.exists({ ...blob, size: 1 })).toBe(false)
    expect(await repository.exists(descriptorOf('x', Buffer.from('other')))).toBe(false)
    expect(server.seen[0]?.method).toBe('HEAD')
  })

  it('counts as missing where the registry has no HEAD', async () => {
    const server = await startServer((_request, response) => {
      response.writeHead(405).end()
    })

    expect(await repositoryAt(server.host).exists(blob)).toBe(false)
  })

  it('is fetched as it is, without any decoding', async () => {
    const server = await startServer((request, response) => {
      expect(request.headers['accept-encoding']).toBe('identity')
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bytes)
    })

    expect(await read(await repositoryAt(server.host).fetch(blob))).toEqual(bytes)
  })

  it('that is cut short is an error, never a short blob', async () => {
    const server = await startServer((request, response) => {
      response.writeHead(200, { 'content-length': bytes.length }).write(bytes.subarray(0, 5))
      setImmediate(() => request.socket.destroy())
    })

    expect(await failureOf(read(await repositoryAt(server.host).fetch(blob)))).toEqual({
      kind: 'unavailable',
      message: `The connection to ${server.host} was lost (it was closed before the answer was complete).`,
    })
  })

  it('that stops coming is given up', async () => {
    const server = await startServer((_request, response) => {
      response.writeHead(200, { 'content-length': bytes.length }).write(bytes.subarray(0, 5))
    })
    const repository = repositoryAt(server.host, { options: { plainHttp: true, idleTimeoutMs: 50 } })

    expect((await failureOf(read(await repository.fetch(blob)))).kind).toBe('unavailable')
  })

  it('is not read on once the caller gives up', async () => {
    const server = await startServer((_request, response) => {
      response.writeHead(200, { 'content-length': bytes.length }).write(bytes.subarray(0, 5))
    })
    const controller = new AbortController()
    const reading = read(await repositoryAt(server.host).fetch(blob, { signal: controller.signal }))
    controller.abort()

    expect((await failureOf(reading)).kind).toBe('AbortError')
  })

  it('that is missing is not found', async () => {
    const server = await startServer((_request, response) => {
      answerError(response, 404, 'BLOB_UNKNOWN', 'blob unknown to registry')
    })

    expect(await failureOf(repositoryAt(server.host).fetch(blob))).toEqual({
      kind: 'not-found',
      message: `Blob ${blob.digest.slice(7, 14)} of ${server.host}/team/chart was not found at the registry.`,
    })
  })
})

describe('a manifest at the registry', () => {
  it('is asked for with every media type, by the tag as it travels', async () => {
    const server = await startServer((request, response) => {
      expect(request.headers.accept).toBe(Object.values(mediaTypes).join(', '))
      response.writeHead(200, manifestHeaders).end(manifest.bytes)
    })

    expect(await repositoryAt(server.host).resolve('1.0.0+build')).toEqual(manifest)
    expect(server.seen[0]?.url).toBe('/v2/team/chart/manifests/1.0.0_build')
  })

  it('is what its bytes hash to, whatever was asked for', async () => {
    const server = await startServer((_request, response) => {
      response.writeHead(200, { 'content-type': mediaTypes.manifest }).end(manifest.bytes)
    })
    const repository = repositoryAt(server.host)
    const other = digestOf(Buffer.from('other'))

    expect((await repository.resolve(manifest.descriptor.digest)).descriptor).toEqual(manifest.descriptor)
    expect(await failureOf(repository.resolve(other))).toEqual({
      kind: 'integrity',
      message: `${repository.name}@${other} is damaged: its manifest should hash to ${other}, but it hashes to ${manifest.descriptor.digest}.`,
    })
  })

  it('that comes damaged is asked for once more', async () => {
    const server = await startServer((_request, response) => {
      const sent = server.seen.length === 1 ? '{"other":"manifest"}' : manifest.bytes
      response.writeHead(200, manifestHeaders).end(sent)
    })

    expect(await repositoryAt(server.host).resolve('1.0.0')).toEqual(manifest)
    expect(server.seen).toHaveLength(2)
  })

  it('whose registry says another digest is refused, unless the registry is known for that', async () => {
    const declared = digestOf(Buffer.from('other'))
    const server = await startServer((_request, response) => {
      response.writeHead(200, { ...manifestHeaders, 'docker-content-digest': declared }).end(manifest.bytes)
    })
    const tolerant = { plainHttp: true, ignoreContentDigestHeader: true }

    expect(await failureOf(repositoryAt(server.host).resolve('1.0.0'))).toMatchObject({ kind: 'integrity' })
    expect(await repositoryAt(server.host, { options: tolerant }).resolve('1.0.0')).toEqual(manifest)
  })

  it.each([
    ['application/json', '{"mediaType":"application/x-own"}', 'application/x-own'],
    ['application/json', '{}', mediaTypes.manifest],
    ['text/html', '<p>', mediaTypes.manifest],
    [`${mediaTypes.index}; charset=utf-8`, '{}', mediaTypes.index],
  ])('of content type %s has the media type that makes sense', async (type, body, expected) => {
    const server = await startServer((_request, response) => {
      response.writeHead(200, { 'content-type': type }).end(body)
    })

    expect((await repositoryAt(server.host).resolve('1.0.0')).descriptor.mediaType).toBe(expected)
  })

  it('that has no end is not read to it', async () => {
    const server = await startServer((_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024)));
      }
      response.on('drain', more)
      more()
    })

    expect((await failureOf(repositoryAt(server.host).resolve('1.0.0'))).kind).toBe('too-large')
  })

  it('is stored under a tag, and the digest that comes back is compared', async () => {
    let returned: string = manifest.descriptor.digest
    let stored: unknown
    const server = await startServer(async (request, response) => {
      stored = [request.headers['content-type'], (await bodyOf(request)).toString()]
      response.writeHead(201, { 'docker-content-digest': returned }).end()
    })
    const repository = repositoryAt(server.host)

    await repository.tag(manifest, '1.0.0+build')

    expect(server.seen[0]).toMatchObject({ method: 'PUT', url: '/v2/team/chart/manifests/1.0.0_build' })
    expect(stored).toEqual([mediaTypes.manifest, manifest.bytes.toString()])
    returned = digestOf(Buffer.from('other'))
    expect((await failureOf(repository.tag(manifest, '1.0.0'))).kind).toBe('integrity')
  })

  it('that is too large is not sent', async () => {
    const server = await startServer(() => undefined)
    const large = { ...manifest, bytes: Buffer.alloc(4 * 1024 * 1024 + 1) }

    expect((await failureOf(repositoryAt(server.host).tag(large, '1.0.0'))).kind).toBe('too-large')
    expect(server.seen).toEqual([])
  })
})

describe('the tags of a repository', () => {
  it('come page by page and are sorted, without those of signatures', async () => {
    const attachment = `sha256-${'a'.repeat(64)}.sig`
    const server = await startServer((request, response) => {
      if (request.url === '/v2/team/chart/tags/list')
        answerJson(
          response,
          { tags: ['2.0.0', attachment] },
          { link: '</v2/team/chart/tags/list?last=2>; rel="next"' },
        )
      else answerJson(response, { tags: ['1.0.0', '10.0.0'] })
    })

    expect(await repositoryAt(server.host).tags()).toEqual(['1.0.0', '10.0.0', '2.0.0'])
    expect(server.seen.map(({ url }) => url)).toEqual([
      '/v2/team/chart/tags/list',
      '/v2/team/chart/tags/list?last=2',
    ])
  })

  it('go on under the own path where a proxy drops a part of it', async () => {
    const server = await startServer((request, response) => {
      const link = { link: '</v2/chart/tags/list?last=a>; rel="next", ' }
      answerJson(response, { tags: [] }, request.url?.includes('?') === true ? {} : link)
    })

    await repositoryAt(server.host).tags()

    expect(server.seen[1]?.url).toBe('/v2/team/chart/tags/list?last=a')
  })

  it('end where the last page comes again', async () => {
    const server = await startServer((_request, response) => {
      answerJson(response, { tags: ['1.0.0'] }, { link: '</v2/team/chart/tags/list?last=1.0.0>; rel="next"' })
    })

    expect(await repositoryAt(server.host).tags()).toEqual(['1.0.0'])
    expect(server.seen).toHaveLength(2)
  })

  it('do not go on at another host', async () => {
    const server = await startServer((_request, response) => {
      answerJson(response, { tags: [] }, { link: '<http://evil.example.com/v2/x?last=1>; rel="next"' })
    })

    expect((await failureOf(repositoryAt(server.host).tags())).kind).toBe('refused')
  })

  it('may be null', async () => {
    const server = await startServer((_request, response) => {
      answerJson(response, { name: 'team/chart', tags: null })
    })

    expect(await repositoryAt(server.host).tags()).toEqual([])
  })

  it.each(['<html>', '[]', '{}', '{"tags":"1.0.0"}', '{"tags":[1]}'])('are not %s', async (body) => {
    const server = await startServer((_request, response) => {
      response.end(body)
    })

    expect((await failureOf(repositoryAt(server.host).tags())).kind).toBe('unavailable')
  })
})
