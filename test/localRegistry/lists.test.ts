import { beforeAll, describe, expect, it } from 'vitest'
import type { LocalRegistry } from '../../src/localRegistry/index.ts'
import { localRegistry, outcome, pushSmall } from '../support/localRegistry.ts'

describe('the lists of the embedded registry', () => {
  let registry: LocalRegistry
  beforeAll(async () => {
    registry = await localRegistry()
    for (const tag of ['2.0.0', '10.0.0', 'latest', '1.0.0']) await pushSmall(registry.url, 'team/chart', tag)
    for (const name of ['team', 'team-b/chart', 'a/deep/er/one']) await pushSmall(registry.url, name, '1.0.0')
  })

  it('name the tags of a repository, sorted by their bytes', async () => {
    expect(await get('/v2/team/chart/tags/list')).toEqual({
      body: { name: 'team/chart', tags: ['1.0.0', '10.0.0', '2.0.0', 'latest'] },
      link: null,
    })
  })

  it('name the repositories, sorted by their bytes', async () => {
    expect(await get('/v2/_catalog')).toEqual({
      body: { repositories: ['a/deep/er/one', 'team', 'team-b/chart', 'team/chart'] },
      link: null,
    })
  })

  it.each([
    ['/v2/team/chart/tags/list', ['1.0.0', '10.0.0', '2.0.0', 'latest']],
    ['/v2/_catalog', ['a/deep/er/one', 'team', 'team-b/chart', 'team/chart']],
  ])('come in pages: %s', async (path, expected) => {
    for (const n of [1, 2, 3, 4, 5]) {
      const pages: string[][] = []
      for (let next: string | undefined = `${path}?n=${n}`; next !== undefined;) {
        const { body, link }: Awaited<ReturnType<typeof get>> = await get(next)
        pages.push(body.tags ?? body.repositories ?? [])
        next = /^<(.+)>; rel="next"$/.exec(link ?? '')?.[1]
      }

      expect(pages.flat()).toEqual(expected)
      expect(pages).toHaveLength(Math.ceil(expected.length / n))
    }
  })

  it('go on after any text, whether it is an item or not', async () => {
    expect((await get('/v2/team/chart/tags/list?last=1.5')).body.tags).toEqual(['10.0.0', '2.0.0', 'latest'])
    expect((await get('/v2/team/chart/tags/list?last=zzz')).body.tags).toEqual([])
  })

  it('are empty and end where no items are asked for', async () => {
    expect(await get('/v2/team/chart/tags/list?n=0')).toEqual({
      body: { name: 'team/chart', tags: [] },
      link: null,
    })
  })

  it.each(['-1', 'many', '1.5', ''])('refuse the number "%s"', async (n) => {
    expect(await outcome(fetch(`${registry.url}/v2/_catalog?n=${n}`))).toBe('400 PAGINATION_NUMBER_INVALID')
  })

  it('do not know a repository that nothing was pushed to', async () => {
    expect(await outcome(fetch(`${registry.url}/v2/team/missing/tags/list`))).toBe('404 NAME_UNKNOWN')
  })

  async function get(
    path: string,
  ): Promise<{ body: { tags?: string[]; repositories?: string[] }; link: string | null }> {
    const answer = await fetch(`${registry.url}${path}`)
    const body = (await answer.json()) as { tags?: string[]; repositories?: string[] }
    return { body, link: answer.headers.get('link') }
  }
})
