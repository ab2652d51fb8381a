import { describe, expect, it } from 'vitest'
import {
  chartsMeant,
  hostNamed,
  isRow,
  namesMeant,
  offersMeant,
  referenceOf,
} from '../../../src/extension/commands/subject.ts'

const first = { kind: 'tag', id: 'tag h/a:1', reference: 'h/a:1' }
const second = { kind: 'problem', id: 'problem h/a:2', reference: 'h/a:2' }
const remote = { kind: 'remoteTag', id: 'remote h/b:1', reference: 'h/b:1' }
const repository = { kind: 'repository', id: 'repository h/a', name: 'h/a' }
const file = { kind: 'file', id: 'file h/a:1 x', reference: 'h/a:1', path: 'x' }

describe('the charts that a command is about', () => {
  it('are the row alone where it is not selected', () => {
    expect(chartsMeant(first, [second])).toEqual(['h/a:1'])
  })

  it('are the whole selection where the row belongs to it, each once', () => {
    expect(chartsMeant(first, [first, second, repository, file, { ...first }])).toEqual(['h/a:1', 'h/a:2'])
  })

  it('are what a program names', () => {
    expect(chartsMeant('h/c:1', [])).toEqual(['h/c:1'])
  })

  it('may be of a registry', () => {
    expect(chartsMeant(remote, [])).toEqual(['h/b:1'])
  })

  it.each([[repository], [file], [undefined], [null]])('are none for %j', (argument) => {
    expect(chartsMeant(argument, [first])).toEqual([])
  })
})

it('what could come back is meant chart by chart, or all of it by the row above', () => {
  const offers = { kind: 'offers', id: 'offers' }
  const offer = { kind: 'offer', id: 'offer h/a:3', reference: 'h/a:3' }

  expect(offersMeant(offer, [])).toEqual(['h/a:3'])
  expect(offersMeant(offer, [first, offer])).toEqual(['h/a:3'])
  expect(offersMeant(offers, [])).toBe('all')
  expect(offersMeant('h/a:3', [])).toEqual(['h/a:3'])
  expect([offersMeant(first, []), offersMeant(undefined, [])]).toEqual([[], []])
  expect(chartsMeant(offer, [])).toEqual([])
})

describe('the names that are copied', () => {
  it('are those of charts and of repositories; a file stands for its chart', () => {
    expect(namesMeant(repository, [repository, second])).toEqual(['h/a', 'h/a:2'])
    expect(namesMeant({ kind: 'remoteRepository', id: 'r', name: 'h/b' }, [])).toEqual(['h/b'])
    expect(namesMeant(file, [])).toEqual(['h/a:1'])
    expect(namesMeant({ kind: 'directory', id: 'd', name: 'templates' }, [])).toEqual([])
  })
})

it('a row, or a program, names a reference or a host', () => {
  expect(referenceOf(remote)).toBe('h/b:1')
  expect(referenceOf('h/a:1')).toBe('h/a:1')
  expect(referenceOf(repository)).toBeUndefined()
  expect(hostNamed({ kind: 'host', id: 'host h', host: 'h' })).toBe('h')
  expect(hostNamed('h')).toBe('h')
  expect(hostNamed(undefined)).toBeUndefined()
})

it('something else than a row is none', () => {
  expect([first, 'h/a:1', null, { kind: 'tag' }, { id: 'x', kind: 1 }].map(isRow)).toEqual([
    true,
    false,
    false,
    false,
    false,
  ])
})
