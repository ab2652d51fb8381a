import { describe, expect, it } from 'vitest'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe as descriptorOf } from '../../../src/core/oci/descriptor.ts'
import { answerError, failureOf, repositoryAt, startServer } from './scriptedServer.ts'

const piece = Buffer.alloc(64 * 1024)
const count = 1024
const blob = descriptorOf('application/tar+gzip', Buffer.alloc(piece.length * count))

/** How a registry answers in the middle of an upload. */
const ways: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>> = {
  'and waits': (_request, response) => {
    answerError(response, 413, 'SIZE_INVALID', 'too much')
  },
  'and reads on': (request, response) => {
    answerError(response, 413, 'SIZE_INVALID', 'too much')
    request.resume()
  },
  'and closes the connection': (request, response) => {
    response.setHeader('connection', 'close')
    answerError(response, 413, 'SIZE_INVALID', 'too much')
    response.on('finish', () => {
      request.socket.destroySoon()
    })
  },
}

describe('a registry that refuses an upload in the middle', () => {
  it.each(Object.keys(ways))('%s is not sent the rest, and what it says is read', async (way) => {
    let opened = 0
    let sent = 0
    const server = await startServer((request, response) => {
      if (request.method === 'POST') response.writeHead(202, { location: '/upload/1' }).end()
      else if (request.method === 'DELETE') response.writeHead(204).end()
      else request.once('data', () => ways[way]?.(request, response))
    })
    const content = async function* (): AsyncGenerator<Uint8Array> {
      opened += 1
      for (let index = 0; index < count; index += 1) {
        sent += 1
        yield await Promise.resolve(piece)
      }
    }

    const failure = await failureOf(repositoryAt(server.host).push(blob, content))

    expect(failure.kind).toBe('too-large')
    expect(failure.message).toContain('too much')
    expect(opened).toBe(1)
    expect(sent).toBeLessThan(count / 2)
    expect(server.seen.map(({ method }) => method)).toEqual(['POST', 'PATCH', 'DELETE'])
  })
})
