import { describe, expect, it } from 'vitest'
import { PagedList } from '../../../src/extension/views/pagedList.ts'

describe('a list of a registry', () => {
  it('tells that it cannot be asked for at all, instead of loading for ever', async () => {
    const list = new PagedList(() => {
      throw new Error('registry/chart names no registry.')
    })

    expect(await list.proceed()).toBe(true)

    expect(list).toMatchObject({ state: 'failed', isLoading: false, isDue: false })
    expect(list.error).toMatchObject({ message: 'registry/chart names no registry.' })
  })

  it('gives the same array until something else was read', async () => {
    const pages = [['a'], ['b', 'a']]
    const list = new PagedList(() => ({
      get hasMore() {
        return pages.length > 0
      },
      read: () => Promise.resolve(pages.shift() ?? []),
    }))
    await list.proceed()
    const { names } = list

    expect(list.names).toBe(names)
    list.wantMore()
    await list.proceed()
    expect(list.names).toEqual(['a', 'b'])
  })
})
