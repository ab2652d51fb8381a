import { ConfigurationTarget, EventEmitter, workspace, type Disposable } from 'vscode'
import {
  layHostSettings,
  messageOf,
  parseReference,
  pathFromHome,
  readHostSettings,
  surroundings,
  type Credentials,
  type HostOptions,
  type HostSettings,
  type Logger,
  type OperationOptions,
  type Registries,
} from '../../core/index.ts'
import { hostEntries, type HostEntry, type KnownLogin } from './hostEntries.ts'
import {
  objectOf,
  withHost,
  withOption,
  withoutHost,
  withoutPinned,
  withPinned,
  type RawRegistries,
} from './registrySettings.ts'
import type { SharedHosts } from './sharedHosts.ts'
import { Turns } from '../turns.ts'

export type { HostEntry } from './hostEntries.ts'

/** What somebody set for hosts, and where. */
interface Settings {
  readonly setting: ReadonlyMap<string, HostSettings>
  readonly file: ReadonlyMap<string, HostSettings>
}

export interface RegistryHostsParts {
  readonly credentials: Credentials
  readonly registries: Registries
  readonly log: Logger
  /** What people call the editor's secret storage. */
  readonly ownStore: string
  /** The host of the registry for test purposes, where there is one. */
  readonly localHost: () => string | undefined
  readonly shared: SharedHosts
}

/**
 * The registries that the window knows: from the setting `chartroom.registries`, from the file that the command line reads
 * too, from logins found on this machine, and the local one. Key by key the setting counts before the file.
 */
export class RegistryHosts implements Disposable {
  readonly #parts: RegistryHostsParts
  readonly #changed = new EventEmitter<string | undefined>()
  /**
   * The hosts, or what is known of them, changed. Where a host is named, what it answered may be different now: as
   * somebody else, or over other settings.
   */
  readonly onDidChange = this.#changed.event
  readonly #listening: readonly Disposable[]
  #known: Settings | undefined
  #logins: readonly KnownLogin[] = []
  #reading: Promise<void> | undefined
  /** The setting is read before it is written. */
  readonly #writing = new Turns()

  constructor(parts: RegistryHostsParts) {
    this.#parts = parts
    const changed = (): void => {
      // What nobody has read is read anew anyway.
      if (this.#known !== undefined) this.#settingChanged(this.#known)
    }
    this.#listening = [
      parts.shared.onDidChange(changed),
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('chartroom.registries')) changed()
      }),
    ]
  }

  dispose(): void {
    for (const listening of this.#listening) listening.dispose()
    this.#changed.dispose()
  }

  /** What is known by now; logins are known once `load` has looked for them. */
  get entries(): readonly HostEntry[] {
    const { ownStore, localHost, shared } = this.#parts
    const local = localHost()?.toLowerCase()
    const { setting, file } = this.#settings
    return hostEntries({
      settings: setting,
      shared: { name: shared.path, settings: file },
      logins: this.#logins,
      local,
      ownStore,
    })
  }

  entry(host: string): HostEntry | undefined {
    return this.entries.find((entry) => entry.host === host.toLowerCase())
  }

  /** Looks for logins on this machine and reads the shared file again; `onDidChange` tells what is new. Never rejects: what fails is in the log. */
  async load(options: OperationOptions = {}): Promise<readonly HostEntry[]> {
    await this.#parts.shared.read()
    this.#reading ??= this.#readLogins(options).finally(() => {
      this.#reading = undefined
    })
    await this.#reading
    return this.entries
  }

  /** To be called when the login of a host came, changed or went. */
  loginChanged(host: string): void {
    this.#parts.registries.forget(host)
    this.#changed.fire(host.toLowerCase())
    // A look that began before the change may have missed it.
    void (this.#reading ?? Promise.resolve()).then(async () => await this.load())
  }

  /** To be called when the local registry came, went, or began or ceased to answer. */
  localChanged(): void {
    const host = this.#parts.localHost()
    if (host !== undefined) this.#changed.fire(host.toLowerCase())
    this.#changed.fire(undefined)
  }

  /** Puts a host into the setting. */
  async add(host: string): Promise<void> {
    await this.#write((raw) => withHost(raw, host))
  }

  /** Takes a host, and what is pinned there, out of the setting. */
  async remove(host: string): Promise<void> {
    await this.#write((raw) => withoutHost(raw, host))
  }

  /** Sets how a host is spoken to; the host is added where it is missing. */
  async setOption<Name extends keyof HostOptions>(
    host: string,
    name: Name,
    value: HostOptions[Name],
  ): Promise<void> {
    await this.#write((raw) => withOption(raw, host, name, value))
  }

  /** @param repository with its host, for example `ghcr.io/acme/charts/shop` */
  async pin(repository: string): Promise<void> {
    const { host, repository: path } = parseReference(repository)
    await this.#write((raw) => withPinned(raw, host, path))
  }

  async unpin(repository: string): Promise<void> {
    const { host, repository: path } = parseReference(repository)
    await this.#write((raw) => withoutPinned(raw, host, path))
  }

  /** Lets the login of a registry go to a token server of another name from now on. */
  async trust(host: string, realm: string): Promise<void> {
    const trusted = this.entry(host)?.options.trustedRealms ?? []
    await this.#write((raw) => withOption(raw, host, 'trustedRealms', [...new Set([...trusted, realm])]))
  }

  /** What is set for each host, for whoever speaks to registries. */
  get options(): Record<string, HostOptions> {
    return Object.fromEntries(optionsOf(this.#settings))
  }

  /** Where an option of a host is set, for people. */
  sourceOf(host: string, name: keyof HostOptions): string {
    const set = this.#settings.setting.get(host.toLowerCase())?.options
    return set?.[name] === undefined ? 'registries.json' : 'chartroom.registries'
  }

  /** Read when somebody first asks. */
  get #settings(): Settings {
    return (this.#known ??= this.#readSettings())
  }

  async #write(change: (raw: RawRegistries) => RawRegistries): Promise<void> {
    await this.#writing.take(async () => {
      // Afterwards it is compared with what it was.
      this.#known ??= this.#readSettings()
      const settings = workspace.getConfiguration('chartroom')
      await settings.update('registries', change(rawSetting()), ConfigurationTarget.Global)
      // The event may come later, or not at all where nothing listens to the file.
      this.#settingChanged(this.#settings)
    })
  }

  #settingChanged(before: Settings): void {
    const after = this.#readSettings()
    this.#known = after
    const [old, now] = [optionsOf(before), optionsOf(after)]
    this.#parts.registries.configure(Object.fromEntries(now))
    for (const host of new Set([...old.keys(), ...now.keys()])) {
      if (JSON.stringify(old.get(host) ?? {}) !== JSON.stringify(now.get(host) ?? {}))
        this.#changed.fire(host)
    }
    if (textOf(before) !== textOf(after)) this.#changed.fire(undefined)
  }

  #readSettings(): Settings {
    const { log, shared } = this.#parts
    const setting = readHostSettings(rawSetting(), {
      name: 'chartroom.registries',
      pathOf: (text) => pathFromHome(text, surroundings()),
      tell: (problem) => {
        log.warn(problem)
      },
    })
    return { setting, file: shared.settings }
  }

  async #readLogins(options: OperationOptions): Promise<void> {
    const { credentials, log } = this.#parts
    try {
      const before = this.entries
      this.#logins = await credentials.hosts({ log, ...options })
      const after = this.entries
      if (JSON.stringify(before) === JSON.stringify(after)) return
      for (const { host, login } of before) {
        const now = after.find((entry) => entry.host === host)
        if (now !== undefined && JSON.stringify(now.login) !== JSON.stringify(login)) this.#changed.fire(host)
      }
      this.#changed.fire(undefined)
    } catch (error) {
      log.warn(`The logins on this machine could not be listed: ${messageOf(error)}`)
    }
  }
}

/** What the person set. A workspace must not say which hosts are asked, nor how. */
function rawSetting(): RawRegistries {
  return objectOf(workspace.getConfiguration('chartroom').inspect('registries')?.globalValue)
}

function optionsOf({ setting, file }: Settings): ReadonlyMap<string, HostOptions> {
  const layered = layHostSettings(setting, file)
  return new Map([...layered].map(([host, { options }]) => [host, options]))
}

function textOf({ setting, file }: Settings): string {
  return JSON.stringify([[...setting], [...file]])
}
