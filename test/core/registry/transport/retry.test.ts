import { describe, expect, it } from 'vitest'
import { parseRetryAfter } from '../../../../src/core/registry/transport/retryAfter.ts'
import { answerError, answerJson, failureOf, repositoryAt, startServer } from '../scriptedServer.ts'

describe('a registry that fails for a moment', () => {
  it('is asked again, each time after a longer pause', async () => {
    const server = await startServer((_request, response) => {
      if (server.seen.length < 4) response.writeHead(503).end()
      else answerJson(response, { tags: ['1.0.0'] })
    })
    const waits: number[] = []

    expect(await repositoryAt(server.host, { waits }).tags()).toEqual(['1.0.0'])

    expect(server.seen).toHaveLength(4)
    expect(waits.map((milliseconds, n) => Math.abs(milliseconds - 250 * 2 ** n) <= 62.5 * 2 ** n)).toEqual([
      true,
      true,
      true,
    ])
  })

  it('is asked again after as long as it says', async () => {
    const server = await startServer((_request, response) => {
      if (server.seen.length === 1) response.writeHead(429, { 'retry-after': '7' }).end()
      else answerJson(response, { tags: [] })
    })
    const waits: number[] = []

    await repositoryAt(server.host, { waits }).tags()

    expect(waits).toEqual([7000])
  })

  it.each([['0'], ['Sat, 01 Jan 2000 00:00:00 GMT']])(
    'is left a moment where it says that the time has come: %s',
    async (after) => {
      const server = await startServer((_request, response) => {
        if (server.seen.length === 1) response.writeHead(503, { 'retry-after': after }).end()
        else answerJson(response, { tags: [] })
      })
      const waits: number[] = []

      await repositoryAt(server.host, { waits }).tags()

      expect(waits[0]).toBeGreaterThan(100)
    },
  )

  it('is not waited for where it wants more than two minutes', async () => {
    const server = await startServer((_request, response) => {
      response.writeHead(429, { 'retry-after': '3600' }).end()
    })
    const waits: number[] = []

    expect(await failureOf(repositoryAt(server.host, { waits }).tags())).toMatchObject({
      kind: 'rate-limited',
      message: `${server.host} has had too many requests from here.`,
    })
    expect(waits).toEqual([])
  })

  it.each([
    [429, '30', 'Try again in 30 s; a login often raises the limit.', 5],
    [429, '3600', 'Try again in about an hour; a login often raises the limit.', 1],
    [503, '172800', 'Try again in 2 days.', 1],
    [503, '99999999999999999999', 'Try again later.', 1],
    [429, undefined, 'Try again later; a login often raises the limit.', 5],
  ])('tells with status %d and Retry-After %s when to come again', async (status, after, advice, tries) => {
    const server = await startServer((_request, response) => {
      response.writeHead(status, after === undefined ? {} : { 'retry-after': after }).end()
    })

    await expect(repositoryAt(server.host).tags()).rejects.toMatchObject({ advice })
    expect(server.seen).toHaveLength(tries)
  })

  it('is not asked again where its quota is used up, as Docker Hub says it, and tells for how long', async () => {
    const server = await startServer((_request, response) => {
      response.writeHead(429, { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '0;w=21600' }).end()
    })

    await expect(repositoryAt(server.host).tags()).rejects.toMatchObject({
      kind: 'rate-limited',
      advice: 'Try again within 6 hours; a login often raises the limit.',
    })
    expect(server.seen).toHaveLength(1)
  })

  it('is asked again where it sent more than it announced, because nothing of that is left', async () => {
    const server = await startServer((request, response) => {
      if (server.seen.length > 1) answerJson(response, { tags: ['1.0.0'] })
      else
        request.socket.end(
          'HTTP/1.1 200 OK\r\ncontent-length: 11\r\nconnection: close\r\n\r\n{"tags":[]}more',
        )
    })

    expect(await repositoryAt(server.host).tags()).toEqual(['1.0.0'])
  })

  it('is asked five times at most', async () => {
    const server = await startServer((_request, response) => {
      answerError(response, 500, 'UNKNOWN', 'the disk is on fire')
    })

    expect(await failureOf(repositoryAt(server.host).tags())).toEqual({
      kind: 'unavailable',
      message: `${server.host} cannot answer at the moment (status 500: the disk is on fire).`,
    })
    expect(server.seen).toHaveLength(5)
  })

  it('is asked again where it closed the connection', async () => {
    const server = await startServer((request, response) => {
      if (server.seen.length === 1) request.socket.destroy()
      else if (server.seen.length === 2) {
        response.writeHead(200, { 'content-length': '100' }).write('{"tags":')
        setImmediate(() => request.socket.destroy())
      } else answerJson(response, { tags: ['1.0.0'] })
    })

    expect(await repositoryAt(server.host).tags()).toEqual(['1.0.0'])
    expect(server.seen).toHaveLength(3)
  })

  it.each([400, 403, 404, 405, 413])('is not asked again after a status of %d', async (status) => {
    const server = await startServer((_request, response) => {
      response.writeHead(status).end()
    })

    await failureOf(repositoryAt(server.host).tags())

    expect(server.seen).toHaveLength(1)
  })

  it('is not waited for any more once the caller gives up', async () => {
    const server = await startServer((_request, response) => {
      response.writeHead(503).end()
    })
    const controller = new AbortController()
    const log = {
      debug: ignore,
      warn: ignore,
      info: () => {
        controller.abort()
      },
    }

    const failure = await failureOf(repositoryAt(server.host).tags({ signal: controller.signal, log }))

    expect(failure.kind).toBe('AbortError')
    expect(server.seen).toHaveLength(1)
  })
})

describe('Retry-After', () => {
  const now = Date.parse('2026-07-01T12:00:00Z')

  it.each([
    ['5', 5000],
    ['0', 0],
    ['Wed, 01 Jul 2026 12:01:00 GMT', 60_000],
    ['Wed, 01 Jul 2026 11:00:00 GMT', 0],
    ['soon', undefined],
    [undefined, undefined],
  ])('of %s is read', (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected)
  })
})

function ignore(): void {
  // Nothing to hear here.
}
