import { describe, expect, it } from 'vitest'
import type { Pages } from '../../../../src/core/registry/lists/pages.ts'
import { recordingLogger } from '../../../support/recordingLogger.ts'
import { answerJson, failureOf, registriesAt, startServer, type ScriptedServer } from '../scriptedServer.ts'

describe('a list that comes page by page', () => {
  it('is asked for as far as somebody reads', async () => {
    const server = await endless()
    const seen: string[] = []

    for await (const page of catalogueOf(server)) {
      seen.push(...page)
      if (seen.length >= 5) break
    }

    expect(seen).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'b3'])
    expect(server.seen).toHaveLength(3)
  })

  it('is one request for a page, sent when the page is read and not before', async () => {
    const server = await endless()
    const pages = catalogueOf(server)
    expect(server.seen).toHaveLength(0)

    expect(await pages.read()).toEqual(['a1', 'b1'])
    expect(pages.hasMore).toBe(true)
    expect(server.seen).toHaveLength(1)

    expect(await pages.read()).toEqual(['a2', 'b2'])
    expect(server.seen).toHaveLength(2)
  })

  it('may have an empty page in the middle', async () => {
    const server = await startServer((request, response) => {
      if (request.url === '/v2/_catalog') answerJson(response, { repositories: null }, linkTo('last=a'))
      else answerJson(response, { repositories: ['b'] })
    })
    const pages = catalogueOf(server)

    expect(await pages.read()).toEqual([])
    expect(pages.hasMore).toBe(true)
    expect(await pages.read()).toEqual(['b'])
    expect(pages.hasMore).toBe(false)
    expect(await pages.read()).toEqual([])
    expect(server.seen).toHaveLength(2)
  })

  it('gives an item once, although pages overlap', async () => {
    const server = await startServer((request, response) => {
      if (request.url === '/v2/_catalog') answerJson(response, { repositories: ['a', 'b'] }, linkTo('last=b'))
      else answerJson(response, { repositories: ['b', 'c'] })
    })
    const pages = catalogueOf(server)

    expect([await pages.read(), await pages.read()]).toEqual([['a', 'b'], ['c']])
  })

  it('ends where the registry gives the same page again', async () => {
    const server = await startServer((_request, response) => {
      answerJson(response, { repositories: ['a'] }, linkTo('last=a'))
    })
    const pages = catalogueOf(server)

    expect([await pages.read(), await pages.read()]).toEqual([['a'], []])
    expect(pages.hasMore).toBe(false)
  })

  it('leaves out names that no reference can have, and says so once a page', async () => {
    const log = recordingLogger()
    const names = [
      'team/chart',
      '../../etc',
      'A',
      'a\nb',
      'x$(rocket)',
      '\u202egpj.exe',
      'a'.repeat(300),
      '',
      'a//b',
      'b',
    ]
    const server = await startServer((_request, response) => {
      answerJson(response, { repositories: names })
    })

    expect(await catalogueOf(server).read({ log })).toEqual(['team/chart', 'b'])
    expect(log.warnings).toEqual([`The catalogue of ${server.host} has 8 names that no reference can have.`])
  })

  it('leaves out tags that no reference can have', async () => {
    const tags = ['1.0.0', '../1.0.0', '-x', 'a b', 'x'.repeat(129), '[1](command:x)', '2.0.0_1']
    const server = await startServer((_request, response) => {
      answerJson(response, { tags })
    })

    expect(await registriesAt(server.host).registry(server.host).repository('a').tags()).toEqual([
      '1.0.0',
      '2.0.0+1',
    ])
  })

  it('goes on at the page that failed', async () => {
    let isDown = false
    const server = await startServer((request, response) => {
      if (isDown) response.writeHead(403).end()
      else if (request.url === '/v2/_catalog') answerJson(response, { repositories: ['a'] }, linkTo('last=a'))
      else answerJson(response, { repositories: ['b'] })
    })
    const pages = catalogueOf(server)
    await pages.read()

    isDown = true
    expect((await failureOf(pages.read())).kind).toBe('forbidden')
    isDown = false
    expect(await pages.read()).toEqual(['b'])
  })

  it('goes on at the page that was given up, whose connection is closed', async () => {
    let isSlow = true
    let tellAsked = (): void => undefined
    let tellClosed = (): void => undefined
    const asked = new Promise<void>((resolve) => (tellAsked = resolve))
    const closed = new Promise<void>((resolve) => (tellClosed = resolve))
    const server = await startServer((_request, response) => {
      if (!isSlow) {
        answerJson(response, { repositories: ['a'] })
        return
      }
      response.on('close', tellClosed)
      tellAsked()
    })
    const pages = catalogueOf(server)
    const controller = new AbortController()

    const reading = pages.read({ signal: controller.signal })
    await asked
    controller.abort()

    expect((await failureOf(reading)).kind).toBe('AbortError')
    await closed
    isSlow = false
    expect(await pages.read()).toEqual(['a'])
  })

  it('is cut off where it does not end', async () => {
    const server = await startServer((request, response) => {
      const page = pageOf(request.url)
      const repositories = Array.from({ length: 50_000 }, (_, item) => `${page}-${item}`)
      answerJson(response, { repositories }, linkTo(`last=${page}`))
    })
    const pages = catalogueOf(server)
    await pages.read()
    await pages.read()

    expect(await failureOf(pages.read())).toEqual({
      kind: 'too-large',
      message: `The catalogue of ${server.host} has more than 100000 entries or 1000 pages.`,
    })
  })
})

function catalogueOf({ host }: ScriptedServer): Pages {
  return registriesAt(host).registry(host).repositories()
}

/** A registry whose catalogue never ends. */
async function endless(): Promise<ScriptedServer> {
  return await startServer((request, response) => {
    const page = pageOf(request.url)
    answerJson(response, { repositories: [`a${page}`, `b${page}`] }, linkTo(`last=${page}`))
  })
}

function pageOf(url = ''): number {
  return Number(new URL(url, 'http://x').searchParams.get('last') ?? 0) + 1
}

function linkTo(query: string): { link: string } {
  return { link: `</v2/_catalog?${query}>; rel="next"` }
}
