import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { inParallel } from '../../../src/core/base/inParallel.ts'

describe('work that is done a few items at a time', () => {
  it('gives its results in the order of the items', async () => {
    const doubled = await inParallel([1, 2, 3, 4, 5], 2, async (n) => await Promise.resolve(n * 2))

    expect(doubled).toEqual([2, 4, 6, 8, 10])
  })

  it('stops with the first failure, and fails when all of it has stopped', async () => {
    const begun: string[] = []
    const ended: string[] = []
    const work = async (item: string, signal: AbortSignal): Promise<void> => {
      begun.push(item)
      if (item === 'bad') throw new Error('it is bad')
      await once(signal, 'abort')
      ended.push(item)
    }

    await expect(inParallel(['long', 'bad', 'never'], 2, work)).rejects.toThrow('it is bad')

    expect(begun).toEqual(['long', 'bad'])
    expect(ended).toEqual(['long'])
  })

  it('is told where the caller gives up', async () => {
    const controller = new AbortController()
    const work = async (_item: string, signal: AbortSignal): Promise<void> => {
      controller.abort(new Error('given up'))
      signal.throwIfAborted()
      await Promise.resolve()
    }

    await expect(inParallel(['one'], 2, work, controller.signal)).rejects.toThrow('given up')
  })
})
