import { dirname, join } from 'node:path'
import { factsOf, fingerprintOf, watchDirectory } from '../base/files.ts'

/** Milliseconds in which changes are taken together. */
const gathering = 150

/** Milliseconds between two looks where no event came: network file systems send none. */
const interval = 2000

/**
 * Calls back after `index.json` of a layout changed, whoever changed it and however: written in place, replaced,
 * removed, or together with the whole directory. The directory need not exist yet.
 *
 * It is the directory that is watched, because a watch on a file goes deaf when the file is replaced.
 *
 * @param onError hears why a watch could not be set up or has ended; the slow look goes on all the same
 * @returns `begun` settles when the index has been looked at: what changes from then on is called back about
 */
export function watchIndex(
  root: string,
  onChange: () => void,
  onError: (error: unknown) => void,
): { readonly begun: Promise<void>; close(): void } {
  const watching = new IndexWatch(root, onChange, onError)
  return {
    begun: watching.begun,
    close: () => {
      watching.close()
    },
  }
}

class IndexWatch {
  readonly #root: string
  readonly #onChange: () => void
  readonly #onError: (error: unknown) => void
  readonly begun: Promise<void>
  readonly #slow: NodeJS.Timeout
  #soon: NodeJS.Timeout | undefined
  #watcher: { readonly path: string; readonly inode: number; close(): void } | undefined
  #seen: string | undefined
  #closed = false
  #looking = false
  /** What fails at every look is said once. */
  #failing = false

  constructor(root: string, onChange: () => void, onError: (error: unknown) => void) {
    this.#root = root
    this.#onChange = onChange
    this.#onError = onError
    this.#slow = setInterval(() => {
      void this.#look()
    }, interval)
    this.#slow.unref()
    this.begun = this.#look()
  }

  close(): void {
    this.#closed = true
    clearInterval(this.#slow)
    clearTimeout(this.#soon)
    this.#watcher?.close()
  }

  /** Looks after a while, so that the many events of one change make one look. */
  #lookSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined
      void this.#look()
    }, gathering)
  }

  async #look(): Promise<void> {
    if (this.#looking) {
      this.#lookSoon()
      return
    }
    this.#looking = true
    try {
      await this.#compare()
    } catch (error) {
      if (!this.#failing) this.#onError(error)
      this.#failing = true
    } finally {
      this.#looking = false
    }
  }

  async #compare(): Promise<void> {
    const now = fingerprintOf(await factsOf(join(this.#root, 'index.json')))
    if (this.#closed) return
    const changed = this.#seen !== undefined && this.#seen !== now
    this.#seen = now
    if (changed) this.#onChange()
    await this.#watchNearest()
    this.#failing = false
  }

  /** Watches the layout, or the nearest directory above it that exists; anew where another one has its name now. */
  async #watchNearest(): Promise<void> {
    const nearest = await nearestDirectory(this.#root)
    if (this.#closed || nearest === undefined) return
    if (this.#watcher?.path === nearest.path && this.#watcher.inode === nearest.inode) return
    this.#watcher?.close()
    this.#watcher = undefined
    const watcher = watchDirectory(
      nearest.path,
      () => {
        this.#lookSoon()
      },
      (error) => {
        this.#watcher?.close()
        this.#watcher = undefined
        this.#onError(error)
      },
    )
    this.#watcher = {
      ...nearest,
      close: () => {
        watcher.close()
      },
    }
    // Something may have happened between the last look and this watch.
    this.#lookSoon()
  }
}

async function nearestDirectory(path: string): Promise<{ path: string; inode: number } | undefined> {
  const facts = await factsOf(path)
  if (facts?.kind === 'directory') return { path, inode: facts.inode }
  const parent = dirname(path)
  return parent === path ? undefined : await nearestDirectory(parent)
}
