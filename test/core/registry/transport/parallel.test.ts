import { EventEmitter, once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { describe as descriptorOf } from '../../../../src/core/oci/descriptor.ts'
import { answerJson, bodyOf, failureOf, registriesAt, repositoryAt, startServer } from '../scriptedServer.ts'

const bytes = Buffer.alloc(300_000, 'x')
const blob = descriptorOf('application/octet-stream', bytes)

describe('requests to one registry', () => {
  it.each([
    ['four at a time', undefined, 4],
    ['as many as are set for it', 2, 2],
  ])('are under way %s, whoever asks', async (_name, maxParallel, expected) => {
    const held: ServerResponse[] = []
    const arrivals = new EventEmitter()
    const { host } = await startServer((request, response) => {
      if (request.url === '/after') return void response.end()
      held.push(response)
      arrivals.emit('one')
    })
    const options = { plainHttp: true, ...(maxParallel === undefined ? {} : { maxParallel }) }
    const registries = registriesAt(host, { options })
    const lists = Array.from({ length: 12 }, async (_, n) => {
      return await registries.registry(host).repository(`team/chart${n}`).tags()
    })

    let most = 0
    for (let answered = 0; answered < lists.length;) {
      while (held.length < Math.min(expected, lists.length - answered)) await once(arrivals, 'one')
      // One too many would have been sent before this, and be there.
      await fetch(`http://${host}/after`)
      most = Math.max(most, held.length)
      for (const response of held.splice(0)) {
        answerJson(response, { tags: [] })
        answered++
      }
    }

    await Promise.all(lists)
    expect(most).toBe(expected)
  })

  it('are not waited for any more by who gives up in the queue', async () => {
    const held: ServerResponse[] = []
    const arrivals = new EventEmitter()
    const server = await startServer((_request, response) => {
      held.push(response)
      arrivals.emit('one')
    })
    const registry = registriesAt(server.host, { options: { plainHttp: true, maxParallel: 1 } }).registry(
      server.host,
    )
    const controller = new AbortController()

    const first = registry.repository('team/one').tags()
    const second = failureOf(registry.repository('team/two').tags({ signal: controller.signal }))
    while (held.length === 0) await once(arrivals, 'one')
    controller.abort()

    expect((await second).kind).toBe('AbortError')
    for (const response of held) answerJson(response, { tags: [] })
    await first
    expect(server.seen).toHaveLength(1)
  })

  it('end where one is fed by another, and only one may be under way', async () => {
    const received: Buffer[] = []
    const { host } = await startServer(async (request, response) => {
      if (request.method === 'GET')
        Readable.from([bytes]).pipe(response.writeHead(200, { 'content-length': bytes.length }))
      else if (request.method === 'POST') response.writeHead(202, { location: '/upload' }).end()
      else if (request.method === 'PATCH') {
        received.push(await bodyOf(request))
        response.writeHead(202, { location: '/upload' }).end()
      } else response.writeHead(201).end()
    })
    const repository = repositoryAt(host, { options: { plainHttp: true, maxParallel: 1 } })

    await repository.push(blob, async () => await repository.fetch(blob))

    expect(Buffer.concat(received).equals(bytes)).toBe(true)
  })

  it('go on while a download that nobody reads holds the only place', async () => {
    const { host } = await startServer((request, response) => {
      if (request.url?.endsWith('/tags/list') === true) answerJson(response, { tags: ['1'] })
      else response.writeHead(200, { 'content-length': bytes.length }).end(bytes)
    })
    const repository = repositoryAt(host, { options: { plainHttp: true, maxParallel: 1 } })
    const download = await repository.fetch(blob)

    expect(await repository.tags()).toEqual(['1'])

    let size = 0
    for await (const chunk of download) size += chunk.length
    expect(size).toBe(bytes.length)
  })
})
