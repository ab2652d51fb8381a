import { expect, it } from 'vitest'
import { Turns } from '../../src/extension/turns.ts'

it('work in turns loses nothing that was read before it was written, and goes on after a failure', async () => {
  const turns = new Turns()
  let setting: readonly string[] = []
  const add = async (name: string): Promise<void> => {
    await turns.take(async () => {
      const before = setting
      await Promise.resolve()
      if (name === 'bad') throw new Error('It cannot be written.')
      setting = [...before, name]
    })
  }

  const ends = await Promise.allSettled(['a', 'bad', 'b'].map(add))

  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(setting).toEqual(['a', 'b'])
})
