import { expect, it } from 'vitest'
import { nameParts, nextName, tagIn } from '../../../src/extension/views/nameParts.ts'

const before = nameParts('localhost:5000/team/chart:1.0.0', '')
const digest = `sha256:${'a'.repeat(64)}`

it.each([
  'localhost:5000/team/chart:1.1.0',
  'localhost:5000/team/chart:1.1.0+build.5',
  'localhost:5000/team/other:1.0.0',
  'localhost:5000/chart:latest',
])('%s is taken apart in short where the name before it is of the same registry', (reference) => {
  expect(nextName(reference, before)).toEqual(nameParts(reference, ''))
})

it.each([
  'ghcr.io/team/chart:1.0.0',
  'localhost:50001/team/chart:1.0.0',
  'localhost:5000/team/chart',
  `localhost:5000/team/chart@${digest}`,
  `localhost:5000/team/chart:1.0.0@${digest}`,
  'localhost:5000/Team/chart:1.0.0',
  'localhost:5000/team//chart:1.0.0',
  'localhost:5000/team/chart:no tag',
  'chart:1.0.0',
])('%s is not: it has to be parsed', (reference) => {
  expect(nextName(reference, before)).toBeUndefined()
})

it('nothing is taken apart in short after a name without a registry, or first of all', () => {
  expect(nextName('team/chart:1.0.0', nameParts('team/other:1.0.0', ''))).toBeUndefined()
  expect(nextName('localhost:5000/team/chart:1.0.0', undefined)).toBeUndefined()
})

it.each([
  ['localhost:5000/team/chart:1.1.0', '1.1.0'],
  // What is no tag is split at the same colon.
  ['localhost:5000/team/chart:no tag', 'no tag'],
  ['localhost:5000/team/chart:', ''],
  ['localhost:5000/team/charts:1.1.0', undefined],
  ['localhost:5000/team/chart', undefined],
  ['localhost:5000/team/chart:5000/other', undefined],
  [`localhost:5000/team/chart@${digest}`, undefined],
  [`localhost:5000/team/chart:1.0.0@${digest}`, undefined],
])('%s has behind its repository %s', (reference, tag) => {
  expect(tagIn('localhost:5000/team/chart', reference)).toBe(tag)
  if (tag !== undefined) expect(nameParts(reference, '')).toMatchObject({ name: before.name, tag })
})
