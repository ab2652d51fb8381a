import { closeSync, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { codeOf } from '../../src/core/base/files.ts'
import { cleanUp } from '../support/cleanUp.ts'
import { run, runOrFail } from '../support/run.ts'
import { temporaryDirectory } from '../support/temporary.ts'

/** What the file system gives to a file at a time. */
const page = Buffer.alloc(4096)

/** Why no file system can be mounted here; `undefined` where it can. */
export async function whyNoMount(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'only Linux has tmpfs'
  if (process.getuid?.() !== 0) return 'only root may mount a file system'
  const directory = await temporaryDirectory()
  const { exit, stderr } = await run('mount', ['-t', 'tmpfs', 'tmpfs', directory])
  if (exit !== 0) return `mount says: ${stderr.trim()}`
  await runOrFail('umount', [directory])
  return undefined
}

/** A file system of its own that can be filled to the last byte and be made read-only. */
export class SmallDisk {
  readonly path: string
  readonly #fillers: string[] = []

  private constructor(path: string) {
    this.path = path
  }

  /**
   * One that goes away with the test.
   * @param size as `mount` has it
   */
  static async mount({ size = '2m', files = 400 } = {}): Promise<SmallDisk> {
    const path = await temporaryDirectory()
    await runOrFail('mount', ['-t', 'tmpfs', '-o', `size=${size},nr_inodes=${files}`, 'tmpfs', path])
    cleanUp(async () => {
      await runOrFail('umount', [path])
    })
    return new SmallDisk(path)
  }

  /** Takes all space, but for some pages, and the room for other files. */
  fill(freePages: number): void {
    const file = this.#newFile()
    const pages = howOften(() => writeSync(file, page))
    ftruncateSync(file, Math.max(0, pages - freePages) * page.length)
    closeSync(file)
    if (freePages > 0) return
    howOften(() => {
      closeSync(this.#newFile())
    })
  }

  /** Gives everything back. */
  free(): void {
    for (const path of this.#fillers.splice(0)) rmSync(path, { force: true })
  }

  async makeReadOnly(): Promise<void> {
    await runOrFail('mount', ['-o', 'remount,ro', this.path])
  }

  async makeWritable(): Promise<void> {
    await runOrFail('mount', ['-o', 'remount,rw', this.path])
  }

  #newFile(): number {
    const path = join(this.path, `filler-${this.#fillers.length}`)
    const file = openSync(path, 'wx')
    this.#fillers.push(path)
    return file
  }
}

/** Does something again and again until the disk is full. */
function howOften(work: () => void): number {
  for (let times = 0; ; times += 1) {
    try {
      work()
    } catch (error) {
      if (codeOf(error) !== 'ENOSPC') throw error
      return times
    }
  }
}
