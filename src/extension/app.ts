import {
  Uri,
  window,
  type Disposable,
  type Event,
  type ExtensionContext,
  type LogOutputChannel,
} from 'vscode'
import { Credentials, Registries, surroundings, type ChartCache } from '../core/index.ts'
import { ChartFolders } from './adapters/chartFolders.ts'
import { CurrentCache } from './adapters/currentCache.ts'
import { DestinationMemory } from './adapters/destinationMemory.ts'
import { SecretStore } from './adapters/secretStore.ts'
import { OpenCharts } from './documents/openCharts.ts'
import { CacheView } from './views/cacheView.ts'

/**
 * What commands, views and documents work with, built here and nowhere else. Building it reads and sends nothing.
 */
export class App implements Disposable {
  readonly log: LogOutputChannel
  readonly credentials: Credentials
  readonly registries: Registries
  readonly charts: OpenCharts
  readonly folders: ChartFolders
  readonly destinations: DestinationMemory
  readonly cacheView: CacheView
  readonly #current = new CurrentCache()

  constructor({ secrets, workspaceState, extensionUri }: ExtensionContext) {
    this.log = window.createOutputChannel('Chartroom', { log: true })
    this.credentials = new Credentials({
      around: surroundings(),
      stores: [new SecretStore(secrets, this.log)],
    })
    this.registries = new Registries({
      findCredential: async (host, options) => await this.credentials.find(host, options),
    })
    this.charts = new OpenCharts(() => this.cache, this.log)
    this.folders = new ChartFolders(this.log)
    this.destinations = new DestinationMemory(workspaceState)
    this.cacheView = new CacheView(this, Uri.joinPath(extensionUri, 'media'))
  }

  /** The cache that the settings name. */
  get cache(): ChartCache {
    return this.#current.cache
  }

  /** The charts in the cache changed, or another cache was chosen. Silent while nobody uses the cache. */
  get onDidChangeCache(): Event<void> {
    return this.#current.onDidChange
  }

  /** Asks for `onDidChangeCache`, until it is disposed. */
  useCache(): Disposable {
    return this.#current.use()
  }

  dispose(): void {
    for (const part of [this.cacheView, this.folders, this.#current, this.log]) part.dispose()
  }
}
