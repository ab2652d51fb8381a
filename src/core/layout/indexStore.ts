import { dirname, join } from 'node:path'
import { ChartroomError, messageOf } from '../base/errors.ts'
import {
  factsOf,
  isSameFile,
  linkTargetOf,
  makeMissingDirectory,
  moveOver,
  removeFile,
  syncDirectory,
  writeNew,
  type FileFacts,
} from '../base/files.ts'
import type { OperationOptions } from '../base/progress.ts'
import {
  clearTemporaries,
  clearTemporariesBeside,
  temporaryBeside,
  temporaryFile,
} from '../base/temporaries.ts'
import { decodeIndex, emptyIndex, encodeIndex, type IndexFile } from './indexFile.ts'
import type { Journal } from './journal.ts'
import type { JournalEntry } from './journalFile.ts'
import { clearLeases } from './leases.ts'
import { clearTickets, withLock, type HeldLock, type LockOptions } from './lock.ts'
import { requireMarker } from './marker.ts'
import { readIndexFile, type ReadIndexFile } from './readIndexFile.ts'

/** Milliseconds for which a change is tried anew because other programs write the index at the same time. */
const pressingFor = 5000

/**
 * Makes one index out of another. It may run several times; where it returns the index it was given, nothing is written.
 *
 * @param vanished what the journal says that was dropped by other programs
 */
export type IndexEdit = (
  index: IndexFile,
  vanished: readonly JournalEntry[],
) => IndexFile | Promise<IndexFile>

export interface JournalledIndex {
  readonly index: IndexFile
  /** What other programs dropped without knowing of it. */
  readonly vanished: readonly JournalEntry[]
}

interface ReadIndex {
  readonly index: IndexFile
  readonly facts: FileFacts | undefined
}

/** The file `index.json` of a layout, with the marker and the directories that stand beside it. */
export class IndexStore {
  readonly #root: string
  readonly #path: string
  readonly #aside: string
  readonly #journal: Journal | undefined
  #cleared = false
  #known: ReadIndexFile<IndexFile> | undefined

  /** @param journal keeps what is added and removed; without it nothing is noted */
  constructor(root: string, journal?: Journal) {
    this.#journal = journal
    this.#root = root
    this.#path = join(root, 'index.json')
    this.#aside = join(root, '.chartroom', 'tmp')
  }

  /** The index; empty where there is none yet. */
  async read(options: OperationOptions = {}): Promise<IndexFile> {
    return (await this.#read(options)).index
  }

  /** Changes the index under the lock; begins anew where another program changed it in between. */
  async change(edit: IndexEdit, options: OperationOptions = {}): Promise<void> {
    await this.#prepare(options)
    await withLock(
      this.#root,
      'change the index',
      async (lock) => {
        const start = Date.now()
        while (!(await this.#tryChange(edit, lock, options))) {
          if (Date.now() - start >= pressingFor) throw restless(this.#path)
        }
      },
      options,
    )
  }

  /**
   * The index, with what Chartroom added to it and other programs dropped. What has changed since the last look is noted in the journal where it
   * can be written at once; a layout that nobody may write, or that is busy, is left as it is.
   */
  async look(options: OperationOptions = {}): Promise<JournalledIndex> {
    const { index, facts } = await this.#read(options)
    const journal = await this.#readJournal(options)
    if (journal === undefined) return { index, vanished: [] }
    const { isNews, vanished } = await journal.look(index, facts?.modified)
    if (!isNews) return { index, vanished }
    try {
      return await this.#note(journal, [], { ...options, patience: 0 })
    } catch (error) {
      options.signal?.throwIfAborted()
      options.log?.debug(`could not note what changed in ${this.#path}: ${messageOf(error)}`)
      return { index, vanished }
    }
  }

  /** Lets names go, so that what vanished of them is not told about again. */
  async forget(names: readonly string[], options: OperationOptions = {}): Promise<void> {
    if (this.#journal !== undefined) await this.#note(this.#journal, names, options)
  }

  async #note(
    journal: Journal,
    forgotten: readonly string[],
    options: LockOptions,
  ): Promise<JournalledIndex> {
    return await withLock(
      this.#root,
      'note what vanished',
      async () => {
        const { index, facts } = await this.#read(options)
        const look = await journal.look(index, facts?.modified)
        // Somebody else may have noted it meanwhile.
        if (look.isNews || forgotten.length > 0) await journal.note(look, forgotten)
        return { index, vanished: look.vanished }
      },
      options,
    )
  }

  /** The journal, where there is one that can be read. */
  async #readJournal({ signal, log }: OperationOptions): Promise<Journal | undefined> {
    try {
      return (await this.#journal?.read()) === undefined ? undefined : this.#journal
    } catch (error) {
      signal?.throwIfAborted()
      log?.warn(`the journal of ${this.#root} cannot be read: ${messageOf(error)}`)
      return undefined
    }
  }

  /** `false` where another program changed the index meanwhile. */
  async #tryChange(edit: IndexEdit, lock: HeldLock, options: OperationOptions): Promise<boolean> {
    const { index, facts } = await this.#read(options)
    const look = await this.#journal?.look(index, facts?.modified)
    const next = await edit(index, look?.vanished ?? [])
    if (next === index) return true
    const path = await this.#target()
    const temporary = path === this.#path ? await temporaryFile(this.#aside) : await temporaryBeside(path)
    await writeNew(temporary, [encodeIndex(next, path)], { signal: options.signal })
    try {
      if (look !== undefined) await this.#journal?.announce(look, index, next)
      await lock.check()
      if (!isSameFile(facts, await factsOf(this.#path))) {
        await removeFile(temporary)
        await this.#journal?.withdraw()
        return false
      }
      await moveOver(temporary, path)
    } catch (error) {
      await removeFile(temporary)
      throw error
    }
    await syncDirectory(dirname(path))
    await this.#confirm(options)
    return true
  }

  /** What is done stays done where this fails: the next look finds it out. */
  async #confirm({ log }: OperationOptions): Promise<void> {
    try {
      await this.#journal?.confirm()
    } catch (error) {
      log?.warn(`the change of ${this.#path} could not be confirmed: ${messageOf(error)}`)
    }
  }

  /** The file itself, where `index.json` is a link to it, which may lead to another file system. */
  async #target(): Promise<string> {
    return (await linkTargetOf(this.#path)) ?? this.#path
  }

  /** The index and what its file was before it was read. */
  async #read(options: OperationOptions): Promise<ReadIndex> {
    const decode = (bytes: Buffer | undefined): IndexFile =>
      bytes === undefined ? emptyIndex : decodeIndex(bytes, this.#path)
    this.#known = await readIndexFile(this.#path, decode, options, this.#known)
    return { index: this.#known.content, facts: this.#known.facts }
  }

  /** Makes what a layout of Helm 3.0-3.6 has beside its index. */
  async #prepare({ log }: OperationOptions): Promise<void> {
    await makeMissingDirectory(this.#aside)
    await makeMissingDirectory(join(this.#root, 'ingest'))
    await makeMissingDirectory(dirname(await this.#target()))
    await requireMarker(this.#root, this.#aside)
    if (this.#cleared) return
    this.#cleared = true
    try {
      await clearTickets(dirname(this.#aside))
      await clearTemporaries(this.#aside)
      await clearLeases(this.#root)
      await clearTemporariesBeside(await this.#target())
    } catch (error) {
      log?.debug(`could not clear ${this.#aside}: ${messageOf(error)}`)
    }
  }
}

function restless(path: string): ChartroomError {
  return new ChartroomError('store-locked', {
    message: `Another program keeps rewriting ${path}, so nothing was changed.`,
    advice: 'Try again when it has ended.',
    path,
  })
}
