import { randomUUID } from 'node:crypto'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ChartroomError, messageOf } from '../base/errors.ts'
import {
  codeOf,
  factsOf,
  linkNew,
  makeDirectory,
  readSmall,
  removeFile,
  touch,
  writeNew,
} from '../base/files.ts'
import type { OperationOptions } from '../base/progress.ts'
import { hasEnded, thisProcess, type Owner } from '../base/owner.ts'
import { abandonedIn, temporaryName } from '../base/temporaries.ts'

export interface LockOptions extends OperationOptions {
  /** Milliseconds to wait for another process before giving up; ten seconds by default. */
  readonly patience?: number
}

/** Milliseconds between two signs of life of a holder, and the silence after which one on another machine is dead. */
const heartbeat = 10_000
const silence = 60_000

export interface HeldLock {
  /**
   * Makes sure that the lock was not lost, for example while the computer slept. To be called right before the change
   * becomes visible.
   * @throws ChartroomError `store-locked`
   */
  check(): Promise<void>
}

/**
 * Does some work that no other Chartroom process does at the same time in the same layout. Helm takes no lock.
 *
 * The lock is a file that appears together with its content. A holder that died is recognised by process number and
 * start time and loses it at once; a holder on another machine after a minute without a sign of life.
 *
 * @param root the directory that is locked; the lock file lies in its `.chartroom`, which is made where it is missing
 * @param purpose what the work does, for the message that others see, for example "save a chart"
 * @throws ChartroomError `store-locked` where waiting was in vain, with the holder's process, host and purpose
 */
export async function withLock<Result>(
  root: string,
  purpose: string,
  work: (lock: HeldLock) => Promise<Result>,
  options: LockOptions = {},
): Promise<Result> {
  const deadline = Date.now() + (options.patience ?? 10_000)
  const key = resolve(root)
  const before = turns.get(key) ?? Promise.resolve()
  const turn = before.then(async () => {
    options.signal?.throwIfAborted()
    return await whileHolding(key, purpose, deadline, work, options)
  })
  const over = turn.then(nothing, nothing)
  turns.set(key, over)
  try {
    return await turn
  } finally {
    if (turns.get(key) === over) turns.delete(key)
  }
}

/** The last waiter of each layout in this process: its own work queues up in order instead of polling the file. */
const turns = new Map<string, Promise<void>>()

interface Token extends Owner {
  readonly token: string
  readonly purpose: string
  /** ISO 8601 */
  readonly since: string
}

async function whileHolding<Result>(
  root: string,
  purpose: string,
  deadline: number,
  work: (lock: HeldLock) => Promise<Result>,
  options: OperationOptions,
): Promise<Result> {
  const directory = join(root, '.chartroom')
  await makeDirectory(directory)
  const path = join(directory, 'lock')
  const mine: Token = {
    ...(await thisProcess()),
    token: randomUUID(),
    purpose,
    since: new Date().toISOString(),
  }
  await acquire(path, mine, () => Date.now() >= deadline, options)
  const beat = setInterval(() => {
    touch(path).catch((error: unknown) => options.log?.debug(`lock ${path}: ${messageOf(error)}`))
  }, heartbeat)
  beat.unref()
  try {
    return await work({
      check: async () => {
        const holder = await readToken(path)
        if (holder?.token !== mine.token) throw lost(root, path)
      },
    })
  } finally {
    clearInterval(beat)
    if ((await readToken(path))?.token === mine.token) await removeFile(path)
  }
}

/** A ticket tells by its name whose it is: a process can be killed before it has written anything into it. */
const ticketPrefix = 'lock.'

async function acquire(
  path: string,
  mine: Token,
  isLate: () => boolean,
  { signal, log }: OperationOptions,
): Promise<void> {
  const ticket = await temporaryName(dirname(path), ticketPrefix)
  await writeNew(ticket, [Buffer.from(JSON.stringify(mine))])
  try {
    for (let tries = 1; !(await take(ticket, path, mine)); tries += 1) {
      const holder = await readToken(path)
      // Somebody who waited for others of this process may be late already, and still deserves a try.
      if (tries > 3 && isLate()) throw busy(path, holder)
      if (await isStale(path, holder, ticket)) {
        await breakLock(path, holder, ticket, mine)
        log?.info(`the lock ${path} was left behind by process ${holder?.pid ?? 'unknown'}`)
      } else {
        await delay(5 + Math.random() * 45, undefined, signal === undefined ? {} : { signal })
      }
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  } finally {
    await removeFile(ticket)
  }
}

async function take(ticket: string, path: string, mine: Token): Promise<boolean> {
  try {
    return await linkNew(ticket, path)
  } catch (error) {
    // exFAT and some network shares have no hard links.
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK'].includes(codeOf(error) ?? '')) throw error
    return await createNew(path, mine)
  }
}

async function createNew(path: string, mine: Token): Promise<boolean> {
  try {
    await writeNew(path, [Buffer.from(JSON.stringify(mine))])
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/**
 * Whether nobody holds the lock any more. The ticket, just written to the same disk, gives the disk's idea of now.
 */
async function isStale(path: string, holder: Token | undefined, ticket: string): Promise<boolean> {
  const ended = holder === undefined ? undefined : await hasEnded(holder)
  if (ended !== undefined) return ended
  await touch(ticket)
  const [lock, now] = await Promise.all([factsOf(path), factsOf(ticket)])
  return lock !== undefined && now !== undefined && now.modified - lock.modified > silence
}

/**
 * Removes a stale lock. Two processes may have found it stale; only the one that creates the guard may remove it, and
 * only if it is still the same lock.
 */
async function breakLock(path: string, stale: Token | undefined, ticket: string, mine: Token): Promise<void> {
  const guard = guardOf(path)
  if (!(await take(ticket, guard, mine))) {
    const guardian = await readToken(guard)
    if (await isStale(guard, guardian, ticket)) await removeFile(guard)
    await delay(5 + Math.random() * 20)
    return
  }
  try {
    if ((await readToken(path))?.token === stale?.token) await removeFile(path)
  } finally {
    await removeFile(guard)
  }
}

/** Removes what processes that were killed while they waited for the lock, or while they broke it, left behind. */
export async function clearTickets(directory: string): Promise<void> {
  for (const path of await abandonedIn(directory, ticketPrefix)) await removeFile(path)
  const guard = guardOf(join(directory, 'lock'))
  const guardian = await readToken(guard)
  if (guardian !== undefined && (await hasEnded(guardian)) === true) await removeFile(guard)
}

function guardOf(lock: string): string {
  return `${lock}.guard`
}

/** Whose the lock is, where that process is known to have ended. Whoever wants the lock next breaks it. */
export async function endedHolder(root: string): Promise<EndedHolder | undefined> {
  const path = join(root, '.chartroom', 'lock')
  const holder = await readToken(path)
  if (holder === undefined || (await hasEnded(holder)) !== true) return undefined
  return { path, pid: holder.pid, purpose: holder.purpose }
}

export interface EndedHolder {
  /** The path of the lock. */
  readonly path: string
  readonly pid: number
  readonly purpose: string
}

async function readToken(path: string): Promise<Token | undefined> {
  const bytes = await readSmall(path, 64 * 1024)
  if (bytes === undefined) return undefined
  try {
    const token = JSON.parse(bytes.toString('utf8')) as Partial<Token> | null
    return typeof token?.token === 'string' && typeof token.pid === 'number' ? complete(token) : undefined
  } catch (error) {
    // Without hard links a lock can be seen before its content; the silence limit covers one that stays so.
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function complete(token: Partial<Token>): Token {
  return { pid: 0, started: '', host: '', space: 0, token: '', purpose: 'unknown work', since: '', ...token }
}

function busy(path: string, holder: Token | undefined): ChartroomError {
  const who =
    holder === undefined
      ? 'another program'
      : `process ${holder.pid} on ${holder.host} ("${holder.purpose}", since ${holder.since})`
  return new ChartroomError('store-locked', {
    message: `${dirname(dirname(path))} is busy: ${who} holds its lock.`,
    advice: `Wait for it to end, or end it, and try again. The lock is ${path}.`,
    path,
  })
}

function lost(root: string, path: string): ChartroomError {
  return new ChartroomError('store-locked', {
    message: `The lock of ${root} was lost on the way, so nothing was changed.`,
    advice: 'Try again.',
    path,
  })
}

function nothing(): void {
  // A waiter only needs to know that the one before is over; its result goes to its own caller.
}
