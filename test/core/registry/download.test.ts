import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { copy } from '../../../src/core/oci/copy.ts'
import { describe as descriptorOf } from '../../../src/core/oci/descriptor.ts'
import { encodeManifest } from '../../../src/core/oci/manifest.ts'
import { MemoryTarget } from '../../support/memoryTarget.ts'
import { failureOf, read, repositoryAt, startServer, type Script } from './scriptedServer.ts'

const kibibyte = 1024
const bytes = Buffer.from(Array.from({ length: 300 * kibibyte }, (_, index) => (index * 31) % 251))
const blob = descriptorOf('application/tar+gzip', bytes)

/** How the server answers one request for the blob, by default whole and to its end. */
interface Answer {
  /** Bytes after which the connection is cut. */
  readonly cutAfter?: number
  /** In place of what was asked for. */
  readonly status?: 200 | 416
  readonly contentRange?: string
  /** Whether it says how long it is. */
  readonly isOpenEnded?: boolean
  readonly content?: Buffer
}

/** Answers one request after the other; the last answer goes for all that follow. */
function answering(...answers: readonly Answer[]): {
  script: Script
  ranges: (string | undefined)[]
  sent: () => number
} {
  const ranges: (string | undefined)[] = []
  let sent = 0
  const script = (request: IncomingMessage, response: ServerResponse): void => {
    const answer = answers[Math.min(ranges.length, answers.length - 1)] ?? {}
    const { range } = request.headers
    ranges.push(range)
    const first = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0)
    const status = answer.status ?? (range === undefined ? 200 : 206)
    const content = answer.content ?? bytes
    const part = status === 206 ? content.subarray(first) : status === 200 ? content : Buffer.alloc(0)
    const shown = part.subarray(0, answer.cutAfter)
    sent += shown.length
    response.writeHead(status, {
      ...(answer.isOpenEnded === true ? { connection: 'close' } : { 'content-length': part.length }),
      ...(status === 206
        ? { 'content-range': answer.contentRange ?? `bytes ${first}-${content.length - 1}/${content.length}` }
        : {}),
    })
    if (answer.isOpenEnded === true) response.useChunkedEncodingByDefault = false
    if (answer.cutAfter === undefined) response.end(part)
    else response.write(shown, () => request.socket.end())
  }
  return { script, ranges, sent: () => sent }
}

describe('a blob whose connection breaks', () => {
  it('goes on where it was cut, and no byte comes twice', async () => {
    const { script, ranges, sent } = answering({ cutAfter: 100_000 }, { cutAfter: 50_000 }, {})
    const server = await startServer(script)

    expect(await read(await repositoryAt(server.host).fetch(blob))).toEqual(bytes)
    expect(ranges).toEqual([undefined, 'bytes=100000-', 'bytes=150000-'])
    expect(sent()).toBe(bytes.length)
  })

  it('is passed over as far as it was read where the registry begins at its first byte again', async () => {
    const { script, ranges } = answering(
      { cutAfter: 100_000 },
      { status: 200, cutAfter: 40_000 },
      { status: 200 },
    )
    const server = await startServer(script)

    expect(await read(await repositoryAt(server.host).fetch(blob))).toEqual(bytes)
    expect(ranges).toEqual([undefined, 'bytes=100000-', 'bytes=100000-'])
  })

  it.each<[string, Answer]>([
    ['says that there is no such part', { status: 416 }],
    ['gives another part', { contentRange: `bytes 5-${bytes.length - 1}/${bytes.length}` }],
    [
      'gives a part of something of another size',
      { contentRange: `bytes 100000-${bytes.length}/${bytes.length + 1}` },
    ],
    ['does not say which part it gives', { contentRange: 'bytes' }],
  ])('is asked for whole where the registry %s', async (_what, answer) => {
    const { script, ranges } = answering({ cutAfter: 100_000 }, answer, {})
    const server = await startServer(script)

    expect(await read(await repositoryAt(server.host).fetch(blob))).toEqual(bytes)
    expect(ranges).toEqual([undefined, 'bytes=100000-', undefined])
  })

  it('is asked for at the registry again, not at where it was redirected to', async () => {
    const { script, ranges } = answering({ cutAfter: 100_000 }, {})
    const storage = await startServer(script)
    const server = await startServer((_request, response) => {
      response.writeHead(307, { location: `http://${storage.host}/signed?once=${server.seen.length}` }).end()
    })

    expect(await read(await repositoryAt(server.host).fetch(blob))).toEqual(bytes)
    expect(server.seen).toHaveLength(2)
    expect(storage.seen.map(({ url }) => url)).toEqual(['/signed?once=1', '/signed?once=2'])
    expect(ranges).toEqual([undefined, 'bytes=100000-'])
  })

  it('goes on where an answer without a length ends too early', async () => {
    const { script, ranges } = answering({ isOpenEnded: true, cutAfter: 100_000 }, {})
    const server = await startServer(script)

    expect(await read(await repositoryAt(server.host).fetch(blob))).toEqual(bytes)
    expect(ranges).toEqual([undefined, 'bytes=100000-'])
  })

  it('is given up after five tries in a row that brought little', async () => {
    const { script, ranges } = answering({ cutAfter: 1000 })
    const server = await startServer(script)
    const waits: number[] = []

    const failure = await failureOf(read(await repositoryAt(server.host, { waits }).fetch(blob)))

    expect(failure.kind).toBe('unavailable')
    expect(ranges).toHaveLength(5)
    expect(waits).toHaveLength(4)
  })

  it('is not given up while every try brings a good part of it', async () => {
    const large = Buffer.alloc(12 * 1024 * kibibyte, 'chart')
    const { script, ranges } = answering({ content: large, cutAfter: 1.5 * 1024 * kibibyte })
    const server = await startServer(script)

    const received = await read(await repositoryAt(server.host).fetch(descriptorOf('x', large)))

    expect(received.equals(large)).toBe(true)
    expect(ranges).toHaveLength(8)
  })
})

describe('a blob that was put together from two answers and is damaged', () => {
  const other = Buffer.from(bytes).fill('x', 0, 10)
  const manifest = encodeManifest({ config: blob, layers: [blob] })
  const copied = async (host: string, target: MemoryTarget): Promise<void> => {
    await copy(repositoryAt(host), target, manifest, 'copied', { step: 'pulling', what: 'the test' })
  }

  it('is fetched once more from its beginning', async () => {
    const { script, ranges } = answering({ content: other, cutAfter: 100_000 }, {}, {})
    const server = await startServer(script)
    const target = new MemoryTarget()

    await copied(server.host, target)

    expect(await read(await target.fetch(blob))).toEqual(bytes)
    expect(ranges).toEqual([undefined, 'bytes=100000-', undefined])
  })

  it('is an error the second time', async () => {
    const damaged = { content: other, cutAfter: 100_000 }
    const { script, ranges } = answering(damaged, {}, damaged, {})
    const server = await startServer(script)

    expect((await failureOf(copied(server.host, new MemoryTarget()))).kind).toBe('integrity')
    expect(ranges).toHaveLength(4)
  })

  it('is an error at once where it came in one piece', async () => {
    const { script, ranges } = answering({ content: other })
    const server = await startServer(script)

    expect((await failureOf(copied(server.host, new MemoryTarget()))).kind).toBe('integrity')
    expect(ranges).toHaveLength(1)
  })
})
