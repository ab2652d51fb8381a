import { setTimeout as delay } from 'node:timers/promises'
import { ChartroomError } from '../base/errors.ts'
import { codeOf, linkNew, moveOver, ownFactsOf, removeFile, writeNew } from '../base/files.ts'
import type { OperationOptions } from '../base/progress.ts'
import { temporaryBeside } from '../base/temporaries.ts'

const staleAfter = 10_000
const patience = 15_000

/**
 * Runs `work` while no other process of Chartroom changes the same file. The lock is a file `PATH.lock`; one that is
 * older than 10 s was left behind by a process that died, because nothing slow ever happens under it.
 *
 * @throws ChartroomError `store-locked` where the lock stays taken for 15 s
 */
export async function withFileLock<Value>(
  path: string,
  work: () => Promise<Value>,
  { signal }: OperationOptions = {},
): Promise<Value> {
  const lock = `${path}.lock`
  const deadline = Date.now() + patience
  while (!(await take(lock))) {
    signal?.throwIfAborted()
    await breakStale(lock, await temporaryBeside(path))
    if (Date.now() > deadline) {
      throw new ChartroomError('store-locked', {
        message: `${path} is being changed by another process.`,
        advice: `Try again; if nothing else is running, remove ${lock}.`,
        path: lock,
      })
    }
    await delay(20 + Math.random() * 60)
  }
  try {
    return await work()
  } finally {
    await removeFile(lock)
  }
}

async function take(lock: string): Promise<boolean> {
  try {
    await writeNew(lock, [Buffer.from(`${process.pid}\n`)], { mode: 0o600 })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

async function breakStale(lock: string, aside: string): Promise<void> {
  const facts = await ownFactsOf(lock)
  if (facts === undefined || Date.now() - facts.modified < staleAfter) return
  try {
    await moveOver(lock, aside)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  // Somebody else may have broken it first and taken a new one, which is theirs.
  if ((await ownFactsOf(aside))?.inode !== facts.inode) await linkNew(aside, lock)
  await removeFile(aside)
}
