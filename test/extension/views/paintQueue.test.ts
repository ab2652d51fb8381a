import { EventEmitter, once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { PaintQueue, type Painted } from '../../../src/extension/views/paintQueue.ts'

describe('rows that have to be painted', () => {
  it('are painted together, each once', async () => {
    const { queue, painted } = queueWith()

    queue.add(['a'])
    queue.add(['b', 'a'])

    expect(await painted()).toEqual(['a', 'b'])
  })

  it('wait while the editor is given what is below them', async () => {
    const { queue, painted } = queueWith()
    const registry = new EventEmitter()

    const answer = queue.whileAnswering('a', () => once(registry, 'answer'))
    queue.add(['a', 'b'])
    expect(await painted()).toEqual(['b'])
    registry.emit('answer')
    await answer

    expect(await painted()).toEqual(['a'])
  })

  it('are covered by the first level', async () => {
    const { queue, painted } = queueWith()

    queue.add(['a'])
    queue.add('everything')

    expect(await painted()).toBe('everything')
  })

  it('are waited for by whoever needs the editor to know them', async () => {
    const seen: string[] = []
    const queue = new PaintQueue(() => seen.push('painted'))

    queue.add('everything')
    await queue.settled()
    seen.push('settled')
    await queue.settled()

    expect(seen).toEqual(['painted', 'settled'])
  })

  it('need not be painted where the editor just got the first level', async () => {
    const { queue, painted } = queueWith()

    await queue.whileAnswering(undefined, () => {
      queue.add('everything')
      return Promise.resolve([])
    })
    queue.add(['a'])

    expect(await painted()).toEqual(['a'])
  })
})

function queueWith(): { queue: PaintQueue; painted: () => Promise<Painted> } {
  const editor = new EventEmitter()
  const queue = new PaintQueue((rows) => {
    editor.emit('paint', rows)
  })
  onTestFinished(() => {
    queue.dispose()
  })
  return { queue, painted: async () => ((await once(editor, 'paint')) as [Painted])[0] }
}
