import * as fs from 'node:fs'
import type { Stats } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { promisify } from 'node:util'

/** How the system is asked for small files: with `await` in either case. */
interface SmallFiles {
  stat(path: string): Stats | Promise<Stats>
  /** @param mode of a file that is made */
  open(path: string, flags: number, mode?: number): number | Promise<number>
  fstat(file: number): Stats | Promise<Stats>
  /** Reads on where the last read ended; how many bytes there were. */
  read(file: number, buffer: Buffer): number | Promise<number>
  /** Writes on where the last write ended; how many of the bytes there was room for. */
  write(file: number, bytes: Uint8Array): number | Promise<number>
  close(file: number): void | Promise<void>
  rename(from: string, to: string): void | Promise<void>
}

/** On the threads of Node, so that nothing waits. With plain numbers for open files: objects take twice the time. */
const onThreads: SmallFiles = {
  stat: promisify(fs.stat),
  open: promisify<string, number, number | undefined, number>(fs.open),
  fstat: promisify(fs.fstat),
  read: async (file, buffer) => (await readOnThread(file, buffer, 0, buffer.length, null)).bytesRead,
  write: async (file, bytes) => (await writeOnThread(file, bytes)).bytesWritten,
  close: promisify(fs.close),
  rename: promisify(fs.rename),
}

const readOnThread = promisify(fs.read)
const writeOnThread = promisify(fs.write)

/** How this process asks. */
export let small = onThreads

/** Whether it waits for the disk itself. */
export let isWaiting = false

/**
 * Makes this process wait for the disk itself where small files are read, which takes a third of the time. For a process with nobody
 * to keep waiting: a command line, never an editor.
 */
export function waitForSmallFiles(): void {
  let count = 0
  isWaiting = true
  small = {
    stat: fs.statSync,
    open: (path, flags, mode) => {
      count += 1
      const open = (): number => fs.openSync(path, flags, mode)
      // Signals and timers get their turn now and then.
      return count % 64 === 0 ? turn().then(open) : open()
    },
    fstat: fs.fstatSync,
    read: (file, buffer) => fs.readSync(file, buffer),
    write: (file, bytes) => fs.writeSync(file, bytes),
    close: fs.closeSync,
    rename: fs.renameSync,
  }
}
