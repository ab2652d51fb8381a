import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ChartroomError, messageOf } from '../errors.ts'
import {
  codeOf,
  factsOf,
  linkTargetOf,
  moveOver,
  readSmall,
  removeFile,
  replaceFile,
  syncDirectory,
  writeNew,
  type FileFacts,
} from '../files.ts'
import type { OperationOptions } from '../progress.ts'
import { clearTemporaries, clearTemporariesBeside, temporaryBeside, temporaryFile } from '../temporaries.ts'
import { makeMissingDirectory } from './blobs.ts'
import { decodeIndex, emptyIndex, encodeIndex, maxIndexSize, type IndexFile } from './indexFile.ts'
import { clearTickets, withLock, type HeldLock } from './lock.ts'

/** Milliseconds for which an index that cannot be read is taken for one that is just being written. */
const tornFor = 500

/** Milliseconds for which the same is done with one that never stays the same. */
const restlessFor = 10_000

/** The file `index.json` of a layout, with the marker and the directories that stand beside it. */
export class IndexStore {
  readonly #root: string
  readonly #path: string
  readonly #aside: string
  #cleared = false

  constructor(root: string) {
    this.#root = root
    this.#path = join(root, 'index.json')
    this.#aside = join(root, '.chartroom', 'tmp')
  }

  /** The index; empty where there is none yet. */
  async read(options: OperationOptions = {}): Promise<IndexFile> {
    return (await this.#read(options)).index
  }

  /** Changes the index under the lock; begins anew where another program changed it in between. */
  async change(edit: (index: IndexFile) => IndexFile, options: OperationOptions = {}): Promise<void> {
    await this.#prepare(options)
    await withLock(
      this.#root,
      'change the index',
      async (lock) => {
        for (let tries = 1; !(await this.#tryChange(edit, lock, options)); tries += 1) {
          if (tries === 20) throw restless(this.#path)
        }
      },
      options,
    )
  }

  /** `false` where another program changed the index meanwhile. */
  async #tryChange(
    edit: (index: IndexFile) => IndexFile,
    lock: HeldLock,
    options: OperationOptions,
  ): Promise<boolean> {
    const { index, facts } = await this.#read(options)
    const next = edit(index)
    if (next === index) return true
    const path = await this.#target()
    const temporary = path === this.#path ? await temporaryFile(this.#aside) : await temporaryBeside(path)
    await writeNew(temporary, [encodeIndex(next, path)], { signal: options.signal })
    try {
      await lock.check()
      if (!isSame(facts, await factsOf(this.#path))) {
        await removeFile(temporary)
        return false
      }
      await moveOver(temporary, path)
    } catch (error) {
      await removeFile(temporary)
      throw error
    }
    await syncDirectory(dirname(path))
    return true
  }

  /** The file itself, where `index.json` is a link to it, which may lead to another file system. */
  async #target(): Promise<string> {
    return (await linkTargetOf(this.#path)) ?? this.#path
  }

  /** The index and what its file was before it was read. Other programs write it in place, so it can be seen torn. */
  async #read({ signal }: OperationOptions): Promise<{ index: IndexFile; facts: FileFacts | undefined }> {
    const start = Date.now()
    let seen: FileFacts | undefined
    let since = start
    for (let pause = 5; ; pause = Math.min(pause * 2, 40)) {
      const facts = await factsOf(this.#path)
      const bytes = await this.#readBytes(signal)
      try {
        return { index: bytes === undefined ? emptyIndex : decodeIndex(bytes, this.#path), facts }
      } catch (error) {
        const now = Date.now()
        if (!isSame(seen, facts)) [seen, since] = [facts, now]
        if (now - since >= tornFor || now - start >= restlessFor) throw error
      }
      await delay(pause)
      signal?.throwIfAborted()
    }
  }

  async #readBytes(signal: AbortSignal | undefined): Promise<Buffer | undefined> {
    try {
      return await readSmall(this.#path, maxIndexSize, signal)
    } catch (error) {
      if (codeOf(error) !== 'EISDIR') throw error
      throw new ChartroomError('store-corrupt', {
        message: `${this.#path} is a directory; it should be a file.`,
        advice: 'Move the directory away.',
        path: this.#path,
        cause: error,
      })
    }
  }

  /** Makes what a layout of Helm 3.0-3.6 has beside its index. */
  async #prepare({ log }: OperationOptions): Promise<void> {
    await makeMissingDirectory(this.#aside)
    await makeMissingDirectory(join(this.#root, 'ingest'))
    await makeMissingDirectory(dirname(await this.#target()))
    const marker = join(this.#root, 'oci-layout')
    const version = versionOf(await readSmall(marker, 64 * 1024))
    if (version === undefined) {
      const content = Buffer.from('{"imageLayoutVersion":"1.0.0"}')
      await replaceFile(marker, content, await temporaryFile(this.#aside))
    } else if (!version.startsWith('1.')) {
      throw new ChartroomError('unsupported', {
        message: `${this.#root} is an image layout of version ${version}. Chartroom writes version 1.0.0, so nothing was changed.`,
        path: marker,
      })
    }
    if (this.#cleared) return
    this.#cleared = true
    try {
      await clearTickets(dirname(this.#aside))
      await clearTemporaries(this.#aside)
      await clearTemporariesBeside(await this.#target())
    } catch (error) {
      log?.debug(`could not clear ${this.#aside}: ${messageOf(error)}`)
    }
  }
}

/** The version that an `oci-layout` file names; `undefined` where it is missing, empty or names none. */
function versionOf(bytes: Buffer | undefined): string | undefined {
  return /"imageLayoutVersion"\s*:\s*"([^"]+)"/.exec(bytes?.toString('utf8') ?? '')?.[1]
}

function isSame(before: FileFacts | undefined, now: FileFacts | undefined): boolean {
  return (
    before?.inode === now?.inode &&
    before?.size === now?.size &&
    before?.modified === now?.modified &&
    before?.changed === now?.changed
  )
}

function restless(path: string): ChartroomError {
  return new ChartroomError('store-locked', {
    message: `Another program keeps rewriting ${path}, so nothing was changed.`,
    advice: 'Try again when it has ended.',
    path,
  })
}
