import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { cleanUp } from './cleanUp.ts'

/**
 * Starts a process that rewrites the index of a layout in place without a pause, with and without its last entry, and
 * resolves once it has begun.
 *
 * @returns ends the process; the index is what it was in the beginning then
 */
export async function startRewriting(root: string): Promise<() => Promise<void>> {
  const worker = join(import.meta.dirname, 'layoutWorker.ts')
  const child = spawn(process.execPath, [worker, 'rewrite', root], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  cleanUp(async () => {
    child.kill('SIGKILL')
    await ended
  })
  await once(child.stdout, 'data')
  return async () => {
    child.stdin.end()
    await ended
  }
}
