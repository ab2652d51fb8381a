import { describe, expect, it } from 'vitest'
import { entryFor } from '../../../src/core/layout/indexFile.ts'
import {
  decodeJournal,
  emptyJournal,
  encodeRecord,
  encodeState,
  journalEntry,
  withRecord,
  type JournalEntry,
  type JournalRecord,
  type JournalState,
} from '../../../src/core/layout/journalFile.ts'
import { describe as describeBytes } from '../../../src/core/oci/descriptor.ts'
import fc from '../../support/properties.ts'

const names = ['a:1', 'b:1', 'localhost:5000/c:1.0.0+build', 'ü "quoted"\n:1']

const entries = fc
  .tuple(fc.constantFrom(...names), fc.integer({ min: 0, max: 3 }))
  .map(([name, content]) => entryOf(name, String(content)))

const records: fc.Arbitrary<JournalRecord> = fc.oneof(
  fc.constant<JournalRecord>({ done: true }),
  fc.record({
    time: fc.constant('2026-01-01T00:00:00.000Z'),
    seen: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
    forgotten: fc.subarray(names),
    change: fc.record({
      added: fc.array(entries, { maxLength: 3 }),
      removed: fc.array(entries, { maxLength: 3 }),
      leaves: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
    }),
  }),
  fc.record({ seen: fc.nat(), forgotten: fc.subarray(names) }),
)

describe('a journal', () => {
  it('tells after reading what was written', () => {
    fc.assert(
      fc.property(fc.array(records), (written) => {
        expect(plain(decodeJournal(textOf(written)).state)).toEqual(plain(replayed(written)))
      }),
      { numRuns: 500 },
    )
  })

  it('tells, wherever it is cut off, what the lines before told, and goes on behind that', () => {
    fc.assert(
      fc.property(
        fc.array(records, { minLength: 1 }),
        records,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (written, next, where) => {
          const bytes = Buffer.from(textOf(written))
          const cut = bytes.subarray(0, Math.floor(bytes.length * where))
          const whole = written.filter((_, position) => {
            const end = Buffer.from(textOf(written.slice(0, position + 1))).length
            return end <= cut.length
          })

          const text = `${cut.toString('utf8')}${encodeRecord(next).toString('utf8')}`

          expect(plain(decodeJournal(text).state)).toEqual(plain(replayed([...whole, next])))
        },
      ),
      { numRuns: 500 },
    )
  })

  it('tells the same after it was written anew', () => {
    fc.assert(
      fc.property(fc.array(records), fc.array(records), (before, after) => {
        const settled = withRecord(replayed(before), {})
        const text = `${encodeState(settled).toString('utf8')}${textOf(after)}`

        const told = decodeJournal(text).state

        expect(plain(told)).toEqual(plain(after.reduce(withRecord, settled)))
      }),
      { numRuns: 500 },
    )
  })

  it('is read whatever it holds', () => {
    const lines = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      records.map((record) => textOf([record])),
    )
    fc.assert(
      fc.property(fc.array(lines), (noise) => {
        const added = entryOf('a:1', 'x')
        const change = { added: [added], removed: [], leaves: 0 }

        const { state } = decodeJournal(
          `${noise.join('\n')}${textOf([{ time: added.time, change }, { done: true }])}`,
        )

        expect(state.ours.get('a:1')?.entry.descriptor).toEqual(added.entry.descriptor)
      }),
      { numRuns: 500 },
    )
  })
})

describe('a change in a journal', () => {
  const [added, removed] = [entryOf('a:1', 'new'), entryOf('b:1', 'old')]
  const change = { added: [added], removed: [removed], leaves: 7 }
  const known: JournalState = { ...emptyJournal, ours: new Map([['b:1', removed]]), seen: 1 }

  it('counts once it is confirmed', () => {
    const announced = withRecord(known, { seen: 2, change })
    expect([[...announced.ours.keys()], announced.seen]).toEqual([['b:1'], 2])

    const confirmed = withRecord(announced, { done: true })

    expect([[...confirmed.ours.keys()], confirmed.removed, confirmed.seen]).toEqual([['a:1'], [removed], 7])
    expect(confirmed.pending).toBeUndefined()
  })

  it('never counts where something else follows', () => {
    const announced = withRecord(known, { seen: 2, change })

    const later = withRecord(withRecord(announced, { seen: 3 }), { done: true })

    expect([[...later.ours.keys()], later.removed, later.seen]).toEqual([['b:1'], [], 3])
  })

  it('counts where the next one says so', () => {
    const announced = withRecord(known, { seen: 2, change })
    const next = { added: [entryOf('c:1', 'x')], removed: [], leaves: 9 }

    const later = withRecord(announced, { done: true, seen: 8, change: next })

    expect([[...later.ours.keys()], later.seen, later.pending]).toEqual([['a:1'], 8, next])
  })
})

function replayed(written: readonly JournalRecord[]): JournalState {
  return written.reduce(withRecord, emptyJournal)
}

function textOf(written: readonly JournalRecord[]): string {
  return written.map((record) => encodeRecord(record).toString('utf8')).join('')
}

/** Entries by what they are and not by the order of the fields that they were made of. */
function plain({ ours, removed, seen, pending }: JournalState): unknown {
  return JSON.parse(JSON.stringify({ ours: [...ours.values()], removed, seen, pending }))
}

function entryOf(name: string, content: string): JournalEntry {
  const { raw } = entryFor(describeBytes('text/plain', Buffer.from(content)), name)
  const entry = journalEntry(raw, '2026-01-01T00:00:00.000Z')
  if (entry === undefined) throw new Error('an entry without a name')
  return entry
}
