import { expect, it } from 'vitest'
import { ChartroomError } from '../../../src/core/index.ts'
import { Stopped } from '../../../src/extension/adapters/stopped.ts'
import { tryEach } from '../../../src/extension/commands/tryEach.ts'

it('what fails keeps nothing from the rest', async () => {
  const failure = new ChartroomError('unavailable', { message: 'It is not there.' })

  const tried = await tryEach([1, 2, 3], async (number) => {
    if (number === 2) throw failure
    return await Promise.resolve(number * 10)
  })

  expect(tried).toEqual({ done: [10, 30], failures: [failure] })
})

it('who stops one stops all that follow', async () => {
  const stopped = new Stopped()
  const seen: number[] = []

  const tried = await tryEach([1, 2, 3], async (number) => {
    seen.push(number)
    if (number === 2) throw stopped
    await Promise.resolve()
  })

  expect(tried).toEqual({ done: [undefined], failures: [], stopped })
  expect(seen).toEqual([1, 2])
})
