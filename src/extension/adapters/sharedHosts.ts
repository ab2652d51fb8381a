import { basename, dirname } from 'node:path'
import {
  EventEmitter,
  RelativePattern,
  Uri,
  workspace,
  type Disposable,
  type FileSystemWatcher,
} from 'vscode'
import { hostFile, readHostFile, surroundings, type HostSettings, type Logger } from '../../core/index.ts'
import { exists } from '../exists.ts'
import { Turns } from '../turns.ts'

/** What `registries.json` says of hosts: the file that the command line and every editor of this person share. */
export class SharedHosts implements Disposable {
  readonly #log: Logger
  readonly #changed = new EventEmitter<void>()
  readonly onDidChange = this.#changed.event
  #settings: ReadonlyMap<string, HostSettings> = new Map()
  #watching: { readonly path: string; readonly watcher: FileSystemWatcher } | undefined
  /** A change while the file is read is none that the reader has seen for certain. */
  readonly #reading = new Turns()

  constructor(log: Logger) {
    this.#log = log
  }

  /** As the file was when it was last read; nothing before that. */
  get settings(): ReadonlyMap<string, HostSettings> {
    return this.#settings
  }

  /** The path of the file. */
  get path(): string {
    return hostFile(surroundings())
  }

  /** Reads the file, and again whenever it changes. Never rejects: what is wrong with it is in the log. */
  async read(): Promise<void> {
    await this.#reading.take(async () => {
      await this.#watch()
      await this.#readNow()
    })
  }

  dispose(): void {
    this.#watching?.watcher.dispose()
    this.#changed.dispose()
  }

  async #readNow(): Promise<void> {
    const before = JSON.stringify([...this.#settings])
    this.#settings = await readHostFile(this.path, surroundings(), (problem) => {
      this.#log.warn(problem)
    })
    if (JSON.stringify([...this.#settings]) !== before) this.#changed.fire()
  }

  async #watch(): Promise<void> {
    const path = await watchable(this.path)
    if (path === this.#watching?.path) return
    this.#watching?.watcher.dispose()
    const pattern = new RelativePattern(Uri.file(dirname(path)), basename(path))
    const watcher = workspace.createFileSystemWatcher(pattern)
    this.#watching = { path, watcher }
    for (const changes of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) {
      changes(() => void this.read())
    }
  }
}

/** A file, or the first folder on the way to it that is missing: in a folder that is not there nothing is seen. */
async function watchable(path: string): Promise<string> {
  const folder = dirname(path)
  return folder === path || (await exists(Uri.file(folder))) ? path : await watchable(folder)
}
