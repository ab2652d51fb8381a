import { expect, it } from 'vitest'
import { DestinationMemory } from '../../../src/extension/adapters/destinationMemory.ts'
import { FormatMemory } from '../../../src/extension/adapters/formatMemory.ts'
import { RepositoryMemory } from '../../../src/extension/adapters/repositoryMemory.ts'
import { plainState } from '../plainState.ts'

const names = ['constructor', 'toString', '__proto__', 'registry.example.com']

it.each(names)('nothing is remembered of %s before it was, and afterwards that alone', async (name) => {
  const state = plainState()
  const repositories = new RepositoryMemory(state)
  const formats = new FormatMemory(state)
  const destinations = new DestinationMemory(state)
  expect([repositories.of(name), formats.of(name), destinations.of(name)]).toEqual([[], undefined, []])

  await formats.remember(name, 'modern')
  await destinations.remember(name, 'localhost:5000/charts')

  expect([formats.of(name), destinations.of(name)]).toEqual(['modern', ['localhost:5000/charts']])
  expect([formats.of('valueOf'), destinations.of('valueOf')]).toEqual([undefined, []])
})

it('the repositories of a host that is called like a part of every object are remembered', async () => {
  const repositories = new RepositoryMemory(plainState())

  await repositories.remember('constructor:5000/team/first:1.0.0')
  await repositories.remember('constructor:5000/team/second:1.0.0')

  expect(repositories.of('constructor:5000')).toEqual(['team/second', 'team/first'])
  expect(repositories.of('constructor')).toEqual([])
})
