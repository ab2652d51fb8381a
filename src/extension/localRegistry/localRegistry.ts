import { isDeepStrictEqual } from 'node:util'
import { EventEmitter, l10n, RelativePattern, Uri, window, workspace, type Disposable } from 'vscode'
import { ChartroomError, kindOf, messageOf, type OperationOptions } from '../../core/index.ts'
import { Stopped } from '../adapters/stopped.ts'
import { logLines } from '../messages.ts'
import type { LocalRegistryChoices } from './choices.ts'
import { dockerLogs } from './dockerCommands.ts'
import { RegistryRunner, type RunnerParts, type StartOptions } from './registryRunner.ts'
import { placeOf, type LocalRegistryState } from './state.ts'

/**
 * The registry for test purposes of Helm's guide: the image `registry` in Docker, or the embedded one as a process of its
 * own. There is at most one. It goes on when the window is closed or loaded again, and every window finds it by the files
 * of one folder. Nothing is read before somebody asks.
 */
export class LocalRegistry implements Disposable {
  readonly #parts: RunnerParts
  readonly #runner: RegistryRunner
  readonly #changed = new EventEmitter<void>()
  readonly onDidChange = this.#changed.event
  readonly #disposables: { dispose(): unknown }[] = [this.#changed]
  #state: LocalRegistryState = { kind: 'none' }
  #watching: Promise<void> | undefined
  #reads = 0
  /** What is being started or stopped. */
  #working: Promise<void> | undefined
  #starting: AbortController | undefined

  constructor(parts: RunnerParts) {
    this.#parts = parts
    this.#runner = new RegistryRunner(parts)
  }

  /** What is known; `refresh` asks. */
  get state(): LocalRegistryState {
    return this.#state
  }

  /** Leaves the registry running: windows come and go. */
  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose()
  }

  /** Whether there is a choice between Docker and the embedded registry. */
  async hasDocker(): Promise<boolean> {
    return (await this.#parts.findDocker()) !== undefined
  }

  /** Finds out what there is; from then on changes by other windows are noticed. */
  async refresh(options: OperationOptions = {}): Promise<LocalRegistryState> {
    await this.#watch()
    if (this.#working !== undefined) return this.#state
    this.#reads += 1
    const read = this.#reads
    const found = await this.#runner.find(this.#state, options)
    // A later look, a start or a stop knows better.
    if (read === this.#reads) this.#set(found)
    return this.#state
  }

  /**
   * Starts a registry and waits until it answers.
   * @throws NameTaken; ChartroomError `unavailable`, …: then the state tells the reason, too
   */
  async start(choices: LocalRegistryChoices, options: StartOptions = {}): Promise<void> {
    const starting = new AbortController()
    const signals = [starting.signal, ...(options.signal === undefined ? [] : [options.signal])]
    await this.#exclusively(async () => {
      const place = placeOf(choices)
      this.#starting = starting
      this.#set({ kind: 'starting', ...place })
      try {
        const { ended } = await this.#runner.start(choices, { ...options, signal: AbortSignal.any(signals) })
        this.#set({ kind: 'running', ...place })
        void ended?.then(async () => {
          await this.#look()
        })
      } catch (error) {
        this.#set(
          kindOf(error) === 'cancelled'
            ? { kind: 'stopped', ...place }
            : { kind: 'failed', reason: messageOf(error), ...place },
        )
        throw error
      } finally {
        this.#starting = undefined
        this.#parts.registries.forget(place.host)
      }
    })
  }

  /**
   * Stops the registry, whichever window started it, and waits until it has ended. What it takes to start it again is
   * remembered. One that is being started here is not started.
   */
  async stop(): Promise<void> {
    if (this.#starting !== undefined) {
      this.#starting.abort(new Stopped())
      await this.#working?.catch(ignoreStopped)
      return
    }
    await this.#exclusively(async () => {
      const state = this.#state
      await this.#runner.end()
      if (state.kind === 'none') return
      const { host, how, choices } = state
      this.#parts.registries.forget(host)
      this.#set({ kind: 'stopped', host, how, choices })
    })
  }

  /** Stops the registry and forgets how it was wanted. What was pushed to a folder stays there. */
  async forget(): Promise<void> {
    await this.stop()
    await this.#parts.folder.forget()
    this.#set({ kind: 'none' })
  }

  /**
   * Shows what the registry says: Docker's log as it grows, or the file with the embedded registry's.
   * @throws ChartroomError `not-found` where there is no registry
   */
  async showLog(): Promise<void> {
    const { folder } = this.#parts
    if (this.#state.kind === 'none') {
      throw new ChartroomError('not-found', { message: l10n.t('There is no local registry.') })
    }
    if (this.#state.how === 'embedded') {
      await window.showTextDocument(Uri.file(folder.log), { preview: true })
      return
    }
    const terminal = window.createTerminal({
      name: l10n.t('Log of {0}', this.#state.host),
      shellPath: await this.#runner.docker(),
      shellArgs: [...dockerLogs],
      cwd: folder.path,
      isTransient: true,
    })
    terminal.show()
  }

  async #watch(): Promise<void> {
    this.#watching ??= this.#beginWatch().catch((error: unknown) => {
      // The next look may find a disk that has room for the folder.
      this.#watching = undefined
      throw error
    })
    await this.#watching
  }

  async #beginWatch(): Promise<void> {
    const { folder } = this.#parts
    await folder.make()
    const watcher = workspace.createFileSystemWatcher(new RelativePattern(Uri.file(folder.path), '*.json'))
    const look = (): void => {
      void this.#look()
    }
    this.#disposables.push(
      watcher,
      watcher.onDidCreate(look),
      watcher.onDidChange(look),
      watcher.onDidDelete(look),
      // A process that is killed leaves its file as it is.
      window.onDidChangeWindowState(({ focused }) => {
        if (focused && this.#state.kind === 'running') look()
      }),
    )
  }

  /** Looks because something happened. Never rejects: nobody waits for it. */
  async #look(): Promise<void> {
    try {
      await this.refresh()
    } catch (error) {
      for (const line of logLines(error)) this.#parts.log.warn(line)
    }
  }

  /** One thing at a time, and what was found meanwhile is not painted over it. */
  async #exclusively(work: () => Promise<void>): Promise<void> {
    if (this.#working !== undefined) {
      throw new ChartroomError('unavailable', {
        message: l10n.t('The local registry is just being started or stopped.'),
        advice: l10n.t('Try again in a moment.'),
      })
    }
    this.#reads += 1
    this.#working = work()
    try {
      await this.#working
    } finally {
      this.#reads += 1
      this.#working = undefined
    }
  }

  #set(state: LocalRegistryState): void {
    if (isDeepStrictEqual(state, this.#state)) return
    this.#state = state
    this.#changed.fire()
  }
}

function ignoreStopped(error: unknown): void {
  if (kindOf(error) !== 'cancelled') throw error
}
