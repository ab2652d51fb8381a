import { describe, expect, it } from 'vitest'
import { cacheNodes, childrenOf, type CacheNode } from '../../../src/extension/views/cacheNodes.ts'
import { changedNodes } from '../../../src/extension/views/changedNodes.ts'
import type { SoundChart } from '../../../src/core/index.ts'
import type { Check } from '../../../src/extension/adapters/checks.ts'
import { broken, digest, now, sound } from '../support.ts'

const repository = 'localhost:5000/myrepo/mychart'

describe('the tree of cached charts', () => {
  it('groups tags by repository, and puts what cannot be read after the rest', () => {
    const nodes = cacheNodes(
      [
        broken('example.com/old/thing:1.0'),
        sound('ghcr.io/acme/charts/shop:1.4.2'),
        sound(`${repository}:2.6.1`),
        sound(`${repository}:2.7.0`),
      ],
      now,
    )

    expect(outline(nodes)).toEqual([
      'ghcr.io/acme/charts/shop',
      '  1.4.2',
      'localhost:5000/myrepo/mychart',
      '  2.7.0',
      '  2.6.1',
      'example.com/old/thing:1.0: The manifest is missing.',
    ])
  })

  it('puts the newest version first, and tags that are no versions after all versions', () => {
    const tags = ['1.9.0', 'nightly', '1.10.0', 'v2.0.0', '1.10.0-rc.1', '1.10.0+build', '2', 'alpha']

    const nodes = cacheNodes(
      tags.map((tag) => sound(`${repository}:${tag}`)),
      now,
    )

    expect(outline(nodes).slice(1)).toEqual(
      ['v2.0.0', '1.10.0+build', '1.10.0', '1.10.0-rc.1', '1.9.0', '2', 'alpha', 'nightly'].map(
        (tag) => `  ${tag}`,
      ),
    )
  })

  it('sorts repositories as people count', () => {
    const nodes = cacheNodes([sound('h.io/chart10:1.0.0'), sound('h.io/chart9:1.0.0')], now)

    expect(nodes.map(({ id }) => id)).toEqual(['repository h.io/chart9', 'repository h.io/chart10'])
  })

  it('shows a digest short', () => {
    const nodes = cacheNodes([sound(`${repository}@${digest('c')}`)], now)

    expect(outline(nodes)).toEqual([repository, '  @ccccccc'])
  })

  it('shows names of other programs that are no references, split at the last colon', () => {
    const nodes = cacheNodes([sound('Some Thing:1'), sound('r/x:1:1.0.0'), sound('UPPER/case')], now)

    expect(outline(nodes)).toEqual(['r/x:1', '  1.0.0', 'Some Thing', '  1', 'UPPER/case', '  0.1.0'])
  })

  it('tells the age of every chart', () => {
    const [node] = cacheNodes([sound(`${repository}:1.0.0`)], now)

    expect(node).toMatchObject({ tags: [{ read: { age: { count: 27, unit: 'second' } } }] })
  })

  it('shows what nobody has read yet by its name, in the row that it will have', () => {
    const references = [`${repository}:1.9.0`, `${repository}:1.10.0`]

    const unread = cacheNodes(
      references.map((reference) => ({ reference, isUnread: true })),
      now,
    )
    const read = cacheNodes(
      references.map((reference) => sound(reference)),
      now,
    )

    expect(outline(unread)).toEqual([repository, '  1.10.0', '  1.9.0'])
    expect(changedNodes(unread, read)).toEqual(references.toReversed().map((reference) => `tag ${reference}`))
  })

  it('gives two broken entries of one name ids of their own', () => {
    const ids = cacheNodes([broken('h.io/a:1'), broken('h.io/a:1')], now).map(({ id }) => id)

    expect(new Set(ids).size).toBe(2)
  })

  it('expands a broken entry to one line that says what is wrong', () => {
    const [node] = cacheNodes([broken('h.io/a:1', 'The manifest of h.io/a:1 is missing.')], now)

    expect(node === undefined ? [] : childrenOf(node)).toMatchObject([
      { kind: 'line', text: 'The manifest is missing.' },
    ])
  })

  it('puts what could come back at the end, in one row', () => {
    const added = new Date(now - 27_000).toISOString()
    const offers = ['h.io/a:1.0.0', 'h.io/b:1.0.0'].map((reference) => {
      return { reference, manifestDigest: digest('b'), added }
    })

    const nodes = cacheNodes([broken('h.io/a:1'), sound('h.io/c:1.0.0')], now, 'repository', { offers })

    expect(outline(nodes)).toEqual([
      'h.io/c',
      '  1.0.0',
      'h.io/a:1: The manifest is missing.',
      '2 disappeared',
      '  h.io/a:1.0.0, 27 seconds',
      '  h.io/b:1.0.0, 27 seconds',
    ])
    expect(changedNodes(cacheNodes([], now, 'flat', { offers }), cacheNodes([], now))).toBe('everything')
  })

  it('says of what cannot come back why it cannot', () => {
    const reference = 'h.io/a:1.0.0'
    const message = `The chart layer of ${reference} is missing from the cache.`
    const problem = { kind: 'not-found', message } as const
    const offers = [{ reference, manifestDigest: digest('b'), added: new Date(now).toISOString(), problem }]

    expect(cacheNodes([], now, 'flat', { offers })).toMatchObject([
      {
        kind: 'offers',
        offers: [{ label: 'a:1.0.0', problem: 'The chart layer is missing from the cache.' }],
      },
    ])
  })

  it('says of a chart what somebody had checked about it, and paints its row alone', () => {
    const charts = [sound('h.io/a:1.0.0'), sound('h.io/a:2.0.0')]
    const fault = { kind: 'damaged', sentence: 'It is damaged.' } as const
    const checkOf = ({ reference }: SoundChart): Check | undefined =>
      reference === 'h.io/a:1.0.0' ? { fault } : undefined

    const nodes = cacheNodes(charts, now, 'repository', { checkOf })

    expect(nodes).toMatchObject([{ tags: [{ tag: '2.0.0' }, { read: { check: { fault } } }] }])
    expect(changedNodes(cacheNodes(charts, now), nodes)).toEqual(['tag h.io/a:1.0.0'])
  })

  it('groups repositories by registry, those without one first', () => {
    const nodes = cacheNodes(
      [
        broken('example.com/old/thing:1.0'),
        sound('ghcr.io/acme/charts/shop:1.4.2'),
        sound(`${repository}:2.6.1`),
        sound('localhost:5000/other:1.0.0'),
        sound(`${repository}:2.7.0`),
        sound('mychart:1.0.0'),
      ],
      now,
      'registry',
    )

    expect(outline(nodes)).toEqual([
      '(no registry)',
      '  mychart',
      '    1.0.0',
      'ghcr.io',
      '  acme/charts/shop',
      '    1.4.2',
      'localhost:5000',
      '  myrepo/mychart',
      '    2.7.0',
      '    2.6.1',
      '  other',
      '    1.0.0',
      'example.com/old/thing:1.0: The manifest is missing.',
    ])
  })

  it('lists charts flat, and tells names apart only where they collide', () => {
    const nodes = cacheNodes(
      [
        sound(`${repository}:2.7.0`),
        sound(`${repository}:2.10.0`),
        sound('ghcr.io/acme/mychart:2.7.0'),
        sound('ghcr.io/acme/charts/shop:1.4.2'),
        sound(`ghcr.io/acme/charts/shop@${digest('c')}`),
      ],
      now,
      'flat',
    )

    expect(outline(nodes)).toEqual([
      'mychart:2.7.0 (ghcr.io/acme)',
      'mychart:2.10.0',
      'mychart:2.7.0 (localhost:5000/myrepo)',
      'shop:1.4.2',
      'shop@ccccccc',
    ])
  })

  it.each(['repository', 'registry', 'flat'] as const)('has every id once, grouped by %s', (grouping) => {
    const nodes = cacheNodes(
      [sound(`${repository}:2.7.0`), sound('localhost:5000/a:1.0.0'), sound('a:1.0.0'), broken('h.io/c:1')],
      now,
      grouping,
    )
    const ids = all(nodes).map(({ id }) => id)

    expect(new Set(ids).size).toBe(ids.length)
  })
})

function outline(nodes: readonly CacheNode[], indent = ''): string[] {
  return nodes.flatMap((node) => {
    switch (node.kind) {
      case 'registry':
        return [`${indent}${node.host || '(no registry)'}`, ...outline(node.repositories, `${indent}  `)]
      case 'repository':
        return [`${indent}${node.label}`, ...outline(node.tags, `${indent}  `)]
      case 'tag':
        return [`${indent}${node.label}${node.place === undefined ? '' : ` (${node.place})`}`]
      case 'problem':
        return [`${indent}${node.reference}: ${node.message}`]
      case 'offers':
        return [`${indent}${node.offers.length} disappeared`, ...outline(node.offers, `${indent}  `)]
      case 'offer':
        return [`${indent}${node.reference}, ${node.age.count} ${node.age.unit}s`]
      case 'line':
      case 'directory':
      case 'file':
        return []
    }
  })
}

function all(nodes: readonly CacheNode[]): CacheNode[] {
  return nodes.flatMap((node) => [node, ...all(childrenOf(node))])
}
