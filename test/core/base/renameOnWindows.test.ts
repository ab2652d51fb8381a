import { describe, expect, it, onTestFinished } from 'vitest'
import { join } from 'node:path'
import { moveOver, syncDirectory, writeNew } from '../../../src/core/base/files.ts'
import { renameOnWindows, type RenameSystem } from '../../../src/core/base/renameOnWindows.ts'
import { fileSystemError } from '../../support/fileSystemError.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

describe('a rename on Windows', () => {
  it('happens once where nothing is in the way', async () => {
    const { system, events } = systemThat([])

    await renameOnWindows('new', 'blob', system)

    expect(events).toEqual(['rename new blob'])
  })

  it.each(['EPERM', 'EBUSY', 'EACCES'])(
    'waits for a file that another process has open: %s',
    async (code) => {
      const { system, events } = systemThat([code, code, code])

      await renameOnWindows('new', 'blob', system)

      expect(events.filter((event) => event.startsWith('delay'))).toEqual([
        'delay 10',
        'delay 20',
        'delay 40',
      ])
      expect(events.at(-1)).toBe('rename new blob')
    },
  )

  it('makes a read-only file writable before it tries again', async () => {
    let isReadOnly = true
    const system: RenameSystem = {
      rename: () => (isReadOnly ? Promise.reject(fileSystemError('EPERM', 'blob')) : Promise.resolve()),
      chmod: (path, mode) => {
        expect([path, mode]).toEqual(['blob', 0o666])
        isReadOnly = false
        return Promise.resolve()
      },
      delay: () => Promise.resolve(),
    }

    await renameOnWindows('new', 'blob', system)

    expect(isReadOnly).toBe(false)
  })

  it('gives up after five seconds, with what the system says', async () => {
    const { system, events } = systemThat(Array.from({ length: 1000 }, () => 'EBUSY'))

    await expect(renameOnWindows('new', 'blob', system)).rejects.toMatchObject({ code: 'EBUSY' })
    const waited = events.map((event) => Number(/^delay (\d+)/.exec(event)?.[1] ?? 0))
    expect(waited.reduce((sum, pause) => sum + pause)).toBeLessThan(5600)
    expect(Math.max(...waited)).toBe(500)
  })

  it.each(['ENOSPC', 'ENOENT', 'EXDEV'])('does not wait for what does not pass: %s', async (code) => {
    const { system, events } = systemThat([code])

    await expect(renameOnWindows('new', 'blob', system)).rejects.toMatchObject({ code })
    expect(events).toEqual(['rename new blob'])
  })

  it('is not kept from another try by a name that nothing has', async () => {
    const { system } = systemThat(['EACCES'], 'ENOENT')

    await expect(renameOnWindows('new', 'blob', system)).resolves.toBeUndefined()
  })
})

describe('where the platform is Windows', () => {
  it('files are replaced, and no directory is synced, which Windows cannot', async () => {
    pretend('win32')
    const directory = await temporaryDirectory()
    await writeNew(join(directory, 'old'), [Buffer.from('old')], { mode: 0o444 })
    await writeNew(join(directory, 'new'), [Buffer.from('new')])

    await moveOver(join(directory, 'new'), join(directory, 'old'))

    await expect(syncDirectory(join(directory, 'not there'))).resolves.toBeUndefined()
  })
})

function pretend(platform: NodeJS.Platform): void {
  const { platform: real } = process
  Object.defineProperty(process, 'platform', { value: platform })
  onTestFinished(() => {
    Object.defineProperty(process, 'platform', { value: real })
  })
}

/** A system whose first renames fail, and whose changes of mode fail where a code is given for that. */
function systemThat(
  codes: readonly string[],
  chmodCode?: string,
): { system: RenameSystem; events: string[] } {
  const failures = [...codes]
  const events: string[] = []
  const failing = (event: string, code: string | undefined): Promise<void> => {
    events.push(event)
    return code === undefined ? Promise.resolve() : Promise.reject(fileSystemError(code, 'blob'))
  }
  return {
    system: {
      rename: (from, to) => failing(`rename ${from} ${to}`, failures.shift()),
      chmod: (path) => failing(`chmod ${path}`, chmodCode),
      delay: (milliseconds) => failing(`delay ${milliseconds}`, undefined),
    },
    events,
  }
}
