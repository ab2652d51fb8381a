import { setTimeout as delay } from 'node:timers/promises'
import { l10n } from 'vscode'
import {
  ChartroomError,
  hasEnded,
  kindOf,
  writeHtpasswd,
  type Logger,
  type OperationOptions,
  type Registries,
} from '../../core/index.ts'
import { BadChoice } from './badChoice.ts'
import { hostOf, type LocalRegistryChoices } from './choices.ts'
import { removeContainer, startContainer } from './container.ts'
import { ServerFailure, startServer, stopServer, type ServerProgram } from './embeddedServer.ts'
import type { RegistryFolder, RegistryServer } from './registryFolder.ts'
import { placeOf, type LocalRegistryState } from './state.ts'

export interface RunnerParts {
  readonly folder: RegistryFolder
  readonly program: ServerProgram
  /** The absolute path of `docker`, where it is installed. */
  readonly findDocker: () => Promise<string | undefined>
  readonly registries: Registries
  readonly log: Logger
}

export interface StartOptions extends OperationOptions {
  /** For the user that was chosen; without it the login of the last time goes on. */
  readonly password?: string
  /** Removes a container of Docker's that has the name `registry`, whoever made it. */
  readonly replacing?: boolean
}

export interface Started {
  /** Resolves when the registry ends; missing where nobody here can see that. */
  readonly ended?: Promise<void>
}

/** Milliseconds in which a container that was started has to answer, and between two tries. */
const answerPatience = 20_000
const answerPause = 250

/** Starts, finds and ends the local registry, whichever of the two it is, by what the files of its folder say. */
export class RegistryRunner {
  readonly #parts: RunnerParts

  constructor(parts: RunnerParts) {
    this.#parts = parts
  }

  /**
   * Starts a registry and waits until it answers.
   * @throws NameTaken; ChartroomError `unavailable` and what writing the folder can fail with
   */
  async start(
    choices: LocalRegistryChoices,
    { password, replacing = false, ...options }: StartOptions,
  ): Promise<Started> {
    const { folder } = this.#parts
    await this.#refuseSecond(options)
    const hadContainer = (await folder.remembered())?.hasContainer === true
    if (choices.user !== undefined && password !== undefined) {
      await writeHtpasswd(folder.htpasswd, choices.user, password, options)
    }
    await folder.remember({ choices, hasContainer: hadContainer })
    if (replacing || (hadContainer && choices.how === 'embedded')) {
      await removeContainer(await this.docker(), options)
      await folder.remember({ choices, hasContainer: false })
    }
    return await (choices.how === 'docker'
      ? this.#startContainer(choices, options)
      : this.#startServer(choices, options))
  }

  /** Ends the registry, whichever window started it; waits until it has ended. */
  async end(): Promise<void> {
    const { folder, log } = this.#parts
    const remembered = await folder.remembered()
    if (remembered?.hasContainer === true) {
      await removeContainer(await this.docker(), { log })
      await folder.remember({ ...remembered, hasContainer: false })
    }
    const server = await folder.server()
    if (server === undefined) return
    try {
      if (await this.#runs(server, { log })) await stopServer(folder, server)
      else await folder.removeState()
    } catch (error) {
      throw error instanceof ServerFailure ? notServing(error) : error
    }
  }

  /**
   * What there is now.
   * @param before what was known, of which the files tell nothing: why it failed, and that it was seen running
   */
  async find(before: LocalRegistryState, options: OperationOptions): Promise<LocalRegistryState> {
    const { folder } = this.#parts
    const [server, remembered] = [await folder.server(), await folder.remembered()]
    if (server !== undefined && (await this.#runs(server, options))) {
      return { kind: 'running', ...placeOf(choicesFor(server, remembered?.choices)) }
    }
    if (remembered === undefined) return { kind: 'none' }
    const place = placeOf(remembered.choices)
    if (remembered.hasContainer && place.how === 'docker') {
      if (await this.#answers(place.host, options)) return { kind: 'running', ...place }
      return { kind: 'failed', reason: doesNotAnswer(place.host).message, ...place }
    }
    if (before.kind === 'failed' && before.host === place.host) return before
    if (before.kind === 'running' && server !== undefined) {
      return { kind: 'failed', reason: l10n.t('The registry ended by itself.'), ...place }
    }
    return { kind: 'stopped', ...place }
  }

  /**
   * The absolute path of `docker`.
   * @throws ChartroomError `unavailable` where it is not installed
   */
  async docker(): Promise<string> {
    const program = await this.#parts.findDocker()
    if (program !== undefined) return program
    throw new BadChoice('unavailable', {
      message: l10n.t('The program docker is not on the PATH.'),
      advice: l10n.t('Install Docker, or choose the registry of Chartroom.'),
    })
  }

  /** Another window may have started one since somebody was asked; its login and its choices stay as they are. */
  async #refuseSecond(options: OperationOptions): Promise<void> {
    const server = await this.#parts.folder.server()
    if (server === undefined || !(await this.#runs(server, options))) return
    const host = `localhost:${server.port}`
    throw new ChartroomError('unavailable', {
      message: l10n.t('A local registry runs already at {0}.', host),
      host,
    })
  }

  async #startContainer(choices: LocalRegistryChoices, options: OperationOptions): Promise<Started> {
    const { folder } = this.#parts
    const { port, restart, storage, user } = choices
    const keeping = storage === undefined ? {} : { storage }
    const guarding = user === undefined ? {} : { htpasswd: folder.htpasswd }
    const docker = await this.docker()
    await startContainer(docker, { port, restart, ...keeping, ...guarding }, options)
    try {
      await folder.remember({ choices, hasContainer: true })
      if (await this.#beginsToAnswer(hostOf(choices), options)) return {}
    } catch (error) {
      // Nobody wants it any more, or nobody would know of it.
      await removeContainer(docker, { log: this.#parts.log })
      await folder.remember({ choices, hasContainer: false })
      throw error
    }
    throw doesNotAnswer(hostOf(choices))
  }

  async #beginsToAnswer(host: string, options: OperationOptions): Promise<boolean> {
    const deadline = Date.now() + answerPatience
    while (!(await this.#answers(host, options))) {
      if (Date.now() > deadline) return false
      await delay(answerPause, undefined, options)
    }
    return true
  }

  async #startServer(choices: LocalRegistryChoices, options: OperationOptions): Promise<Started> {
    const { folder, program } = this.#parts
    try {
      return await startServer(folder, program, choices, options)
    } catch (error) {
      throw error instanceof ServerFailure ? notServing(error) : error
    }
  }

  /** Whether the process of a state file is there. Where the system does not tell when it started, it has to answer, too. */
  async #runs(server: RegistryServer, options: OperationOptions): Promise<boolean> {
    if ((await hasEnded(server)) !== false) return false
    return server.started !== '' || (await this.#answers(`localhost:${server.port}`, options))
  }

  async #answers(host: string, { signal }: OperationOptions): Promise<boolean> {
    try {
      await this.#parts.registries.registry(host).ping(signal === undefined ? {} : { signal })
      return true
    } catch (error) {
      signal?.throwIfAborted()
      const kind = kindOf(error)
      if (kind === undefined) throw error
      return kind === 'unauthorized' || kind === 'forbidden' || kind === 'rate-limited'
    }
  }
}

/** How the running registry was wanted; as far as it tells itself, where that was forgotten. */
function choicesFor(
  { port }: RegistryServer,
  remembered: LocalRegistryChoices | undefined,
): LocalRegistryChoices {
  const isIt = remembered?.how === 'embedded' && remembered.port === port
  return isIt ? remembered : { how: 'embedded', port, restart: false }
}

function doesNotAnswer(host: string): ChartroomError {
  return new ChartroomError('unavailable', {
    message: l10n.t('Docker has its container, but nothing answers at {0}.', host),
    advice: l10n.t('Look at its log, or stop it.'),
    host,
  })
}

function notServing({ problem }: ServerFailure): ChartroomError {
  // What it says before it ends is about its port or its files.
  const Failure = problem.kind === 'said' ? BadChoice : ChartroomError
  return new Failure('unavailable', { message: sentenceFor(problem) })
}

function sentenceFor(problem: ServerFailure['problem']): string {
  switch (problem.kind) {
    case 'said':
      return problem.line
    case 'ended':
      return l10n.t('The registry ended at once ({0}).', problem.code ?? '')
    case 'silent':
      return l10n.t('The registry did not begin to listen within {0} seconds.', problem.seconds)
    case 'stays':
      return l10n.t('The process {0} of the registry did not end.', problem.pid)
  }
}
