import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { hasEnded, thisProcess } from '../../../src/core/base/owner.ts'
import { cleanUp } from '../../support/cleanUp.ts'

describe('whether a process has ended', () => {
  it('is known of one that runs', async () => {
    expect(await hasEnded(await thisProcess())).toBe(false)
  })

  it('is known of one whose number was given to another process since', async () => {
    const self = await thisProcess()

    expect(await hasEnded({ ...self, started: `another boot/${self.started}` })).toBe(self.started !== '')
  })

  it('cannot be known of one on another machine', async () => {
    expect(await hasEnded({ ...(await thisProcess()), host: 'elsewhere' })).toBeUndefined()
  })

  it.runIf(process.platform === 'linux')('is known of one whose parent takes no note of it', async () => {
    // What the shell becomes never asks after the child that it had.
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'])
    cleanUp(async () => {
      parent.kill()
      await once(parent, 'close')
    })
    const [line] = (await once(parent.stdout, 'data')) as [Buffer]
    const child = { ...(await thisProcess()), pid: Number(line.toString()), started: '' }

    await expect.poll(() => hasEnded(child)).toBe(true)
  })
})
