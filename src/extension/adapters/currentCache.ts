import { resolve } from 'node:path'
import { Disposable, EventEmitter, workspace } from 'vscode'
import { ChartCache } from '../../core/index.ts'
import { cachePath } from './settings.ts'

/**
 * The cache that the settings name. It is watched only while somebody uses it, and replaced when the settings name
 * another one.
 */
export class CurrentCache implements Disposable {
  readonly #changed = new EventEmitter<void>()
  /** The charts changed on disk, or it is another cache now. */
  readonly onDidChange = this.#changed.event
  readonly #settings: Disposable
  #root: string | undefined
  #cache: ChartCache | undefined
  #watch: { dispose(): void } | undefined
  #users = 0

  constructor() {
    this.#settings = workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('chartroom.cache.path')) this.#replace()
    })
  }

  /** The directory of the cache, as `cache.root` is. */
  get root(): string {
    return (this.#root ??= resolve(cachePath()))
  }

  get cache(): ChartCache {
    this.#cache ??= new ChartCache(this.root)
    return this.#cache
  }

  /** Asks to be told about changes, until it is disposed. */
  use(): Disposable {
    this.#users += 1
    this.#watchWhileUsed()
    return new Disposable(() => {
      this.#users -= 1
      this.#watchWhileUsed()
    })
  }

  dispose(): void {
    this.#watch?.dispose()
    this.#settings.dispose()
    this.#changed.dispose()
  }

  #replace(): void {
    this.#watch?.dispose()
    this.#watch = undefined
    this.#root = undefined
    this.#cache = undefined
    this.#watchWhileUsed()
    this.#changed.fire()
  }

  #watchWhileUsed(): void {
    if (this.#users === 0) {
      this.#watch?.dispose()
      this.#watch = undefined
      return
    }
    this.#watch ??= this.cache.onDidChange(() => {
      this.#changed.fire()
    })
  }
}
