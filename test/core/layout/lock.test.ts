import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { observeSteps } from '../../../src/core/base/files.ts'
import { Layout } from '../../../src/core/layout/layout.ts'
import { withLock } from '../../../src/core/layout/lock.ts'
import { cleanUp } from '../../support/cleanUp.ts'
import { fileSystemError } from '../../support/fileSystemError.ts'
import { runOrFail } from '../../support/run.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

const worker = fileURLToPath(new URL('../../support/layoutWorker.ts', import.meta.url))
/** The Node of the development tools, which runs TypeScript. */
const node = join(import.meta.dirname, '..', '..', '..', 'node_modules', '.bin', 'node')

describe('the lock of a layout', () => {
  it('lets eight processes add names at the same time without losing one', { timeout: 60_000 }, async () => {
    const root = await temporaryDirectory()
    const prefixes = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']

    await Promise.all(
      prefixes.map(async (prefix) => await runOrFail(node, [worker, 'name', root, prefix, '6'])),
    )

    const { entries } = await new Layout(root).readIndex()
    const expected = prefixes.flatMap((prefix) => Array.from({ length: 6 }, (_, n) => `${prefix}:${n}`))
    expect(entries.map(({ name }) => name).sort()).toEqual(expected.sort())
    expect(await readdir(join(root, '.chartroom'))).toEqual(['tmp'])
  })

  it('lets one piece of work of a process in after the other, in order', async () => {
    const root = await temporaryDirectory()
    const events: string[] = []

    await Promise.all(
      ['first', 'second', 'third'].map(async (name) => {
        await withLock(root, name, async () => {
          events.push(`${name} begins`)
          await new Promise((resolve) => setImmediate(resolve))
          events.push(`${name} ends`)
        })
      }),
    )

    expect(events).toEqual(['first', 'second', 'third'].flatMap((name) => [`${name} begins`, `${name} ends`]))
  })

  it('is free again after work that fails', async () => {
    const root = await temporaryDirectory()

    const failing = withLock(root, 'fail', () => Promise.reject(new Error('no')))

    await expect(failing).rejects.toThrow('no')
    expect(await withLock(root, 'work', () => Promise.resolve('done'))).toBe('done')
    expect(await readdir(join(root, '.chartroom'))).toEqual([])
  })

  it('is taken at once from a process that was killed while it held it', async () => {
    const root = await temporaryDirectory()
    const holder = await startHolder(root)
    holder.kill('SIGKILL')
    await once(holder, 'exit')

    const began = Date.now()
    await withLock(root, 'work', () => Promise.resolve())

    expect(Date.now() - began).toBeLessThan(2000)
    expect(await readdir(join(root, '.chartroom'))).toEqual([])
  })

  it('goes from one killed process to the next while others wait', { timeout: 60_000 }, async () => {
    const root = await temporaryDirectory()
    for (let round = 0; round < 2; round += 1) {
      const holder = await startHolder(root)
      const waiting = ['x', 'y', 'z'].map(
        async (prefix) => await runOrFail(node, [worker, 'name', root, `${prefix}${round}`, '3']),
      )
      holder.kill('SIGKILL')
      await Promise.all(waiting)
    }

    expect((await new Layout(root).readIndex()).entries).toHaveLength(18)
  })

  it('is not waited for without end, and the error names who has it', async () => {
    const root = await temporaryDirectory()
    const holder = await startHolder(root)

    const waiting = withLock(root, 'work', () => Promise.resolve(), { patience: 200 })

    await expect(waiting).rejects.toMatchObject({
      kind: 'store-locked',
      message: expect.stringContaining(
        `process ${holder.pid ?? 0} on ${hostname()} ("hold the lock for a test", since`,
      ) as string,
    })
    expect(await readdir(join(root, '.chartroom'))).toEqual(['lock'])
  })

  it('is not waited for after a cancellation', async () => {
    const root = await temporaryDirectory()
    await startHolder(root)
    const controller = new AbortController()
    const stop = observeSteps((step) => {
      if (step === 'link') controller.abort()
    })
    onTestFinished(stop)

    const waiting = withLock(root, 'work', () => Promise.resolve(), { signal: controller.signal })

    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
    expect(await readdir(join(root, '.chartroom'))).toEqual(['lock'])
  })

  it('is taken from a process whose number belongs to another one now', async () => {
    const root = await temporaryDirectory()
    const token = await tokenOfThisProcess()
    await leaveLock(root, { ...token, token: 'old', started: 'another boot/1' })

    expect(await withLock(root, 'work', () => Promise.resolve('done'))).toBe('done')
  })

  it('is taken from another machine only after a minute without a sign of life', async () => {
    const root = await temporaryDirectory()
    const lock = await leaveLock(root, {
      ...(await tokenOfThisProcess()),
      token: 'theirs',
      host: 'another-machine',
    })
    await utimes(lock, new Date(), new Date(Date.now() - 61_000))

    expect(await withLock(root, 'work', () => Promise.resolve('done'))).toBe('done')
  })

  it('works where the file system has no hard links', async () => {
    const root = await temporaryDirectory()
    const stop = observeSteps((step, path) => {
      if (step === 'link') throw fileSystemError('EPERM', path)
    })
    onTestFinished(stop)

    expect(await withLock(root, 'work', () => Promise.resolve('done'))).toBe('done')
    expect(await readdir(join(root, '.chartroom'))).toEqual([])
  })

  it('is missed by work that lost it, before its change becomes visible', async () => {
    const root = await temporaryDirectory()

    const losing = withLock(root, 'sleep for an hour', async (lock) => {
      await leaveLock(root, { ...(await tokenOfThisProcess()), token: 'somebody else' })
      await lock.check()
    })

    await expect(losing).rejects.toMatchObject({ kind: 'store-locked' })
    expect(await readFile(join(root, '.chartroom', 'lock'), 'utf8')).toContain('somebody else')
  })
})

/** A process that holds the lock until it is killed, at the latest with the test. */
async function startHolder(root: string): Promise<ChildProcess> {
  const child = spawn(node, [worker, 'hold', root], { stdio: ['ignore', 'pipe', 'inherit'] })
  cleanUp(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  await once(child.stdout, 'data')
  return child
}

/** What a lock of this process says. */
async function tokenOfThisProcess(): Promise<Record<string, unknown>> {
  const root = await temporaryDirectory()
  return await withLock(root, 'look', async () => {
    return JSON.parse(await readFile(join(root, '.chartroom', 'lock'), 'utf8')) as Record<string, unknown>
  })
}

async function leaveLock(root: string, token: Record<string, unknown>): Promise<string> {
  const path = join(root, '.chartroom', 'lock')
  await mkdir(join(root, '.chartroom'), { recursive: true })
  await writeFile(path, JSON.stringify(token))
  return path
}
