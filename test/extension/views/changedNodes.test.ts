import { describe, expect, it } from 'vitest'
import { cacheNodes } from '../../../src/extension/views/cacheNodes.ts'
import { changedNodes, keepUnchanged } from '../../../src/extension/views/changedNodes.ts'
import { broken, digest, now, sound } from '../support.ts'

describe('painting again', () => {
  const before = cacheNodes([sound('h.io/a:1.0.0'), sound('h.io/b:1.0.0'), broken('h.io/c:1')], now)

  it('is not needed where nothing changed', () => {
    const after = cacheNodes([sound('h.io/a:1.0.0'), sound('h.io/b:1.0.0'), broken('h.io/c:1')], now)

    expect(changedNodes(before, after)).toEqual([])
    expect(keepUnchanged(before, after)).toEqual(before)
    expect(keepUnchanged(before, after)[0]).toBe(before[0])
  })

  it('is about the one repository that has another tag now', () => {
    const after = cacheNodes(
      [sound('h.io/a:1.0.0'), sound('h.io/b:1.0.0'), sound('h.io/b:1.1.0'), broken('h.io/c:1')],
      now,
    )

    expect(changedNodes(before, after)).toEqual(['repository h.io/b'])
  })

  it('is about the one tag that holds another chart, or has grown older', () => {
    const after = cacheNodes(
      [sound('h.io/a:1.0.0'), sound('h.io/b:1.0.0', { manifestDigest: digest('d') }), broken('h.io/c:1')],
      now,
    )

    expect(changedNodes(before, after)).toEqual(['tag h.io/b:1.0.0'])
    expect(
      changedNodes(
        before,
        cacheNodes([sound('h.io/a:1.0.0'), sound('h.io/b:1.0.0'), broken('h.io/c:1')], now + 1000),
      ),
    ).toEqual(['tag h.io/a:1.0.0', 'tag h.io/b:1.0.0'])
  })

  it('is about a broken row whose reason is another one', () => {
    const after = cacheNodes(
      [sound('h.io/a:1.0.0'), sound('h.io/b:1.0.0'), broken('h.io/c:1', 'Other.')],
      now,
    )

    expect(changedNodes(before, after)).toEqual(['problem h.io/c:1'])
  })

  it.each(['repository', 'registry', 'flat'] as const)(
    'is about one row where one reference changed, grouped by %s',
    (grouping) => {
      const charts = [sound('h.io/a:1.0.0'), sound('h.io/b:1.0.0'), sound('i.io/b:1.0.0'), broken('h.io/c:1')]
      const changed = charts.with(1, sound('h.io/b:1.0.0', { manifestDigest: digest('d') }))

      expect(changedNodes(cacheNodes(charts, now, grouping), cacheNodes(changed, now, grouping))).toEqual([
        'tag h.io/b:1.0.0',
      ])
    },
  )

  it('is about the one registry that has another repository now, or the one repository that has another tag', () => {
    const charts = [sound('h.io/a:1.0.0'), sound('i.io/a:1.0.0')]
    const paint = (more: string): ReturnType<typeof changedNodes> =>
      changedNodes(cacheNodes(charts, now, 'registry'), cacheNodes([...charts, sound(more)], now, 'registry'))

    expect(paint('h.io/b:1.0.0')).toEqual(['registry h.io'])
    expect(paint('h.io/a:2.0.0')).toEqual(['repository h.io/a'])
  })

  it('is about everything where a repository came or went', () => {
    const after = cacheNodes([sound('h.io/a:1.0.0'), broken('h.io/c:1')], now)

    expect(changedNodes(before, after)).toBe('everything')
  })
})
