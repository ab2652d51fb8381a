import { describe, expect, it } from 'vitest'
import { diffLines } from '../../../src/core/base/lineDiff.ts'
import { unifiedDiff } from '../../../src/core/base/unifiedDiff.ts'
import fc from '../../support/properties.ts'

describe('a unified diff', () => {
  it('shows what differs between three lines that do not', () => {
    expect(unifiedDiff('1\n2\n3\n4\n5\n6\n7\n8\n9\n', '1\n2\n3\n4\nfive\n6\n7\n8\n9\n')).toBe(
      '@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n',
    )
  })

  it('has one hunk for what lies within six lines, and two beyond', () => {
    const lines = Array.from({ length: 20 }, (_, index) => `${index}\n`)
    const changed = (...places: number[]): string =>
      lines.map((line, index) => (places.includes(index) ? `new ${line}` : line)).join('')

    const hunks = (text: string): number => text.split('\n').filter((line) => line.startsWith('@@')).length
    expect(hunks(unifiedDiff(lines.join(''), changed(3, 10)))).toBe(1)
    expect(hunks(unifiedDiff(lines.join(''), changed(3, 11)))).toBe(2)
  })

  it('says where a text does not end with a line feed', () => {
    expect(unifiedDiff('a\nb', 'a\nb\n')).toBe('@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n')
  })

  it('counts from zero where there are no lines', () => {
    expect(unifiedDiff('', 'a\n')).toBe('@@ -0,0 +1 @@\n+a\n')
    expect(unifiedDiff('a\nb\n', '')).toBe('@@ -1,2 +0,0 @@\n-a\n-b\n')
  })

  it('sees a carriage return', () => {
    expect(unifiedDiff('a\r\n', 'a\n')).toBe('@@ -1 +1 @@\n-a\r\n+a\n')
  })

  it('is empty for equal texts', () => {
    expect(unifiedDiff('a\nb\n', 'a\nb\n')).toBe('')
    expect(unifiedDiff('', '')).toBe('')
  })

  it('makes the one text of the other, whatever they are, with as few lines as possible', () => {
    const text = fc
      .tuple(fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 30 }), fc.boolean())
      .map(([lines, ends]) => lines.join('\n') + (ends && lines.length > 0 ? '\n' : ''))
    fc.assert(
      fc.property(text, text, (from, to) => {
        const patch = unifiedDiff(from, to)

        expect(patched(from, patch)).toBe(to)
        const changes = patch.split('\n').filter((line) => /^[-+]/.test(line)).length
        const [old, now] = [linesOf(from), linesOf(to)]
        expect(changes).toBe(old.length + now.length - 2 * commonLength(old, now))
      }),
      { numRuns: 1000, verbose: true },
    )
  })

  it('of long texts that have little in common is there within seconds, and right', () => {
    const count = 50_000
    const from = Array.from({ length: count }, (_, index) => `${(index * 7919) % 5003}\n`)
    const to = Array.from({ length: count }, (_, index) => `${(index * 6007) % 5003}\n`)
    const start = performance.now()

    const { removed, added } = diffLines(from, to)

    expect(performance.now() - start).toBeLessThan(10_000)
    const kept = (lines: string[], marks: Uint8Array): string[] => lines.filter((_, at) => marks[at] === 0)
    expect(kept(from, removed)).toEqual(kept(to, added))
  })
})

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

/** What `patch` does: every line of the hunks has to be where it says. */
function patched(from: string, patch: string): string {
  const old = linesOf(from)
  const result: string[] = []
  let at = 0
  const lines = linesOf(patch)
  for (const [index, line] of lines.entries()) {
    const [, first, count = '1'] = /^@@ -(\d+)(?:,(\d+))? /.exec(line) ?? []
    if (first !== undefined) {
      const start = count === '0' ? Number(first) : Number(first) - 1
      result.push(...old.slice(at, start))
      at = start
    } else if (!line.startsWith('\\')) {
      const isLast = lines[index + 1]?.startsWith('\\') === true
      const text = isLast ? line.slice(1, -1) : line.slice(1)
      if (line.startsWith('+')) result.push(text)
      else {
        expect(old[at]).toBe(text)
        if (line.startsWith(' ')) result.push(text)
        at += 1
      }
    }
  }
  return [...result, ...old.slice(at)].join('')
}

/** The length of the longest common subsequence, by the book. */
function commonLength(one: readonly string[], other: readonly string[]): number {
  let row = new Array<number>(other.length + 1).fill(0)
  for (const line of one) {
    const next = [0]
    for (const [index, counterpart] of other.entries()) {
      next.push(
        line === counterpart ? (row[index] ?? 0) + 1 : Math.max(row[index + 1] ?? 0, next[index] ?? 0),
      )
    }
    row = next
  }
  return row.at(-1) ?? 0
}
