import { describe, expect, it } from 'vitest'
import { formatTable, widthOf } from '../../src/cli/table.ts'

describe('a table', () => {
  it('pads every column, the last one too, and joins columns with one tab', () => {
    const lines = formatTable(
      [
        ['REF', 'SIZE'],
        ['a:1', '1023 B'],
      ],
      60,
    )

    expect(lines).toEqual(['REF\tSIZE  ', 'a:1\t1023 B'])
  })

  it('is its header alone where there are no rows', () => {
    expect(formatTable([['REF', 'NAME']], 60)).toEqual(['REF\tNAME'])
  })

  it('cuts a cell that is wider than the limit and marks the cut', () => {
    const exact = 'x'.repeat(60)

    expect(formatTable([[`${exact}y`], [exact]], 60)).toEqual([`${'x'.repeat(57)}...`, exact])
    expect(formatTable([[`${exact}y`]], Number.POSITIVE_INFINITY)).toEqual([`${exact}y`])
  })

  it('counts the columns of a terminal, not characters', () => {
    expect(widthOf('café')).toBe(4)
    expect(widthOf('cafe\u0301')).toBe(4)
    expect(widthOf('図表')).toBe(4)
    expect(widthOf('⎈')).toBe(1)
    expect(widthOf('🚀')).toBe(2)
    expect(formatTable([['図表'], ['abcde']], 60)).toEqual(['図表 ', 'abcde'])
  })

  it('can have more rows than a call can have arguments', () => {
    const rows = Array.from({ length: 200_000 }, () => ['a'])

    expect(formatTable([['REF'], ...rows], 60)).toHaveLength(200_001)
  })

  it('never cuts a wide character in half', () => {
    expect(formatTable([['図表図表図表']], 8)).toEqual(['図表...'])
  })
})
