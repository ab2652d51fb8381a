import {
  l10n,
  Uri,
  version,
  workspace,
  type Disposable,
  type ExtensionContext,
  type LogOutputChannel,
  type TreeView,
} from 'vscode'
import {
  Credentials,
  dockerPlace,
  findProgram,
  Registries,
  surroundings,
  type ChartCache,
  type ProgramSearch,
} from '../core/index.ts'
import { ChartAnswers } from './api/chartAnswers.ts'
import type { Checks } from './adapters/checks.ts'
import type { ChartFolders } from './adapters/chartFolders.ts'
import type { CurrentCache } from './adapters/currentCache.ts'
import { DestinationMemory } from './adapters/destinationMemory.ts'
import { FormatMemory } from './adapters/formatMemory.ts'
import { KeyringMemory } from './adapters/keyringMemory.ts'
import { RegistryHosts } from './adapters/registryHosts.ts'
import { RepositoryMemory } from './adapters/repositoryMemory.ts'
import { GithubAccount } from './adapters/githubAccount.ts'
import type { SecretLogins } from './adapters/secretLogins.ts'
import { secretStore } from './adapters/secretStore.ts'
import { limits } from './adapters/settings.ts'
import { SharedHosts } from './adapters/sharedHosts.ts'
import { askUnverifiedLogin } from './adapters/askUnverifiedLogin.ts'
import { UnverifiedLogins } from './adapters/unverifiedLogins.ts'
import { ChartFileSystem } from './documents/chartFileSystem.ts'
import { ChartDetails } from './documents/detailsDocuments.ts'
import { OpenCharts } from './documents/openCharts.ts'
import { Reports } from './documents/reports.ts'
import type { FirstView } from './firstView.ts'
import { lazily } from './lazily.ts'
import { Attachments } from './documents/attachments.ts'
import { RemoteDocuments } from './documents/remoteDocuments.ts'
import { LocalRegistry } from './localRegistry/localRegistry.ts'
import { RegistryFolder } from './localRegistry/registryFolder.ts'
import type { CacheView } from './views/cacheView.ts'
import { RegistriesView } from './views/registriesView.ts'
import type { RegistryNode } from './views/registryNodes.ts'

/** What is there before. */
interface Registered {
  readonly log: LogOutputChannel
  readonly folders: ChartFolders
  readonly firstView: FirstView
  readonly registriesTree: TreeView<RegistryNode>
}

/**
 * What commands, views and documents work with, built here and nowhere else. Building it reads and sends nothing, and uses nothing of the core, which is not loaded by then.
 */
export class App implements Disposable {
  readonly log: LogOutputChannel
  readonly secrets: SecretLogins
  readonly github: GithubAccount
  readonly credentials: Credentials
  readonly unverifiedLogins: UnverifiedLogins
  readonly registries: Registries
  readonly hosts: RegistryHosts
  readonly sharedHosts: SharedHosts
  readonly charts: OpenCharts
  readonly files: ChartFileSystem
  readonly details: ChartDetails
  readonly attachments: Attachments
  readonly remote: RemoteDocuments
  readonly folders: ChartFolders
  /** Which program this is, for reports. */
  readonly program: string
  readonly destinations: DestinationMemory
  readonly formats: FormatMemory
  readonly keyrings: KeyringMemory
  readonly repositories: RepositoryMemory
  readonly localRegistry: LocalRegistry
  readonly cacheView: CacheView
  readonly registriesView: RegistriesView
  readonly current: CurrentCache
  readonly checks: Checks
  readonly reports = new Reports()
  readonly answers: ChartAnswers
  readonly #listening: readonly Disposable[]

  constructor(
    { extension, secrets, globalState, workspaceState, globalStorageUri, extensionUri }: ExtensionContext,
    { log, folders, firstView, registriesTree }: Registered,
  ) {
    this.log = log
    this.folders = folders
    const { current, checks, cacheView, chartIcon } = firstView
    this.current = current
    this.checks = checks
    this.cacheView = cacheView
    const { version: own } = extension.packageJSON as { readonly version: string }
    this.program = `chartroom ${own}, VS Code ${version}`
    this.secrets = secretStore(secrets, this.log)
    this.github = new GithubAccount({ state: globalState, log: this.log, name: l10n.t('GitHub account') })
    this.credentials = lazily(
      () =>
        new Credentials({
          around: surroundings(),
          accounts: [this.github],
          stores: [this.secrets],
          untrusted: workspacePaths,
        }),
    )
    this.unverifiedLogins = new UnverifiedLogins({ state: globalState, ask: askUnverifiedLogin })
    this.registries = lazily(
      () =>
        new Registries({
          findCredential: async (host, options) => await this.credentials.find(host, options),
          hosts: this.hosts.options,
          certificates: dockerPlace(process.env, process.platform),
          mayLogInUnverified: async (host, registry) => await this.unverifiedLogins.mayLogIn(host, registry),
        }),
    )
    this.sharedHosts = new SharedHosts(this.log)
    this.hosts = new RegistryHosts({
      credentials: this.credentials,
      registries: this.registries,
      log: this.log,
      ownStore: this.secrets.name,
      localHost: () => this.localRegistry.state.host,
      shared: this.sharedHosts,
    })
    this.#listening = [
      // In this window or in another one.
      ...[this.secrets, this.github].map((logins) =>
        logins.onDidChange((host) => {
          this.hosts.loginChanged(host)
        }),
      ),
      this.hosts.onDidChange((host) => {
        if (host === undefined || this.hosts.entry(host)?.options.insecureSkipVerify === true) return
        void this.unverifiedLogins.verified(host)
      }),
    ]
    this.charts = new OpenCharts({
      cache: () => this.cache,
      registries: this.registries,
      log: this.log,
      limits,
    })
    this.destinations = new DestinationMemory(workspaceState)
    this.formats = new FormatMemory(globalState)
    this.keyrings = new KeyringMemory(globalState)
    this.repositories = new RepositoryMemory(globalState)
    this.localRegistry = new LocalRegistry({
      folder: new RegistryFolder(Uri.joinPath(globalStorageUri, 'localRegistry').fsPath),
      program: {
        node: process.execPath,
        commandLine: Uri.joinPath(extensionUri, 'dist', 'cli.mjs').fsPath,
      },
      findDocker: async () => await findProgram('docker', this.programs),
      registries: this.registries,
      log: this.log,
    })
    this.localRegistry.onDidChange(() => {
      this.hosts.localChanged()
    })
    const { charts } = this
    const unasked = async <Result>(work: () => Promise<Result>): Promise<Result> =>
      await this.unverifiedLogins.unasked(work)
    const remote = new RemoteDocuments({ charts, log, unasked })
    this.remote = remote
    this.files = new ChartFileSystem({ current, charts, remote, log })
    this.attachments = new Attachments({ registries: this.registries, log })
    this.details = new ChartDetails({ current, charts, checks, remote, attachments: this.attachments })
    const { hosts, registries, repositories, localRegistry } = this
    this.registriesView = new RegistriesView({
      tree: registriesTree,
      hosts,
      registries,
      repositories,
      localRegistry,
      current,
      charts,
      log,
      chartIcon,
      onRefresh: () => {
        void remote.look(true)
      },
    })
    this.answers = new ChartAnswers({
      current,
      registries,
      checks,
      log,
      unasked,
      onPushed: (reference) => {
        void this.registriesView.refreshRepository(reference)
      },
    })
  }

  /** The cache that the settings name. */
  get cache(): ChartCache {
    return this.current.cache
  }

  /** Where programs are looked for that Chartroom runs. */
  get programs(): ProgramSearch {
    return { around: surroundings(), untrusted: workspacePaths }
  }

  dispose(): void {
    for (const part of [
      ...this.#listening,
      this.registriesView,
      this.localRegistry,
      this.files,
      this.details,
      this.attachments,
      this.remote,
      this.reports,
      this.hosts,
      this.sharedHosts,
      this.github,
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
