import { describe, expect, it } from 'vitest'
import { Pace } from '../../../../src/core/registry/transport/pace.ts'
import { Registries } from '../../../../src/core/registry/registries.ts'
import { wait } from '../../../../src/core/registry/transport/wait.ts'
import type { Progress } from '../../../../src/core/base/progress.ts'
import { silent } from '../../../../src/core/base/logger.ts'
import { answerJson, failureOf, registriesAt, startServer } from '../scriptedServer.ts'

describe('a registry that is busy', () => {
  it('is left alone by everybody, and not only by who was told', async () => {
    const pace = new Pace(wait)
    const order: string[] = []

    const told = pace.pause(40, {}).then(() => order.push('who was told'))
    const other = pace.ready({}).then(() => order.push('another'))
    const elsewhere = new Pace(wait).ready({}).then(() => order.push('at another host'))
    await Promise.all([told, other, elsewhere])

    expect(order[0]).toBe('at another host')
    expect(order).toHaveLength(3)
  })

  it('is waited for with a countdown', async () => {
    const seen: Progress[] = []
    const onProgress = (progress: Progress): void => void seen.push(progress)

    await new Pace(wait).pause(1500, { onProgress })

    expect(seen).toEqual([
      { step: 'waiting', done: 0, total: 2 },
      { step: 'waiting', done: 1, total: 2 },
    ])
  })

  it('is not waited for any more by who gives up', async () => {
    const controller = new AbortController()
    const pausing = failureOf(new Pace(wait).pause(60_000, { signal: controller.signal }))
    controller.abort()

    expect((await pausing).kind).toBe('AbortError')
  })

  it.each([
    ['429', 429, (): string => '2'],
    ['503', 503, (): string => new Date(Date.now() + 2000).toUTCString()],
  ])('is asked by nobody until it said, after %s', async (_name, status, retryAfter) => {
    const times: number[] = []
    const server = await startServer((_request, response) => {
      times.push(Date.now())
      if (times.length === 1) response.writeHead(status, { 'retry-after': retryAfter() }).end()
      else answerJson(response, { tags: [] })
    })
    const waits: number[] = []
    const registries = registriesAt(server.host, { waits })
    const lines: string[] = []
    const log = { ...silent, info: (line: string) => lines.push(line) }

    await registries.registry(server.host).repository('team/one').tags({ log })

    expect(waits).toHaveLength(1)
    expect(waits[0]).toBeGreaterThan(900)
    expect(waits[0]).toBeLessThanOrEqual(2000)
    expect(lines.some((line) => /Trying again in \d\.\d s\.$/.test(line))).toBe(true)
  })

  it.each([429, 503])('is asked by nobody who waited for a place meanwhile, after %s', async (status) => {
    const server = await startServer((_request, response) => {
      if (server.seen.length === 1) response.writeHead(status).end()
      else answerJson(response, { tags: [] })
    })
    const asked = (): number => server.seen.filter(({ url }) => url !== '/').length
    // Who asks before the pause is over is answered before this.
    const pause = async (): Promise<number> => await fetch(`http://${server.host}/`).then(asked)
    let pausing: Promise<number> | undefined
    const registries = new Registries({
      findCredential: () => Promise.resolve(undefined),
      hosts: { [server.host]: { plainHttp: true, maxParallel: 1 } },
      wait: async () => {
        await (pausing ??= pause())
      },
    })
    const registry = registries.registry(server.host)

    await Promise.all(
      ['one', 'two', 'three'].map(async (name) => await registry.repository(`team/${name}`).tags()),
    )

    expect(await pausing).toBe(1)
    expect(asked()).toBe(4)
  })

  it('that wants a longer pause fails, and says when to come back', async () => {
    const server = await startServer((_request, response) => {
      response.writeHead(503, { 'retry-after': '600' }).end()
    })

    const listing = registriesAt(server.host).registry(server.host).repository('team/one').tags()

    await expect(listing).rejects.toMatchObject({ kind: 'unavailable', advice: 'Try again in 10 minutes.' })
    expect(server.seen).toHaveLength(1)
  })
})
