import * as fs from 'node:fs'
import type { Stats } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { promisify } from 'node:util'

/** How the system is asked about files: with `await` in either case. */
interface Reading {
  stat(path: string): Stats | Promise<Stats>
  open(path: string, flags: number): number | Promise<number>
  fstat(file: number): Stats | Promise<Stats>
  /** Reads on where the last read ended; how many bytes there were. */
  read(file: number, buffer: Buffer): number | Promise<number>
  close(file: number): void | Promise<void>
}

/** On the threads of Node, so that nothing waits. With plain numbers for open files: objects take twice the time. */
const onThreads: Reading = {
  stat: promisify(fs.stat),
  open: promisify<string, number, number>(fs.open),
  fstat: promisify(fs.fstat),
  read: async (file, buffer) => (await readOnThread(file, buffer, 0, buffer.length, null)).bytesRead,
  close: promisify(fs.close),
}

const readOnThread = promisify(fs.read)

/** How this process asks. */
export let reading = onThreads

/** Whether it waits for the disk itself. */
export let isWaiting = false

/**
 * Makes this process wait for the disk itself where small files are read, which takes a third of the time. For a process with nobody
 * to keep waiting: a command line, never an editor.
 */
export function waitForSmallFiles(): void {
  let count = 0
  isWaiting = true
  reading = {
    stat: fs.statSync,
    open: (path, flags) => {
      count += 1
      // Signals and timers get their turn now and then.
      return count % 64 === 0 ? turn().then(() => fs.openSync(path, flags)) : fs.openSync(path, flags)
    },
    fstat: fs.fstatSync,
    read: (file, buffer) => fs.readSync(file, buffer),
    close: fs.closeSync,
  }
}
