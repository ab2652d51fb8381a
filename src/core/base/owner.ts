import { hostname } from 'node:os'
import { codeOf, factsOf, readSmall } from './files.ts'

/** A process, described so that another one can tell whether it still runs. */
export interface Owner {
  readonly pid: number
  /** When it started, in a form that only ever equals itself; empty where the system does not tell cheaply. */
  readonly started: string
  readonly host: string
  /** Tells the process number spaces of containers apart; 0 where there is only one. */
  readonly space: number
}

let self: Promise<Owner> | undefined

/** This process. */
export async function thisProcess(): Promise<Owner> {
  self ??= describeSelf()
  return await self
}

/**
 * Whether a process has ended.
 * @returns `undefined` where it runs, or ran, on another machine or in another container, so that nobody here can tell
 */
export async function hasEnded(owner: Owner): Promise<boolean | undefined> {
  const here = await thisProcess()
  if (owner.host !== here.host || owner.space !== here.space) return undefined
  if (!isRunning(owner.pid)) return true
  if (await isUnburied(owner.pid)) return true
  // The number may have been given to a new process since.
  const started = await startOf(owner.pid)
  return started !== '' && owner.started !== '' && started !== owner.started
}

async function describeSelf(): Promise<Owner> {
  const space = process.platform === 'linux' ? await factsOf('/proc/self/ns/pid') : undefined
  return {
    pid: process.pid,
    started: await startOf(process.pid),
    host: hostname(),
    space: space?.inode ?? 0,
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) !== 'ESRCH'
  }
}

/** Boot and clock tick of a process's start, where there is a /proc. */
async function startOf(pid: number): Promise<string> {
  if (process.platform !== 'linux') return ''
  const [boot, { start }] = await Promise.all([procFile('/proc/sys/kernel/random/boot_id'), statOf(pid)])
  return start === undefined ? '' : `${boot.trim()}/${start}`
}

/** Whether a process has ended without its parent taking note, as in a container whose first process is no init. */
async function isUnburied(pid: number): Promise<boolean> {
  return process.platform === 'linux' && (await statOf(pid)).state === 'Z'
}

async function statOf(pid: number): Promise<{ readonly state?: string; readonly start?: string }> {
  const stat = await procFile(`/proc/${pid}/stat`)
  // The second field is the command's name in brackets and may hold anything; the state is the 3rd and the start the 22nd.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, start] = [fields[0], fields[19]]
  return start === undefined || state === undefined ? {} : { state, start }
}

async function procFile(path: string): Promise<string> {
  try {
    return (await readSmall(path, 64 * 1024))?.toString('utf8') ?? ''
  } catch (error) {
    // The process ended between opening and reading, or the system hides it.
    if (['ESRCH', 'EACCES', 'EPERM'].includes(codeOf(error) ?? '')) return ''
    throw error
  }
}
