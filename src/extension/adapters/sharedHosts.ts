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

/** What `registries.json` says of hosts: the file that the command line and every editor of this person share. */
export class SharedHosts implements Disposable {
  readonly #log: Logger
  readonly #changed = new EventEmitter<void>()
  readonly onDidChange = this.#changed.event
  #settings: ReadonlyMap<string, HostSettings> = new Map()
  #watching: FileSystemWatcher | undefined
  #reading: Promise<void> | undefined

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
    this.#watching ??= this.#watch()
    this.#reading ??= this.#readNow().finally(() => {
      this.#reading = undefined
    })
    await this.#reading
  }

  dispose(): void {
    this.#watching?.dispose()
    this.#changed.dispose()
  }

  async #readNow(): Promise<void> {
    const before = JSON.stringify([...this.#settings])
    this.#settings = await readHostFile(this.path, surroundings(), (problem) => {
      this.#log.warn(problem)
    })
    if (JSON.stringify([...this.#settings]) !== before) this.#changed.fire()
  }

  #watch(): FileSystemWatcher {
    const pattern = new RelativePattern(Uri.file(dirname(this.path)), basename(this.path))
    const watcher = workspace.createFileSystemWatcher(pattern)
    for (const changes of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) {
      changes(() => void this.read())
    }
    return watcher
  }
}
