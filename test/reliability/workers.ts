import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { Job } from './jobs.ts'

const out = join(import.meta.dirname, '..', '..', 'out', 'reliability')

export const workerBundle = join(out, 'worker.mjs')

/** A worker that has begun. */
export interface Worker {
  /** Resolves when everything is loaded and the work begins. */
  readonly ready: Promise<void>
  readonly ended: Promise<WorkerEnd>
  /** Ends it with SIGKILL. */
  kill(): void
}

export interface WorkerEnd {
  /** What it has told to be done, in order. */
  readonly acknowledged: readonly string[]
  /** What it found, where its job asks for an answer. */
  readonly answer: unknown
  /** How many times it was about to change the disk; 0 where it did not come to its end. */
  readonly steps: number
  readonly isKilled: boolean
}

/**
 * Starts a process that does a job.
 * @throws Error from `ended` where it ends with an error of its own
 */
export function startWorker(job: Job): Worker {
  const child = spawn(process.execPath, [workerBundle, JSON.stringify(job)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: join(out, 'compiled') },
  })
  running.add(child)
  let begin: () => void = () => undefined
  const began = new Promise<void>((resolve) => {
    begin = resolve
  })
  const ended = follow(child, job, begin)
  return {
    // One that ends before it begins never says that it begins.
    ready: Promise.race([began, ended.then(nothing)]),
    ended,
    kill: () => {
      child.kill('SIGKILL')
    },
  }
}

/** Does a job to its end, or to where the job says that it is killed. */
export async function runWorker(job: Job): Promise<WorkerEnd> {
  return await startWorker(job).ended
}

function nothing(): void {
  // How it ended is told by `ended`.
}

type Child = ChildProcessByStdio<null, Readable, Readable>

const running = new Set<Child>()

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

async function follow(child: Child, job: Job, begin: () => void): Promise<WorkerEnd> {
  const errors: Buffer[] = []
  const acknowledged: string[] = []
  let answer: unknown
  let steps = 0
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => {
    const [, word, rest = ''] = /^(\w+) ?(.*)$/.exec(line) ?? []
    if (word === 'READY') begin()
    else if (word === 'ACK') acknowledged.push(rest)
    else if (word === 'ANSWER') answer = JSON.parse(rest)
    else if (word === 'STEPS') steps = Number(rest)
  })
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  running.delete(child)
  if (code !== 0 && signal !== 'SIGKILL') {
    throw new Error(
      `${JSON.stringify(job)}\nended with ${code ?? signal}:\n${Buffer.concat(errors).toString()}`,
    )
  }
  return { acknowledged, answer, steps, isKilled: signal === 'SIGKILL' }
}
