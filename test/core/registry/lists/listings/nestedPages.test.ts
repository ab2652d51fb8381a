import { describe, expect, it } from 'vitest'
import { knownPage, NestedPages } from '../../../../../src/core/registry/lists/listings/nestedPages.ts'
import type { Pages } from '../../../../../src/core/registry/lists/pages.ts'

describe('the lists of the projects of a registry', () => {
  it('are one list, project after project', async () => {
    const pages = new NestedPages('The list of HOST', knownPage(['one', 'two']), (project) =>
      knownPage([`${project}/shop`, `${project}/web`]),
    )

    expect(await all(pages)).toEqual(['one/shop', 'one/web', 'two/shop', 'two/web'])
  })

  it.each([
    ['names without end in projects that each have an end', 150, 1000],
    ['projects without a name, without end', 100_001, 0],
  ])('end with an error where a registry has %s', async (_what, projects, each) => {
    const names = Array.from({ length: projects }, (_, number) => `p${number}`)
    const pages = new NestedPages('The list of HOST', knownPage(names), (project) =>
      knownPage(Array.from({ length: each }, (_, number) => `${project}/${number}`)),
    )

    await expect(all(pages)).rejects.toMatchObject({
      kind: 'too-large',
      message: 'The list of HOST has more than 100000 entries or pages.',
    })
  })
})

async function all(pages: Pages): Promise<string[]> {
  const names: string[] = []
  for await (const page of pages) names.push(...page)
  return names
}
