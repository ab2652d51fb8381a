import { Uri, window, workspace, type Disposable, type ExtensionContext, type LogOutputChannel } from 'vscode'
import { Credentials, findProgram, Registries, surroundings, type ChartCache } from '../core/index.ts'
import { ChartFolders } from './adapters/chartFolders.ts'
import { CurrentCache } from './adapters/currentCache.ts'
import { DestinationMemory } from './adapters/destinationMemory.ts'
import { FormatMemory } from './adapters/formatMemory.ts'
import { RegistryHosts } from './adapters/registryHosts.ts'
import type { SecretLogins } from './adapters/secretLogins.ts'
import { secretStore } from './adapters/secretStore.ts'
import { OpenCharts } from './documents/openCharts.ts'
import { lazily } from './lazily.ts'
import { LocalRegistry } from './localRegistry/localRegistry.ts'
import { RegistryFolder } from './localRegistry/registryFolder.ts'
import { CacheView } from './views/cacheView.ts'
import { RegistriesView } from './views/registriesView.ts'

/**
 * What commands, views and documents work with, built here and nowhere else. Building it reads and sends nothing, and uses nothing of the core, which is not loaded by then; the search for chart folders begins a moment later.
 */
export class App implements Disposable {
  readonly log: LogOutputChannel
  readonly secrets: SecretLogins
  readonly credentials: Credentials
  readonly registries: Registries
  readonly hosts: RegistryHosts
  readonly charts: OpenCharts
  readonly folders: ChartFolders
  readonly destinations: DestinationMemory
  readonly formats: FormatMemory
  readonly localRegistry: LocalRegistry
  readonly cacheView: CacheView
  readonly registriesView: RegistriesView
  readonly current = new CurrentCache()
  readonly #listening: Disposable

  constructor({ secrets, globalState, workspaceState, globalStorageUri, extensionUri }: ExtensionContext) {
    this.log = window.createOutputChannel('Chartroom', { log: true })
    this.secrets = secretStore(secrets, this.log)
    this.credentials = lazily(
      () => new Credentials({ around: surroundings(), stores: [this.secrets], untrusted: workspacePaths }),
    )
    this.registries = lazily(
      () =>
        new Registries({
          findCredential: async (host, options) => await this.credentials.find(host, options),
          hosts: this.hosts.options,
        }),
    )
    this.hosts = new RegistryHosts({
      credentials: this.credentials,
      registries: this.registries,
      log: this.log,
      ownStore: this.secrets.name,
      localHost: () => this.localRegistry.state.host,
    })
    // In this window or in another one.
    this.#listening = this.secrets.onDidChange((host) => {
      this.hosts.loginChanged(host)
    })
    this.charts = new OpenCharts({ cache: () => this.cache, registries: this.registries, log: this.log })
    this.folders = new ChartFolders(this.log)
    this.destinations = new DestinationMemory(workspaceState)
    this.formats = new FormatMemory(globalState)
    this.localRegistry = new LocalRegistry({
      folder: new RegistryFolder(Uri.joinPath(globalStorageUri, 'localRegistry').fsPath),
      program: {
        node: process.execPath,
        commandLine: Uri.joinPath(extensionUri, 'dist', 'cli.mjs').fsPath,
      },
      findDocker: async () =>
        await findProgram('docker', { around: surroundings(), untrusted: workspacePaths }),
      registries: this.registries,
      log: this.log,
    })
    this.localRegistry.onDidChange(() => {
      this.hosts.localChanged()
    })
    const { current, charts, log } = this
    const media = Uri.joinPath(extensionUri, 'media')
    this.cacheView = new CacheView({ current, charts, log, state: workspaceState, media })
    const { hosts, registries, localRegistry } = this
    this.registriesView = new RegistriesView({
      hosts,
      registries,
      localRegistry,
      current,
      charts,
      log,
      media,
    })
  }

  /** The cache that the settings name. */
  get cache(): ChartCache {
    return this.current.cache
  }

  dispose(): void {
    for (const part of [
      this.#listening,
      this.cacheView,
      this.registriesView,
      this.localRegistry,
      this.folders,
      this.current,
      this.hosts,
      this.secrets,
      this.log,
    ])
      part.dispose()
  }
}

/** Whoever wrote what is in a workspace must not choose which program runs. */
function workspacePaths(): string[] {
  return (workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath)
}
