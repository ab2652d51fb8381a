import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Slots, type Slot } from '../../../../src/core/registry/transport/slots.ts'

const run = promisify(execFile)

/** Long enough that nothing of a test takes it, and never waited for. */
const never = 60_000

describe('the slots of a host', () => {
  it('are as many as there may be exchanges, and who waits gets them in order', async () => {
    const slots = new Slots(2, never)
    const entered: string[] = []
    const enter = async (name: string): Promise<Slot> => {
      const slot = await slots.take()
      entered.push(name)
      return slot
    }
    const [first, second] = await Promise.all([enter('first'), enter('second')])
    const others = [enter('third'), enter('fourth')]

    await settled()
    expect(entered).toEqual(['first', 'second'])
    second.end()
    await others[0]
    first.end()
    await others[1]

    expect(entered).toEqual(['first', 'second', 'third', 'fourth'])
  })

  it('are not waited for any more by who gives up', async () => {
    const slots = new Slots(1, never)
    const held = await slots.take()
    const controller = new AbortController()

    const waiting = slots.take(controller.signal)
    const next = slots.take()
    controller.abort(new Error('given up'))

    await expect(waiting).rejects.toThrow('given up')
    held.end()
    held.end()
    await next
  })

  it('go to others while their exchange waits for somebody else than the network', async () => {
    const slots = new Slots(1, 5)
    const download = await slots.take()

    download.rest()
    const upload = await slots.take()
    download.goOn()
    const waiting = slots.take()
    download.end()
    await settled()
    upload.end()

    await waiting
  })

  it('are waited for by a process that has nothing else to do', async () => {
    const module = fileURLToPath(new URL('../../../../src/core/registry/transport/slots.ts', import.meta.url))
    const program = `import { Slots } from ${JSON.stringify(module)}
      const slots = new Slots(1, 20)
      const download = await slots.take()
      download.rest()
      await slots.take()
      console.log('came through')`

    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program])

    expect(stdout).toBe('came through\n')
  })

  it('stay with an exchange that goes on at once', async () => {
    const slots = new Slots(1, 20)
    const download = await slots.take()
    let isIn = false

    for (let turn = 0; turn < 5; turn++) {
      download.rest()
      await settled()
      download.goOn()
    }
    const waiting = slots.take().then(() => {
      isIn = true
    })
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(isIn).toBe(false)
    download.end()

    await waiting
  })

  it('may become fewer while they are taken', async () => {
    const slots = new Slots(2, never)
    const [first, second] = await Promise.all([slots.take(), slots.take()])
    const entered: string[] = []
    const waiting = slots.take().then(() => entered.push('third'))

    slots.most = 1
    first.end()
    await settled()
    expect(entered).toEqual([])
    second.end()

    await waiting
  })

  it('may become more while somebody waits, who comes in at once and before who comes later', async () => {
    const slots = new Slots(1, never)
    await slots.take()
    const entered: string[] = []
    const waiting = ['second', 'third', 'fourth'].map(async (name) => {
      await slots.take()
      entered.push(name)
    })

    slots.most = 3
    await Promise.all(waiting.slice(0, 2))
    await settled()

    expect(entered).toEqual(['second', 'third'])
  })
})

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}
