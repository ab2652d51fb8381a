import { Uri, window, workspace, type Disposable, type ExtensionContext, type LogOutputChannel } from 'vscode'
import { Credentials, Registries, surroundings, type ChartCache } from '../core/index.ts'
import { ChartFolders } from './adapters/chartFolders.ts'
import { CurrentCache } from './adapters/currentCache.ts'
import { DestinationMemory } from './adapters/destinationMemory.ts'
import { FormatMemory } from './adapters/formatMemory.ts'
import { SecretStore } from './adapters/secretStore.ts'
import { OpenCharts } from './documents/openCharts.ts'
import { CacheView } from './views/cacheView.ts'

/**
 * What commands, views and documents work with, built here and nowhere else. Building it reads and sends nothing; the search for chart folders begins a moment later.
 */
export class App implements Disposable {
  readonly log: LogOutputChannel
  readonly credentials: Credentials
  readonly registries: Registries
  readonly charts: OpenCharts
  readonly folders: ChartFolders
  readonly destinations: DestinationMemory
  readonly formats: FormatMemory
  readonly cacheView: CacheView
  readonly current = new CurrentCache()

  constructor({ secrets, globalState, workspaceState, extensionUri }: ExtensionContext) {
    this.log = window.createOutputChannel('Chartroom', { log: true })
    this.credentials = new Credentials({
      around: surroundings(),
      stores: [new SecretStore(secrets, this.log)],
      untrusted: workspacePaths,
    })
    this.registries = new Registries({
      findCredential: async (host, options) => await this.credentials.find(host, options),
    })
    this.charts = new OpenCharts(() => this.cache, this.log)
    this.folders = new ChartFolders(this.log)
    this.destinations = new DestinationMemory(workspaceState)
    this.formats = new FormatMemory(globalState)
    const { current, charts, log } = this
    this.cacheView = new CacheView({ current, charts, log, media: Uri.joinPath(extensionUri, 'media') })
  }

  /** The cache that the settings name. */
  get cache(): ChartCache {
    return this.current.cache
  }

  dispose(): void {
    for (const part of [this.cacheView, this.folders, this.current, this.log]) part.dispose()
  }
}

/** Whoever wrote what is in a workspace must not choose which credential helper runs. */
function workspacePaths(): string[] {
  return (workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath)
}
