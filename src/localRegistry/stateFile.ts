import { basename, dirname, resolve } from 'node:path'
import { ChartroomError, messageOf } from '../core/base/errors.ts'
import { fileError } from '../core/base/fileError.ts'
import { makeDirectory, readSmall, removeFile, replaceFile, watchDirectory } from '../core/base/files.ts'
import type { Logger } from '../core/base/logger.ts'
import { hasEnded, thisProcess, type Owner } from '../core/base/owner.ts'
import { temporaryBeside } from '../core/base/temporaries.ts'

/** What a running registry tells in its state file, by which others find it and end it. */
export interface RegistryState extends Owner {
  readonly version: 1
  readonly port: number
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /** The directory that everything is kept in. */
  readonly storage: string
  /** The file with the logins; without it everybody is let in. */
  readonly htpasswd?: string
}

/** Milliseconds between two looks where no event came: network file systems send none. */
const interval = 2000

const maxSize = 64 * 1024

/** The file in which a registry says that it runs, for as long as it does. */
export class StateFile {
  readonly #path: string
  readonly #log: Logger
  #warned = false

  constructor(path: string, log: Logger) {
    this.#path = resolve(path)
    this.#log = log
  }

  /**
   * Makes sure that no registry is named there that may still run.
   * @throws ChartroomError `unavailable` naming the one that does; `target-exists` where the file is something else
   */
  async claim(): Promise<void> {
    try {
      const state = await this.#read()
      if (state === undefined) return
      if (state === 'unknown') throw notState(this.#path)
      if (await mayRun(state)) throw running(this.#path, state)
    } catch (error) {
      throw cannotUse(this.#path, error)
    }
  }

  /** Says that this process is the registry. */
  async write(facts: Omit<RegistryState, keyof Owner | 'version'>): Promise<void> {
    const state: RegistryState = { ...(await thisProcess()), ...facts, version: 1 }
    try {
      await makeDirectory(dirname(this.#path))
      await replaceFile(this.#path, Buffer.from(JSON.stringify(state)), await temporaryBeside(this.#path))
    } catch (error) {
      throw cannotUse(this.#path, error)
    }
  }

  /**
   * Resolves, with a sentence, when the file has gone away or names another process: then nobody can find this
   * registry any more. Never does where the signal is aborted before.
   */
  async lost(signal: AbortSignal): Promise<string> {
    for (;;) {
      // Awaited from before the look, so that nothing happens unseen between the two.
      const change = this.#nextChange(signal)
      const why = await this.#whyLost()
      if (why !== undefined) return why
      await change
    }
  }

  /** Removes the file, unless it is about another process. */
  async remove(): Promise<void> {
    const state = await this.#read()
    if (state !== undefined && (await isOurs(state))) await removeFile(this.#path)
  }

  async #whyLost(): Promise<string | undefined> {
    try {
      const state = await this.#read()
      if (state === undefined) return `The registry stopped, because its state file ${this.#path} is gone.`
      if (await isOurs(state)) return undefined
      return `The registry stopped, because its state file ${this.#path} is no longer about it.`
    } catch (error) {
      this.#warn(error)
      return undefined
    }
  }

  /** Resolves when something may have happened to the file; never where the signal is aborted before. */
  async #nextChange(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const happened = (): void => {
        stop()
        resolve()
      }
      const slow = setTimeout(happened, interval)
      const events = this.#watch(happened)
      const stop = (): void => {
        clearTimeout(slow)
        events?.close()
        signal.removeEventListener('abort', stop)
      }
      if (signal.aborted) stop()
      else signal.addEventListener('abort', stop)
    })
  }

  #watch(onChange: () => void): { close(): void } | undefined {
    const name = basename(this.#path)
    try {
      return watchDirectory(
        dirname(this.#path),
        (changed) => {
          if (changed === null || changed === name) onChange()
        },
        (error) => {
          this.#warn(error)
        },
      )
    } catch (error) {
      this.#warn(error)
      return undefined
    }
  }

  /** What fails at every look is said once. */
  #warn(error: unknown): void {
    if (!this.#warned) this.#log.warn(`The state file ${this.#path} cannot be watched: ${messageOf(error)}.`)
    this.#warned = true
  }

  /** The state; `undefined` where there is no file, and `unknown` where it says something else. */
  async #read(): Promise<RegistryState | 'unknown' | undefined> {
    const bytes = await readSmall(this.#path, maxSize)
    return bytes === undefined ? undefined : parse(bytes.toString('utf8'))
  }
}

/** Reads the state as far as it tells which process it is about. */
function parse(text: string): RegistryState | 'unknown' {
  try {
    const state = JSON.parse(text) as Partial<RegistryState> | null
    if (typeof state?.pid !== 'number' || typeof state.host !== 'string' || typeof state.url !== 'string')
      return 'unknown'
    return state as RegistryState
  } catch (error) {
    if (error instanceof SyntaxError) return 'unknown'
    throw error
  }
}

async function isOurs(state: RegistryState | 'unknown'): Promise<boolean> {
  if (state === 'unknown') return false
  const here = await thisProcess()
  return (['pid', 'started', 'host', 'space'] as const).every((key) => state[key] === here[key])
}

/**
 * Whether the process of a state may still run. One in another process space of a machine by this name was in this
 * container before it was started again; if not, it ends by itself as soon as the file is not about it.
 */
async function mayRun(state: RegistryState): Promise<boolean> {
  const ended = await hasEnded(state)
  return ended === undefined ? state.host !== (await thisProcess()).host : !ended
}

function running(path: string, { pid, url, host }: RegistryState): ChartroomError {
  return new ChartroomError('unavailable', {
    message: `A registry runs already: process ${pid} on ${host} at ${url}, by the state file ${path}.`,
    advice: 'Use it or end it. If it has ended, remove the file.',
    path,
    host: url.replace('http://', ''),
  })
}

function notState(path: string): ChartroomError {
  return new ChartroomError('target-exists', {
    message: `${path} is not the state file of a registry, so it was not replaced.`,
    advice: 'Choose another place for the state file, or move this one away.',
    path,
  })
}

/** What the file system says, as a sentence; any other error as it is. */
function cannotUse(path: string, error: unknown): unknown {
  const known = fileError(error, 'use the state file')
  if (known === error || !(known instanceof ChartroomError)) return error
  return new ChartroomError(known.kind, {
    message: known.message,
    advice: 'Choose another place for the state file.',
    path,
    cause: error,
  })
}
