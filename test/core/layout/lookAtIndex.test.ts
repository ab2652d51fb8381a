import { describe, expect, it } from 'vitest'
import {
  containerdNameAnnotation,
  entryFor,
  entryOf,
  refNameAnnotation,
  type IndexEntry,
  type NameAnnotation,
} from '../../../src/core/layout/indexFile.ts'
import { emptyJournal, journalEntry, type JournalState } from '../../../src/core/layout/journalFile.ts'
import { differenceOf, lookAtIndex, printOf, sumOf } from '../../../src/core/layout/lookAtIndex.ts'
import { describe as describeBytes } from '../../../src/core/oci/descriptor.ts'

const minute = 60_000
const time = '2026-01-01T00:00:00.000Z'
const added = Date.parse(time)

describe('an index that is looked at', () => {
  it.each<[string, IndexEntry[], number, string[], string[]]>([
    ['has everything', [entry('a:1'), entry('b:1')], 30, [], []],
    ['has everything in another order', [entry('b:1'), entry('a:1')], 30, [], []],
    ['lacks one that is old', [entry('a:1')], 11, [], ['b:1']],
    ['lacks one that is young', [entry('a:1')], 9, ['b:1'], []],
    ['lacks one and has another one more', [entry('a:1'), entry('c:1')], 30, ['b:1'], []],
    ['lacks two', [], 30, ['a:1', 'b:1'], []],
    ['has another chart under a name', [entry('a:1'), entry('b:1', 'other')], 30, [], ['b:1']],
    ['has one in the form that Helm does not see', [entry('a:1'), hidden('b:1')], 30, [], []],
  ])('and that %s', (_, entries, minutes, vanished, letGo) => {
    const state = knowing([entry('a:1'), entry('b:1')])

    const look = lookAtIndex(state, { entries, fields: {} }, added + minutes * minute)

    expect(look.vanished.map((lost) => lost.entry.name)).toEqual(vanished)
    expect(look.letGo).toEqual(letGo)
    expect([...look.state.ours.keys()]).toEqual(['a:1', 'b:1'].filter((name) => !letGo.includes(name)))
    expect(look.state.seen).toBe(printOf(entries))
  })

  it.each<[string, IndexEntry[], string[]]>([
    ['beside it', [hidden('a:1'), entry('a:1', 'other')], ['a:1']],
    ['in its place', [entry('a:1', 'other')], ['a:1']],
    ['beside it, of the same chart', [hidden('a:1'), entry('a:1')], []],
  ])('and where Helm put a chart %s offers one that Helm does not see', (_, entries, vanished) => {
    const look = lookAtIndex(knowing([hidden('a:1')]), { entries, fields: {} }, added + 30 * minute)

    expect(look.vanished.map((lost) => lost.entry.name)).toEqual(vanished)
    expect(look.letGo).toEqual([])
  })

  it.each<[string, number, string[], string[]]>([
    ['soon after offers the new one', 9, ['a:1'], []],
    ['later takes it for deliberate', 11, [], ['a:1']],
  ])('and has again what Chartroom replaced %s', (_, minutes, vanished, letGo) => {
    const state = {
      ...knowing([entry('a:1', 'new')]),
      removed: ['old', 'newer'].flatMap((text) => [...knowing([entry('a:1', text)]).ours.values()]),
    }
    const index = { entries: [entry('a:1', 'old')], fields: {} }

    const look = lookAtIndex(state, index, added + minutes * minute)

    expect(look.vanished.map((lost) => lost.entry.name)).toEqual(vanished)
    expect(look.letGo).toEqual(letGo)
  })

  it('and is what it was before a change was announced does not have the change, even if it has a part of it', () => {
    const before = [entry('a:1'), entry('b:1')]
    const added = [before[0], entry('c:1')].flatMap((of) => journalEntry(of?.raw, time) ?? [])
    const removed = journalEntry(before[0]?.raw, time)
    const leaves = printOf([...before, entry('c:1')])
    const state = {
      ...knowing(before),
      pending: { added, removed: removed === undefined ? [] : [removed], leaves },
    }

    const look = lookAtIndex(state, { entries: before, fields: {} }, undefined)

    expect([look.isDone, look.vanished]).toEqual([false, []])
  })

  it('and where nothing is left of the file takes nothing for deliberate', () => {
    const look = lookAtIndex(knowing([entry('a:1')]), { entries: [], fields: {} }, undefined)

    expect(look.vanished.map((lost) => lost.entry.name)).toEqual(['a:1'])
  })
})

describe('the print of a set of entries', () => {
  const [a, b, c] = [entry('a:1'), entry('b:1'), entry('c:1')]

  it('does not depend on their order, nor on fields that other programs drop', () => {
    const whole = entryOf({ ...(a.raw as object), platform: { os: 'linux' } })

    expect(printOf([whole, b, c])).toBe(printOf([c, b, a]))
  })

  it('tells one set from another', () => {
    const sets = [[], [a], [b], [a, b], [a, a], [a, b, c], [entry('a:1', 'other')], [{ raw: null }]]

    expect(new Set(sets.map(printOf)).size).toBe(sets.length)
  })

  it('is added and taken away part by part', () => {
    const many = Array.from({ length: 1000 }, (_, number) => entry(`x:${number}`))
    const whole = printOf([...many, a])

    expect(differenceOf(whole, printOf([a]))).toBe(printOf(many))
    expect(sumOf(printOf(many), printOf([a]))).toBe(whole)
    expect(Number.isSafeInteger(whole)).toBe(true)
  })
})

function knowing(entries: readonly IndexEntry[]): JournalState {
  const ours = entries.flatMap(({ raw }) => journalEntry(raw, new Date(added).toISOString()) ?? [])
  return {
    ...emptyJournal,
    ours: new Map(ours.map((known) => [known.entry.name, known])),
    seen: printOf(entries),
  }
}

function hidden(name: string): IndexEntry {
  return entry(name, name, containerdNameAnnotation)
}

function entry(name: string, text = name, annotation: NameAnnotation = refNameAnnotation): IndexEntry {
  return entryFor(describeBytes('text/plain', Buffer.from(text)), name, annotation)
}
